"""Which pictures looked at a section, and what was seen in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from gatusyn.model import LARGEST_SHIFT_M, Observation
from gatusyn.store.media import StagedPicture, file_name
from gatusyn.store.protocol import PictureView
from gatusyn.store.same_place import Standpoint, then_and_now
from gatusyn.store.sql_codec import boxes, safe_text
from gatusyn.store.sql_facts import (
    FRAME_COLUMNS,
    PLACE_COLUMNS,
    PLACED,
    frame_of,
    looked_at,
    select_observations,
)
from gatusyn.store.sql_scope import Scoped, as_list


def insert_pictures(
    scoped: Scoped, run: int, run_id: str, pictures: Mapping[str, StagedPicture]
) -> None:
    """Insert a run's pictures, given by frame. Must be called in a transaction."""
    scoped.insert(
        "picture",
        ("run", "frame_id", "picture_id", "scale"),
        (
            (run, safe_text(frame_id), picture_name(run_id, picture), picture.scale)
            for frame_id, picture in pictures.items()
        ),
    )


def picture_name(run_id: str, picture: StagedPicture) -> str:
    """Return the id of a run's picture."""
    return f"{run_id}/{picture.file_name.removesuffix('.jpg')}"


def select_picture_file(scoped: Scoped, picture_id: str) -> tuple[str, str] | None:
    """Return a picture's run and file name; None if there is no such picture."""
    query = "SELECT picture_id, version FROM picture WHERE picture_id = :picture_id"
    row = scoped.row(query, {"picture_id": picture_id})
    if row is None:
        return None
    run_id, number = str(row[0]).split("/")
    return run_id, file_name(number, row[1])


def select_pictures(
    scoped: Scoped, section_id: str, limit: int, until_s: float | None
) -> tuple[PictureView, ...]:
    """Return the newest pictures that looked at a section, those with damage on it first."""
    if not section_is_there(scoped, section_id):
        return ()
    keys = frames_of_section(scoped, section_id)
    if until_s is not None:
        keys = [(one.run, one.frame_id) for one in _standpoints(scoped, keys, until_s)]
    return _views(scoped, keys, section_id, limit)


def select_picture_pair(
    scoped: Scoped, section_id: str, *, finding_id: str | None, until_s: float | None
) -> tuple[PictureView, PictureView] | None:
    """Return the earliest and the newest picture of one place on a section, or of a finding."""
    if not section_is_there(scoped, section_id):
        return None
    if finding_id is None:
        keys = frames_of_section(scoped, section_id)
    else:
        query = """
        SELECT footprint FROM finding WHERE finding_id = :finding_id AND section_id = :section_id
        """
        row = scoped.row(query, {"finding_id": finding_id, "section_id": section_id})
        keys = [] if row is None else _frames_looking_at(scoped, shapely.from_wkb(row[0]))
    pair = then_and_now(_standpoints(scoped, keys, until_s))
    if pair is None:
        return None
    views = _views(scoped, [(one.run, one.frame_id) for one in pair], section_id, 2)
    first, second = sorted(views, key=lambda view: view.frame.pose.time_s)
    return first, second


def _standpoints(
    scoped: Scoped, keys: list[tuple[int, str]], until_s: float | None
) -> list[Standpoint]:
    """Return where pictures were taken, of those before a moment if it is given."""
    names = ("time_s", "easting_m", "northing_m", "bearing_deg")
    columns = ", ".join(
        f"coalesce(c.{name}, f.{name})" if name in PLACE_COLUMNS else f"f.{name}" for name in names
    )
    query = f"""
    SELECT p.run, p.frame_id, {columns}
    FROM {scoped.each(":keys", "k")}
    JOIN picture AS p
    ON p.run = {scoped.item("k", 0, int)} AND p.frame_id = {scoped.item("k", 1, str)}
    JOIN frame AS f ON f.run = p.run AND f.frame_id = p.frame_id
    LEFT JOIN current_place AS c
    ON c.run = f.run AND c.kind = 'frame' AND c.fact_id = f.frame_id
    """  # noqa: S608
    rows = scoped.rows(query, {"keys": as_list(dict.fromkeys(keys))})
    return [
        Standpoint(
            run=run,
            frame_id=frame_id,
            time_s=time_s,
            easting_m=easting_m,
            northing_m=northing_m,
            bearing_deg=bearing_deg,
        )
        for run, frame_id, time_s, easting_m, northing_m, bearing_deg in rows
        if until_s is None or time_s < until_s
    ]


