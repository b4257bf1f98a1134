"""From what a network says to a probability."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

#: A saturated output has no finite logit.
_EDGE = 1e-4


class Calibration(BaseModel):
    """Platt's scaling (Platt 1999) of a network's output.

    Parameters
    ----------
    a
        Factor on the output's logit; above zero, so that the order of cells stays.
    b
        What is added to it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    a: Annotated[float, Field(gt=0.0)] = 1.0
    b: float = 0.0

    def probability(self, output: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return sigmoid(a · logit(output) + b)."""
        scaled: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-(self.a * logit(output) + self.b)))
        return scaled


def logit(output: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return log(p / (1 - p)) of probabilities, kept a little away from 0 and 1."""
    p = np.clip(np.asarray(output, np.float64), _EDGE, 1.0 - _EDGE)
    odds: NDArray[np.float64] = np.log(p / (1.0 - p))
    return odds
