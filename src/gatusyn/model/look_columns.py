"""What frames looked at, as columns: hundreds of thousands are read where one drive comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gatusyn.model.drive import Coverage


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LookColumns:
    """``Coverage`` of several runs, a row each.

    Parameters
    ----------
    run_ids, frame_ids, link_ids
        Of each, shape [n].
    time_s
        When, shape [n].
    footprints, in_view
        What counts as looked at, and all that was shown of the road, shape [n]; the same object
        where they are the same.
    measures
        Sharpness, light and distance, NaN where it was not measured, shape [n, 3].
    """

    run_ids: NDArray[np.object_]
    frame_ids: NDArray[np.object_]
    link_ids: NDArray[np.object_]
    time_s: NDArray[np.float64]
    footprints: NDArray[np.object_]
    in_view: NDArray[np.object_]
    measures: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.time_s)

    @classmethod
    def of(cls, coverage: Sequence[tuple[str, Coverage]]) -> LookColumns:
        """Return coverage, each entry with its run's id, in the same order."""
        looks = [look for _, look in coverage]
        return cls(
            run_ids=objects([run_id for run_id, _ in coverage]),
            frame_ids=objects([one.frame_id for one in looks]),
            link_ids=objects([one.link_id for one in looks]),
            time_s=np.array([one.time_s for one in looks], np.float64),
            footprints=objects([one.footprint for one in looks]),
            in_view=objects([one.in_view for one in looks]),
            measures=np.array(
                [(one.sharpness, one.light, one.distance_m) for one in looks], np.float64
            ).reshape(-1, 3),
        )

    @classmethod
    def joined(cls, parts: Sequence[LookColumns]) -> LookColumns:
        """Return the rows of several, one after the other; of none, no rows."""
        every = [cls.of(()), *parts]
        names = [one.name for one in fields(cls)]
        return cls(
            **{name: np.concatenate([getattr(one, name) for one in every]) for name in names}
        )

    def rows(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> LookColumns:
        """Return some of the rows, in that order."""
        names = [one.name for one in fields(self)]
        return LookColumns(**{name: getattr(self, name)[rows] for name in names})

    def in_order(self) -> LookColumns:
        """Return the rows oldest first, those of one time by the ids of their runs and frames."""
        order = np.argsort(self.time_s, kind="stable")
        if (np.diff(self.time_s[order]) == 0.0).any():
            keys = list(
                zip(
                    self.time_s.tolist(),
                    self.run_ids.tolist(),
                    self.frame_ids.tolist(),
                    strict=True,
                )
            )
            order = np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)
        return self.rows(order)


def objects(values: Sequence[Any]) -> NDArray[np.object_]:
    """Return values as a column of objects, whatever they are."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column