def section_is_there(scoped: Scoped, section_id: str) -> bool:
    """Say whether the current network has a section."""
    section = _section(scoped, section_id)
    return section is not None and bool(section[2])


def frames_of_section(scoped: Scoped, section_id: str) -> list[tuple[int, str]]:
    """Return (run, frame_id) of the newest runs' frames that looked at a section.

    A section that the current network no longer has is where the newest delivery had it.
    """
    section = _section(scoped, section_id)
    if section is None:
        return []
    line = shapely.from_wkb(section[0])
    area = shapely.buffer(line, section[1] / 2, cap_style="flat")
    return _frames_looking_at(scoped, area)


def _section(scoped: Scoped, section_id: str) -> tuple[bytes, float, int] | None:
    query = """
    SELECT line, width_m, is_current FROM section AS s JOIN delivery AS d ON s.delivery = d.delivery
    WHERE s.section_id = :section_id ORDER BY d.is_current DESC, d.delivery DESC LIMIT 1
    """
    row: tuple[bytes, float, int] | None = scoped.row(query, {"section_id": section_id})
    return row


def _frames_looking_at(scoped: Scoped, area: BaseGeometry) -> list[tuple[int, str]]:
    # The index has the shapes as recorded; those carried over may have been moved.
    query = f"""
    SELECT c.run, c.frame_id, c.footprint, p.shift_east_m, p.shift_north_m
    FROM {scoped.in_box("coverage", "c")}
    JOIN newest_run AS r ON r.run = c.run
    LEFT JOIN current_place AS p
    ON p.run = c.run AND p.kind = 'frame' AND p.fact_id = c.frame_id
    WHERE {PLACED}
    """  # noqa: S608
    reach_m = LARGEST_SHIFT_M if scoped.row("SELECT 1 FROM current_place") else 0.0
    around = boxes([area.buffer(reach_m)])[0]
    box = dict(zip(("west", "south", "east", "north"), around, strict=True))
    rows = list(scoped.rows(query, box))
    # The index answers with boxes, rounded outwards: only the shapes say who looked.
    shapes = looked_at(rows)
    looked = shapely.intersects(shapes, area) & ~shapely.touches(shapes, area)
    return [(row[0], row[1]) for row, hit in zip(rows, looked, strict=True) if hit]


def _views(
    scoped: Scoped, keys: list[tuple[int, str]], section_id: str, limit: int
) -> tuple[PictureView, ...]:
    columns = ", ".join(
        f"coalesce(c.{name}, f.{name})" if name in PLACE_COLUMNS else f"f.{name}"
        for name in FRAME_COLUMNS
    )
    query = f"""
    SELECT p.picture_id, p.scale, p.version, r.run_id, {columns},
        EXISTS (
            SELECT 1 FROM observation AS o
            LEFT JOIN current_place AS s
            ON s.run = o.run AND s.kind = 'observation' AND s.fact_id = o.observation_id
            WHERE o.run = f.run AND o.frame_id = f.frame_id
            AND coalesce(s.section_id, o.section_id) = :section_id
        ) AS has_damage
    FROM {scoped.each(":keys", "k")}
    JOIN picture AS p
    ON p.run = {scoped.item("k", 0, int)} AND p.frame_id = {scoped.item("k", 1, str)}
    JOIN frame AS f ON f.run = p.run AND f.frame_id = p.frame_id
    JOIN run AS r ON r.run = p.run
    LEFT JOIN current_place AS c
    ON c.run = f.run AND c.kind = 'frame' AND c.fact_id = f.frame_id
    ORDER BY has_damage DESC, f.time_s DESC, p.picture
    LIMIT :limit
    """  # noqa: S608
    once = as_list(dict.fromkeys(keys))
    bindings = {"keys": once, "section_id": section_id, "limit": limit}
    views = []
    for picture_id, scale, version, run_id, *row, _ in scoped.rows(query, bindings):
        frame = frame_of(tuple(row))
        views.append(
            PictureView(
                picture_id=picture_id,
                run_id=run_id,
                frame=frame,
                scale=scale,
                version=version,
                observations=_seen_in(scoped, run_id, frame.frame_id),
            )
        )
    return tuple(views)


def _seen_in(scoped: Scoped, run_id: str, frame_id: str) -> tuple[Observation, ...]:
    bindings: dict[str, Any] = {"run_id": run_id, "frame_id": frame_id}
    found = select_observations(scoped, "r.run_id = :run_id AND o.frame_id = :frame_id", bindings)
    return tuple(observation for _, observation in found)
