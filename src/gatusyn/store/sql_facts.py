"""Runs and what they saw, in the database: written once, never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gatusyn.geo import moved_shapes
from gatusyn.model import (
    Coverage,
    Direction,
    DriveFacts,
    Observation,
    PixelClass,
    Pose,
    Rejected,
    RejectReason,
    SeenFrame,
    Side,
)
from gatusyn.store.protocol import DriveSummary
from gatusyn.store.sql_codec import (
    batches,
    blob_to_numbers,
    boxes,
    from_wkb,
    json_to_rates,
    json_to_redaction,
    numbers_to_blob,
    rates_to_json,
    redaction_to_json,
    safe_text,
    to_wkb,
)
from gatusyn.store.sql_scope import Scoped
from gatusyn.store.sql_told import json_to_remarks, remarks_to_json, text_to_told, told_to_text

RUN_COLUMNS = (
    "drive_id",
    "run_id",
    "name",
    "network_version",
    "detector_version",
    "started_s",
    "ended_s",
    "distance_m",
    "received",
    "accepted",
    "rejected",
    "observations",
    "rates",
    "remarks",
)
POSE_COLUMNS = (
    "time_s",
    "easting_m",
    "northing_m",
    "bearing_deg",
    "speed_ms",
    "sigma_along_m",
    "sigma_across_m",
    "sigma_bearing_deg",
    "link_id",
    "offset_m",
    "direction",
)
FRAME_COLUMNS = ("frame_id", *POSE_COLUMNS, "redaction", "width_px", "height_px")
OBSERVATION_COLUMNS = (
    "observation_id",
    "frame_id",
    "pixel_class",
    "footprint",
    "outline_px",
    "confidence",
    "sigma_along_m",
    "sigma_across_m",
    "link_id",
    "element_id",
    "section_id",
    "offset_m",
    "measure",
    "side",
    "direction",
    "length_m",
    "area_m2",
    "time_s",
    "way_m",
)
COVERAGE_COLUMNS = (
    "frame_id",
    "link_id",
    "footprint",
    "time_s",
    "shown",
    "sharpness",
    "light",
    "distance_m",
)
PLACED_COVERAGE = ", ".join(
    "coalesce(p.link_id, c.link_id)" if name == "link_id" else f"c.{name}"
    for name in COVERAGE_COLUMNS
)
"""``COVERAGE_COLUMNS`` of ``coverage AS c`` with its place ``p`` on the current network, if any."""
PLACE_COLUMNS = (
    "link_id",
    "element_id",
    "section_id",
    "offset_m",
    "measure",
    "side",
    "direction",
)
"""What a fact that was carried over has anew; NULL in a place stands for what was recorded."""
PLACED = "r.on_current AND (r.is_own OR p.place IS NOT NULL)"
"""Whether a fact of run r, with place p if it was carried over, is on the current network."""


def run_is_there(scoped: Scoped, run_id: str) -> bool:
    """Say whether a run has been committed."""
    query = "SELECT 1 FROM run WHERE run_id = :run_id"
    return scoped.row(query, {"run_id": run_id}) is not None


def insert_facts(scoped: Scoped, facts: DriveFacts) -> int:
    """Insert a run with all its facts; return its number. Must be called in a transaction."""
    run = scoped.insert("run", RUN_COLUMNS, [_run_row(facts)])
    scoped.insert(
        "rejected",
        ("run", "frame_id", "reason", "detail"),
        (
            (run, safe_text(r.frame_id), r.reason.value, told_to_text(r.detail, figures=r.figures))
            for r in facts.rejected
        ),
    )
    scoped.insert("frame", ("run", *FRAME_COLUMNS), (_frame_row(run, f) for f in facts.frames))
    scoped.insert("observation", ("run", *OBSERVATION_COLUMNS), _observation_rows(run, facts))
    first = scoped.insert("coverage", ("run", *COVERAGE_COLUMNS), _coverage_rows(run, facts))
    if facts.coverage:
        scoped.insert_boxes("coverage", first, boxes([c.in_view for c in facts.coverage]))
    return run


def select_drives(scoped: Scoped) -> tuple[DriveSummary, ...]:
    """Return the newest run of every drive, oldest drive first."""
    query = f"SELECT {', '.join(RUN_COLUMNS)} FROM newest_run ORDER BY started_s, drive_id"  # noqa: S608
    summaries = []
    for row in scoped.rows(query):
        values = dict(zip(RUN_COLUMNS, row, strict=True))
        values["rates"] = json_to_rates(values["rates"])
        values["remarks"] = json_to_remarks(values["remarks"])
        summaries.append(DriveSummary(**values))
    return tuple(summaries)


def select_rejected(scoped: Scoped, drive_id: str) -> tuple[Rejected, ...]:
    """Return the rejected frames of a drive's newest run."""
    query = """
    SELECT frame_id, reason, detail FROM rejected
    WHERE run = (SELECT run FROM newest_run WHERE drive_id = :drive_id) ORDER BY rejected
    """
    found = []
    for frame_id, reason, text in scoped.rows(query, {"drive_id": drive_id}):
        told = text_to_told(text)
        figures = {name: float(value) for name, value in told.figures.items()}
        found.append(
            Rejected(
                frame_id=frame_id, reason=RejectReason(reason), detail=told.words, figures=figures
            )
        )
    return tuple(found)


