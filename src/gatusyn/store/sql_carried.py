"""What was carried over to a delivery of the network, in the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gatusyn.model import CarriedFacts, RecordedFacts
from gatusyn.store.sql_coarse import is_neutral
from gatusyn.store.sql_codec import json_to_rates, safe_text
from gatusyn.store.sql_facts import (
    COVERAGE_COLUMNS,
    OBSERVATION_COLUMNS,
    PLACE_COLUMNS,
    POSE_COLUMNS,
    coverage_of,
    observations_of,
    pose_of,
)
from gatusyn.store.sql_scope import Scoped

COLUMNS = ("delivery", "run", "kind", "fact_id", *PLACE_COLUMNS, "shift_east_m", "shift_north_m")


def select_recorded(scoped: Scoped) -> RecordedFacts:
    """Return the facts of every drive's newest run with the places that were recorded."""
    observations = ", ".join(f"o.{name}" for name in OBSERVATION_COLUMNS)
    pose_columns = ", ".join(f"f.{name}" for name in POSE_COLUMNS)
    newest = "(SELECT * FROM run WHERE run IN (SELECT max(run) FROM run GROUP BY drive_id)) AS r"
    observed = (
        f"SELECT r.run_id, {observations}, NULL, NULL "  # noqa: S608
        f"FROM {newest} JOIN observation AS o ON o.run = r.run ORDER BY o.time_s, o.observation"
    )
    looks = ", ".join(f"c.{name}" for name in COVERAGE_COLUMNS)
    covered = (
        f"SELECT r.run_id, {looks}, NULL, NULL "  # noqa: S608
        f"FROM {newest} JOIN coverage AS c ON c.run = r.run ORDER BY c.time_s, c.coverage"
    )
    framed = (
        f"SELECT r.run_id, f.frame_id, {pose_columns} "  # noqa: S608
        f"FROM {newest} JOIN frame AS f ON f.run = r.run"
    )
    runs = list(scoped.rows(f"SELECT run_id, network_version, rates FROM {newest}"))  # noqa: S608
    poses = {(run_id, frame_id): pose_of(row) for run_id, frame_id, *row in scoped.rows(framed)}
    return RecordedFacts(
        versions={run_id: version for run_id, version, _ in runs},
        rates={run_id: json_to_rates(rates) for run_id, _, rates in runs},
        observations=tuple(observations_of(scoped.rows(observed))),
        coverage=tuple(coverage_of(scoped.rows(covered))),
        poses=poses,
        placeless=frozenset(key for key in poses if is_neutral(key[1])),
    )


def replace_carried(scoped: Scoped, carried: CarriedFacts) -> None:
    """Replace what was carried over to the current delivery. Must be called in a transaction."""
    delivery: int = scoped.row("SELECT delivery FROM current_delivery")[0]
    for table in ("place", "carried"):
        scoped.clear(table, "delivery = :delivery", {"delivery": delivery})
    runs = dict(scoped.rows("SELECT run_id, run FROM run"))
    scoped.insert("carried", ("delivery", "run"), ((delivery, runs[i]) for i in carried.run_ids))
    scoped.insert("place", COLUMNS, _rows(carried, runs, delivery))


def _rows(carried: CarriedFacts, runs: dict[str, int], delivery: int) -> Iterator[tuple[Any, ...]]:
    for one in carried.places:
        yield (
            delivery,
            runs[one.run_id],
            one.kind.value,
            safe_text(one.fact_id),
            one.link_id,
            one.element_id,
            one.section_id,
            float(one.offset_m),
            float(one.measure),
            None if one.side is None else one.side.value,
            one.direction.value,
            *map(float, one.shift_m),
        )
