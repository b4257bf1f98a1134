"""The sightings of groups of tracks, as columns: there are many times as many as findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.findings.placed import Ints
from gatusyn.model import TRACKS_A_RUN, SightingColumns

ObservationKey = tuple[str, str]
"""A run's id and an observation's."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeenColumns:
    """Sightings group by group, in each by time, then by the ids of the run and the observation.

    Parameters
    ----------
    starts
        Where each group's begin; the last is the end [groups + 1].
    member
        Of each, the place of its track among its group's [n].
    run_ids
        Of each, its run's id [n].
    columns
        The rest of each; ``columns.starts`` says nothing of this order.
    """

    starts: list[int]
    member: Ints
    run_ids: NDArray[np.object_]
    columns: SightingColumns

    @classmethod
    def of(
        cls,
        numbers: Sequence[Sequence[int]],
        sightings: SightingColumns,
        run_ids: Mapping[int, str],
    ) -> SeenColumns:
        """Return the sightings of groups.

        Parameters
        ----------
        numbers
            Of each group's tracks.
        sightings
            Of all these tracks, in that order.
        run_ids
            By the runs' numbers.
        """
        of_track = np.diff(sightings.starts)
        sizes = [len(own) for own in numbers]
        runs = np.array([one for own in numbers for one in own], np.int64) // TRACKS_A_RUN
        member = np.concatenate([np.zeros(0, np.int64), *(np.arange(size) for size in sizes)])
        group = np.repeat(np.repeat(np.arange(len(sizes)), sizes), of_track)
        run = np.repeat(runs, of_track)
        order = _in_order(group, run, sightings, run_ids)
        name = {number: run_ids[number] for number in np.unique(runs).tolist()}
        named = np.array([name[number] for number in run[order].tolist()], dtype=object)
        return cls(
            starts=np.searchsorted(group, np.arange(len(sizes) + 1)).tolist(),
            member=np.repeat(member, of_track)[order],
            run_ids=named,
            columns=sightings.rows(order),
        )

    def frames(self, rows: Ints | slice) -> int:
        """Return how many frames some are of."""
        ids = self.columns.frame_ids[rows].tolist()
        return len(set(zip(self.run_ids[rows].tolist(), ids, strict=True)))

    def keys(self, rows: Ints | slice) -> list[ObservationKey]:
        """Return the observations of some."""
        ids = self.columns.observation_ids[rows].tolist()
        return list(zip(self.run_ids[rows].tolist(), ids, strict=True))


def _in_order(
    group: Ints, run: Ints, sightings: SightingColumns, run_ids: Mapping[int, str]
) -> Ints:
    """Return the order by group, time, run's id and observation's id."""
    there = np.unique(run)
    names = np.array([run_ids[number] for number in there.tolist()], dtype=object)
    rank = np.argsort(np.argsort(names, kind="stable"))[np.searchsorted(there, run)]
    time_s = sightings.time_s
    order = np.lexsort((rank, time_s, group))
    before, after = order[:-1], order[1:]
    same = (group[before] == group[after]) & (time_s[before] == time_s[after])
    same &= rank[before] == rank[after]
    # Few are of one moment: only these are put in order by their names.
    ends = np.flatnonzero(~np.append(same, False)) + 1
    starts = np.append(0, ends[:-1])
    for low, high in zip(starts.tolist(), ends.tolist(), strict=True) if same.any() else ():
        if high - low > 1:
            ids = sightings.observation_ids
            order[low:high] = sorted(order[low:high].tolist(), key=lambda row: str(ids[row]))
    return np.asarray(order, np.int64)