def select_observations(
    scoped: Scoped, where: str = "TRUE", bindings: Mapping[str, Any] | None = None
) -> Iterator[tuple[str, Observation]]:
    """Yield (run_id, observation) of the newest runs on the current network, oldest first.

    Those that were carried over to it have their places there.
    """
    columns = ", ".join(
        f"coalesce(p.{name}, o.{name})" if name in PLACE_COLUMNS else f"o.{name}"
        for name in OBSERVATION_COLUMNS
    )
    query = (
        f"SELECT r.run_id, {columns}, p.shift_east_m, p.shift_north_m "  # noqa: S608
        "FROM newest_run AS r JOIN observation AS o ON o.run = r.run "
        "LEFT JOIN current_place AS p "
        "ON p.run = o.run AND p.kind = 'observation' AND p.fact_id = o.observation_id "
        f"WHERE {PLACED} AND ({where}) ORDER BY o.time_s, o.observation"
    )
    return observations_of(scoped.rows(query, bindings))


def select_coverage(scoped: Scoped) -> Iterator[tuple[str, Coverage]]:
    """Yield (run_id, coverage) of the newest runs on the current network, oldest first."""
    query = (
        f"SELECT r.run_id, {PLACED_COVERAGE}, p.shift_east_m, p.shift_north_m "  # noqa: S608
        "FROM newest_run AS r JOIN coverage AS c ON c.run = r.run "
        "LEFT JOIN current_place AS p "
        "ON p.run = c.run AND p.kind = 'frame' AND p.fact_id = c.frame_id "
        f"WHERE {PLACED} ORDER BY c.time_s, c.coverage"
    )
    return coverage_of(scoped.rows(query))


def frame_of(row: tuple[Any, ...]) -> SeenFrame:
    """Return the frame of a row of ``FRAME_COLUMNS``."""
    frame_id, *place, redaction, width_px, height_px = row
    return SeenFrame(
        frame_id=frame_id,
        pose=pose_of(place),
        redaction=json_to_redaction(redaction),
        width_px=width_px,
        height_px=height_px,
    )


def looked_at(rows: Sequence[tuple[Any, ...]]) -> NDArray[np.object_]:
    """Return the shapes of rows that end with WKB and the shift east and north, moved by it."""
    shapes = np.asarray(from_wkb([row[-3] for row in rows]), dtype=object)
    if all(row[-1] is None for row in rows):
        return shapes
    shift_m = np.array([row[-2:] for row in rows], dtype=np.float64).reshape(-1, 2)
    return moved_shapes(shapes, np.nan_to_num(shift_m))


def stamp_of_facts(scoped: Scoped) -> str:
    """Return a hash of the network's reading, of the newest runs on it and of what people said."""
    digest = hashlib.sha256()
    delivery = scoped.row("SELECT version, reading FROM current_delivery")
    digest.update(repr(delivery).encode())
    query = """
    SELECT run_id || CASE WHEN coarse_s IS NULL THEN '' ELSE '|coarse' END FROM newest_run
    WHERE on_current ORDER BY run_id
    """
    for (known_as,) in scoped.rows(query):
        digest.update(f"|{known_as}".encode())
    said = scoped.row("SELECT max(number) FROM verdict")[0]
    if said is not None:
        digest.update(f"|said {said}".encode())
    return digest.hexdigest()


