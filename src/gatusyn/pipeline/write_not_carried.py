"""A file of what a new delivery of the network could not take over, to look at in QGIS."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from gatusyn.model import Loss, Observation
from gatusyn.network import DeliveryChanges, Stretch
from gatusyn.pipeline.carried import Carried
from gatusyn.store import ColumnType, Table, write_layers


def write_not_carried(
    path: Path, changes: DeliveryChanges, carried: Carried, *, epsg: int, overwrite: bool
) -> None:
    """Write the layer ``links``, with what was lost, moved or is new, and ``observations``.

    Parameters
    ----------
    path
        ``.gpkg`` (in the city's system) or ``.geojson`` (in WGS 84).
    """
    text, real = ColumnType.TEXT, ColumnType.REAL
    links = Table(
        name="links",
        columns={
            **dict.fromkeys(("change", "reason", "element_id"), text),
            **dict.fromkeys(("start_measure", "end_measure"), real),
            **dict.fromkeys(("link_id", "street_name", "network_type"), text),
            **dict.fromkeys(("length_m", "moved_m"), real),
        },
        rows=tuple(_link_row(stretch) for stretch in changes.stretches),
        geometries=tuple(stretch.line for stretch in changes.stretches),
    )
    observations = Table(
        name="observations",
        columns={
            **dict.fromkeys(("observation_id", "run_id", "seen", "pixel_class", "reason"), text),
            **dict.fromkeys(("element_id", "link_id"), text),
            **dict.fromkeys(("measure", "confidence", "length_m", "area_m2"), real),
        },
        rows=tuple(_observation_row(*one) for one in carried.lost),
        geometries=tuple(observation.footprint for _, observation, _ in carried.lost),
    )
    write_layers(path, links, observations, epsg, overwrite=overwrite)


def _link_row(stretch: Stretch) -> dict[str, object]:
    link = stretch.link
    return {
        "change": stretch.change.value,
        "reason": None if stretch.loss is None else stretch.loss.value,
        "element_id": link.element_id,
        "start_measure": link.measure_at(stretch.start_m),
        "end_measure": link.measure_at(stretch.end_m),
        "link_id": link.link_id,
        "street_name": link.street_name,
        "network_type": link.network_type.value,
        "length_m": stretch.end_m - stretch.start_m,
        "moved_m": stretch.moved_m,
    }


def _observation_row(run_id: str, observation: Observation, why: Loss) -> dict[str, object]:
    seen = datetime.fromtimestamp(observation.time_s, UTC)
    return {
        "observation_id": observation.observation_id,
        "run_id": run_id,
        "seen": seen.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "pixel_class": observation.pixel_class.value,
        "reason": why.value,
        "element_id": observation.element_id,
        "link_id": observation.link_id,
        "measure": observation.measure,
        "confidence": observation.confidence,
        "length_m": observation.length_m,
        "area_m2": observation.area_m2,
    }
