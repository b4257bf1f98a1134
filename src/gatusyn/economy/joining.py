"""What it costs to start a project, at prices."""

from __future__ import annotations

import numpy as np

from gatusyn.economy.lone import Prices, Stakes
from gatusyn.economy.prepared import Floats, Prepared


def mobilisation(prepared: Prepared, staked: Stakes, prices: Prices) -> Floats:
    """Return what starting a project costs at these prices, shape [M, T * K + 1]."""
    krona = staked.per_krona(prepared, prices)[:, :, :-1]
    flat = (krona * prepared.problem.mobilisation_sek).reshape(len(krona), -1)
    return np.concatenate([flat, np.zeros((len(flat), 1))], axis=1)
