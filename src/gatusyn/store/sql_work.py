"""What a derivation starts from: what the rows were made of, runs, their facts, findings."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

import numpy as np

from gatusyn.model import Coverage, Finding, Observation
from gatusyn.store.protocol_work import Boxes, DerivedFrom, RunKey
from gatusyn.store.sql_codec import json_to_rates
from gatusyn.store.sql_derived import FINDING_COLUMNS, findings_of_rows
from gatusyn.store.sql_facts import PLACED_COVERAGE, coverage_of, select_observations
from gatusyn.store.sql_looks import ON_CURRENT, PLACE_OF_LOOK, boxes_json
from gatusyn.store.sql_scope import Scoped, as_list

_EPOCH = date(1970, 1, 1)


def select_made_from(scoped: Scoped) -> DerivedFrom | None:
    """Return what the derived rows were made of."""
    row = scoped.row("SELECT stamp, basis, runs, verdicts FROM derived")
    if row is None:
        return None
    runs = {int(number): known_as for number, known_as in json.loads(row[2]).items()}
    return DerivedFrom(stamp=row[0], basis=row[1], runs=runs, verdicts=row[3])


def select_network_stamp(scoped: Scoped) -> str:
    """Return a text that changes when the network or its reading does."""
    return repr(scoped.row("SELECT version, reading FROM current_delivery"))


def select_ids_in_use(
    scoped: Scoped, ids: Collection[str], but_in: Collection[int]
) -> frozenset[str]:
    """Return which of some ids findings have that are at home outside some tiles."""
    query = (
        f"SELECT finding_id FROM finding WHERE finding_id IN ({scoped.listed('ids', str)}) "  # noqa: S608
        f"AND tile NOT IN ({scoped.listed('tiles', int)})"
    )
    bindings = {"ids": as_list(ids), "tiles": as_list(but_in)}
    return frozenset(row[0] for row in scoped.rows(query, bindings))


def select_periods_of(scoped: Scoped, runs: Collection[int]) -> tuple[str, ...]:
    """Return the calendar years (UTC) in which frames of runs looked at something."""
    query = (
        "SELECT DISTINCT floor(time_s / 86400.0) FROM coverage "  # noqa: S608
        f"WHERE run IN ({scoped.listed('runs', int)})"
    )
    days = scoped.rows(query, {"runs": as_list(sorted(runs))})
    return tuple(sorted({str((_EPOCH + timedelta(days=day)).year) for (day,) in days}))


def select_runs(scoped: Scoped) -> tuple[RunKey, ...]:
    """Return the newest runs on the current network, in the order of their ids."""
    query = """
    SELECT run, run_id, run_id || CASE WHEN coarse_s IS NULL THEN '' ELSE '|coarse' END, rates
    FROM newest_run WHERE on_current ORDER BY run_id
    """
    return tuple(
        RunKey(number=run, run_id=run_id, known_as=known_as, rates=json_to_rates(rates))
        for run, run_id, known_as, rates in scoped.rows(query)
    )


def select_run_facts(
    scoped: Scoped, number: int
) -> tuple[tuple[Observation, ...], tuple[Coverage, ...]]:
    """Return a run's observations and coverage on the current network, oldest first."""
    bindings = {"run": number}
    seen = select_observations(scoped, "o.run = :run", bindings)
    query = (
        f"SELECT r.run_id, {PLACED_COVERAGE}, p.shift_east_m, p.shift_north_m "  # noqa: S608
        f"FROM coverage AS c JOIN run AS r ON r.run = c.run {PLACE_OF_LOOK} "
        f"WHERE c.run = :run AND {ON_CURRENT} ORDER BY c.time_s, c.coverage"
    )
    looked = coverage_of(scoped.rows(query, bindings))
    return tuple(one for _, one in seen), tuple(one for _, one in looked)


def select_findings_of(
    scoped: Scoped,
    *,
    tiles: Collection[int] | None,
    asked: Boxes | None,
    but_in: Collection[int],
) -> tuple[Finding, ...]:
    """Return the findings at home in tiles, or those that touch boxes, in order of id."""
    columns = ", ".join(f"f.{name}" for name in FINDING_COLUMNS)
    if tiles is not None:
        source = f"finding AS f WHERE f.tile IN ({scoped.listed('tiles', int)})"
        bindings: dict[str, Any] = {"tiles": as_list(sorted(tiles))}
    else:
        there = f"SELECT DISTINCT * FROM ({scoped.in_boxes('finding', 'boxes')}) AS q"  # noqa: S608
        join = f"{scoped.join_in_order} finding AS f ON f.finding = b.finding"
        source = f"({there}) AS b {join} WHERE TRUE"
        bindings = {"boxes": boxes_json(np.zeros((0, 4)) if asked is None else asked)}
    if but_in:
        # By the index of tiles: the rows of findings that are not wanted are not read.
        there = (
            f"SELECT h.finding FROM finding AS h WHERE h.tile IN ({scoped.listed('but_in', int)})"  # noqa: S608
        )
        source += f" AND {'f' if asked is None else 'b'}.finding NOT IN ({there})"
        bindings["but_in"] = as_list(but_in)
    # SQLite would read all findings in the order of their ids rather than sort a few.
    query = f"SELECT {columns} FROM {source} ORDER BY f.finding_id || ''"  # noqa: S608
    return tuple(findings_of_rows(scoped.rows(query, bindings)))