def observations_of(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[str, Observation]]:
    """Yield the observations of rows: run_id, ``OBSERVATION_COLUMNS``, shift east and north."""
    for batch in batches(rows):
        footprints = looked_at([(row[4], *row[-2:]) for row in batch])
        for (run_id, *row), footprint in zip(batch, footprints, strict=True):
            values = dict(zip(OBSERVATION_COLUMNS, row, strict=False))
            values["pixel_class"] = PixelClass(values["pixel_class"])
            values["footprint"] = footprint
            values["outline_px"] = blob_to_numbers(values["outline_px"])
            values["side"] = Side(values["side"])
            values["direction"] = Direction(values["direction"])
            yield run_id, Observation(**values)


def coverage_of(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[str, Coverage]]:
    """Yield the coverage of rows: run_id, ``COVERAGE_COLUMNS``, shift east and north."""
    for batch in batches(rows):
        footprints = looked_at([(row[3], *row[-2:]) for row in batch])
        shown = iter(looked_at([(row[5], *row[-2:]) for row in batch if row[5] is not None]))
        for row, footprint in zip(batch, footprints, strict=True):
            run_id, frame_id, link_id, _, time_s, more, sharpness, light, distance_m = row[:-2]
            yield (
                run_id,
                Coverage(
                    frame_id=frame_id,
                    link_id=link_id,
                    footprint=footprint,
                    time_s=time_s,
                    shown=None if more is None else next(shown),
                    sharpness=sharpness,
                    light=light,
                    distance_m=distance_m,
                ),
            )


def pose_of(row: Sequence[Any]) -> Pose:
    """Return the pose of a row of ``POSE_COLUMNS``."""
    values = dict(zip(POSE_COLUMNS, row, strict=True))
    values["direction"] = Direction(values["direction"])
    return Pose(**values)


def _run_row(facts: DriveFacts) -> tuple[Any, ...]:
    return (
        facts.drive_id,
        facts.run_id,
        safe_text(facts.name),
        facts.network_version,
        facts.detector_version,
        facts.started_s,
        facts.ended_s,
        facts.distance_m,
        facts.received,
        len(facts.frames),
        len(facts.rejected),
        len(facts.observations),
        rates_to_json(facts.rates),
        remarks_to_json(facts.remarks),
    )


def _frame_row(run: int, frame: SeenFrame) -> tuple[Any, ...]:
    pose = frame.pose
    return (
        run,
        safe_text(frame.frame_id),
        *(float(getattr(pose, name)) for name in POSE_COLUMNS[:-3]),
        pose.link_id,
        float(pose.offset_m),
        pose.direction.value,
        redaction_to_json(frame.redaction),
        int(frame.width_px),
        int(frame.height_px),
    )


def _observation_rows(run: int, facts: DriveFacts) -> Iterator[tuple[Any, ...]]:
    for batch in batches(facts.observations):
        footprints = to_wkb([o.footprint for o in batch])
        for o, footprint in zip(batch, footprints, strict=True):
            yield (
                run,
                safe_text(o.observation_id),
                safe_text(o.frame_id),
                o.pixel_class.value,
                footprint,
                numbers_to_blob(o.outline_px),
                float(o.confidence),
                float(o.sigma_along_m),
                float(o.sigma_across_m),
                o.link_id,
                o.element_id,
                o.section_id,
                float(o.offset_m),
                float(o.measure),
                o.side.value,
                o.direction.value,
                float(o.length_m),
                float(o.area_m2),
                float(o.time_s),
                o.way_m,
            )


def _coverage_rows(run: int, facts: DriveFacts) -> Iterator[tuple[Any, ...]]:
    for batch in batches(facts.coverage):
        footprints = to_wkb([c.footprint for c in batch])
        for c, footprint in zip(batch, footprints, strict=True):
            yield (
                run,
                safe_text(c.frame_id),
                c.link_id,
                footprint,
                float(c.time_s),
                None if c.shown is None else to_wkb([c.shown])[0],
                c.sharpness,
                c.light,
                c.distance_m,
            )
