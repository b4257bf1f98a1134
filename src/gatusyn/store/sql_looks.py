"""What was looked at on the current network, as columns, from the database."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gatusyn.geo import moved_shapes
from gatusyn.model import LookColumns
from gatusyn.store.protocol_work import Boxes, ObservationKey
from gatusyn.store.sql_codec import batches
from gatusyn.store.sql_facts import looked_at
from gatusyn.store.sql_scope import Scoped, as_list

PLACE_OF_LOOK = (
    "LEFT JOIN current_place AS p ON p.run = c.run AND p.kind = 'frame' AND p.fact_id = c.frame_id"
)
ON_CURRENT = "(p.place IS NOT NULL OR r.network_version = (SELECT version FROM current_delivery))"


def select_looks(scoped: Scoped, asked: Boxes, runs: Collection[int]) -> LookColumns:
    """Return the coverage of runs that touches boxes, oldest first."""
    bindings = {"boxes": boxes_json(asked), "runs": as_list(sorted(runs))}
    query = (
        "SELECT r.run_id, c.frame_id, coalesce(p.link_id, c.link_id), c.time_s, c.footprint, "  # noqa: S608
        "c.shown, c.sharpness, c.light, c.distance_m, p.shift_east_m, p.shift_north_m "
        # In this order, and by boxes first: the planner would look every place up once a run.
        f"FROM coverage AS c {scoped.join_in_order} run AS r ON r.run = c.run {PLACE_OF_LOOK} "
        f"WHERE c.coverage IN ({scoped.in_boxes('coverage', 'boxes')}) "
        f"AND +c.run IN ({scoped.listed('runs', int)}) AND {ON_CURRENT}"
    )
    found = scoped.rows(query, bindings)
    return LookColumns.joined([_look_columns(batch) for batch in batches(found)]).in_order()


def _look_columns(rows: Sequence[tuple[Any, ...]]) -> LookColumns:
    run_ids, frame_ids, link_ids, time_s, counting, shown, *more = zip(*rows, strict=True)
    footprints, in_view = _shapes_of(counting, shown, np.array(more[3:], np.float64).T)
    return LookColumns(
        run_ids=np.array(run_ids, dtype=object),
        frame_ids=np.array(frame_ids, dtype=object),
        link_ids=np.array(link_ids, dtype=object),
        time_s=np.array(time_s, np.float64),
        footprints=footprints,
        in_view=in_view,
        measures=np.array(more[:3], np.float64).T,
    )


def _shapes_of(
    footprints: Sequence[bytes],
    shown: Sequence[bytes | None],
    shift_m: NDArray[np.float64],
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return what counts as looked at and what was in view, moved; NaN stands for no shift."""
    counting = shapely.from_wkb(np.array(footprints, dtype=object))
    more = np.array([blob is not None for blob in shown], np.bool_)
    wider = shapely.from_wkb(np.array(shown, dtype=object)[more])
    shift_m = np.nan_to_num(shift_m)
    counting = moved_shapes(counting, shift_m)
    in_view = counting.copy()
    in_view[more] = moved_shapes(wider, shift_m[more])
    return counting, in_view


def boxes_json(asked: Boxes) -> str:
    """Return boxes that together cover some: those that share a square of ground are one."""
    if not len(asked):
        return "[]"
    at = np.floor(asked[:, :2] / 60.0)
    _, owner = np.unique(at, axis=0, return_inverse=True)
    owner = owner.reshape(-1)
    joined = np.full((int(owner.max()) + 1, 4), np.inf)
    joined[:, 2:] = -np.inf
    np.minimum.at(joined[:, :2], owner, asked[:, :2])
    np.maximum.at(joined[:, 2:], owner, asked[:, 2:])
    return json.dumps(joined.tolist())


def select_footprints(scoped: Scoped, keys: Sequence[ObservationKey]) -> list[Any]:
    """Return the footprints of observations on the current network."""
    join = scoped.join_in_order
    query = f"""
    SELECT o.footprint, p.shift_east_m, p.shift_north_m
    FROM {scoped.each(":keys", "k")} {join} run AS r ON r.run_id = {scoped.item("k", 0, str)}
    {join} observation AS o ON o.run = r.run AND o.observation_id = {scoped.item("k", 1, str)}
    LEFT JOIN current_place AS p
    ON p.run = o.run AND p.kind = 'observation' AND p.fact_id = o.observation_id
    ORDER BY k.key
    """  # noqa: S608
    found: list[Any] = []
    for batch in batches(keys):
        found += list(looked_at(list(scoped.rows(query, {"keys": as_list(batch)}))))
    return found
