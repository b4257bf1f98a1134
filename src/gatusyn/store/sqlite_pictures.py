"""Which pictures looked at a section, and what was seen in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gatusyn.model import Observation
from gatusyn.store.protocol import PictureView
from gatusyn.store.sqlite_codec import boxes, from_wkb, safe_text
from gatusyn.store.sqlite_facts import FRAME_COLUMNS, frame_of, select_observations
from gatusyn.store.sqlite_media import StagedPicture
from gatusyn.store.sqlite_scope import Scoped


def insert_pictures(
    scoped: Scoped, run: int, run_id: str, pictures: Mapping[str, StagedPicture]
) -> None:
    """Insert a run's pictures, given by frame. Must be called in a transaction."""
    scoped.insert(
        "picture",
        ("run", "frame_id", "picture_id", "scale"),
        (
            (run, safe_text(frame_id), f"{run_id}/{picture.file_name[:-4]}", picture.scale)
            for frame_id, picture in pictures.items()
        ),
    )


def select_picture_file(scoped: Scoped, picture_id: str) -> tuple[str, str] | None:
    """Return a picture's run and file name; None if there is no such picture."""
    query = "SELECT picture_id FROM picture WHERE picture_id = :picture_id"
    row = scoped.row(query, {"picture_id": picture_id})
    if row is None:
        return None
    run_id, number = str(row[0]).split("/")
    return run_id, f"{number}.jpg"


def select_pictures(scoped: Scoped, section_id: str, limit: int) -> tuple[PictureView, ...]:
    """Return the newest pictures that looked at a section, those with damage on it first."""
    query = """
    SELECT line, width_m FROM section AS s JOIN current_delivery AS d ON s.delivery = d.delivery
    WHERE s.section_id = :section_id
    """
    section = scoped.row(query, {"section_id": section_id})
    if section is None:
        return ()
    line = shapely.from_wkb(section[0])
    area = shapely.buffer(line, section[1] / 2, cap_style="flat")
    keys = _frames_looking_at(scoped, area)
    return _views(scoped, keys, section_id, limit)


def _frames_looking_at(scoped: Scoped, area: BaseGeometry) -> list[tuple[int, str]]:
    # CROSS JOIN keeps the order: the planner would rather walk all the organisation's rows.
    query = """
    SELECT c.run, c.frame_id, c.footprint
    FROM coverage_box AS b
    CROSS JOIN coverage AS c ON c.coverage = b.coverage
    JOIN newest_run AS r ON r.run = c.run AND r.on_current
    WHERE b.west <= :east AND b.east >= :west AND b.south <= :north AND b.north >= :south
    """
    box = dict(zip(("west", "south", "east", "north"), boxes([area])[0], strict=True))
    rows = list(scoped.rows(query, box))
    # The index answers with boxes, rounded outwards: only the shapes say who looked.
    shapes = np.asarray(from_wkb([row[2] for row in rows]), dtype=object)
    looked = shapely.intersects(shapes, area) & ~shapely.touches(shapes, area)
    return [(row[0], row[1]) for row, hit in zip(rows, looked, strict=True) if hit]


def _views(
    scoped: Scoped, keys: list[tuple[int, str]], section_id: str, limit: int
) -> tuple[PictureView, ...]:
    columns = ", ".join(f"f.{name}" for name in FRAME_COLUMNS)
    query = f"""
    SELECT p.picture_id, p.scale, r.run_id, {columns},
        EXISTS (
            SELECT 1 FROM observation AS o
            WHERE o.run = f.run AND o.frame_id = f.frame_id AND o.section_id = :section_id
        ) AS has_damage
    FROM json_each(:keys) AS k
    JOIN picture AS p ON p.run = k.value ->> 0 AND p.frame_id = k.value ->> 1
    JOIN frame AS f ON f.run = p.run AND f.frame_id = p.frame_id
    JOIN run AS r ON r.run = p.run
    GROUP BY p.picture
    ORDER BY has_damage DESC, f.time_s DESC, p.picture
    LIMIT :limit
    """  # noqa: S608
    bindings = {"keys": json.dumps(keys), "section_id": section_id, "limit": limit}
    views = []
    for picture_id, scale, run_id, *row, _ in scoped.rows(query, bindings):
        frame = frame_of(tuple(row))
        views.append(
            PictureView(
                picture_id=picture_id,
                run_id=run_id,
                frame=frame,
                scale=scale,
                observations=_seen_in(scoped, run_id, frame.frame_id),
            )
        )
    return tuple(views)


def _seen_in(scoped: Scoped, run_id: str, frame_id: str) -> tuple[Observation, ...]:
    bindings: dict[str, Any] = {"run_id": run_id, "frame_id": frame_id}
    found = select_observations(scoped, "r.run_id = :run_id AND o.frame_id = :frame_id", bindings)
    return tuple(observation for _, observation in found)
