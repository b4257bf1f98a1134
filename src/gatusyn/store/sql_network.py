"""Deliveries of the road network in the database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from gatusyn.model import (
    Direction,
    Link,
    Network,
    NetworkType,
    Regulation,
    Section,
    Side,
    Structure,
)
from gatusyn.store.sql_codec import batches, from_wkb, json_to_texts, texts_to_json, to_wkb
from gatusyn.store.sql_scope import Scoped

LINK_COLUMNS = (
    "delivery",
    "link_id",
    "element_id",
    "start_measure",
    "end_measure",
    "line",
    "network_type",
    "direction",
    "street_name",
    "speed_forward_kmh",
    "speed_backward_kmh",
    "functional_class",
    "width_m",
    "surface",
    "road_keeper",
    "path_type",
    "structure",
    "is_roundabout",
    "is_built_up",
    "aadt",
)
SECTION_COLUMNS = (
    "delivery",
    "section_id",
    "link_id",
    "element_id",
    "start_m",
    "end_m",
    "start_measure",
    "end_measure",
    "line",
    "width_m",
    "width_is_assumed",
    "is_junction",
    "is_counted",
)
REGULATION_COLUMNS = (
    "delivery",
    "element_id",
    "start_measure",
    "end_measure",
    "kind",
    "designation",
    "value",
    "direction",
    "side",
    "valid_from",
)


def insert_network(scoped: Scoped, network: Network) -> None:
    """Make a delivery the current one.

    A delivery that is already there is replaced by this reading of it: its links' other properties
    and its sections may have changed with the settings, its geometry has not.
    """
    scoped.update("delivery", "is_current = 0")
    known = scoped.row(
        "SELECT delivery FROM delivery WHERE version = :version", {"version": network.version}
    )
    values = (network.epsg, reading_of(network), texts_to_json(network.remarks))
    if known is None:
        row = (network.version, 1, *values)
        number = scoped.insert(
            "delivery", ("version", "is_current", "epsg", "reading", "remarks"), [row]
        )
    else:
        number = known[0]
        scoped.update(
            "delivery",
            "is_current = 1, epsg = :epsg, reading = :reading, remarks = :remarks",
            dict(zip(("epsg", "reading", "remarks"), values, strict=True)) | {"number": number},
            where="delivery = :number",
        )
        for table in ("link", "section", "regulation"):
            scoped.clear(table, "delivery = :number", {"number": number})
    scoped.insert("link", LINK_COLUMNS, _link_rows(network, number))
    scoped.insert("section", SECTION_COLUMNS, _section_rows(network, number))
    scoped.insert("regulation", REGULATION_COLUMNS, _regulation_rows(network, number))


def select_network(scoped: Scoped, version: str | None = None) -> Network | None:
    """Return a delivery, the current one if no version is given; None if it is not there."""
    query = "SELECT delivery, epsg, remarks FROM delivery WHERE "
    if version is None:
        delivery = scoped.row(query + "is_current = 1")
    else:
        delivery = scoped.row(query + "version = :version", {"version": version})
    if delivery is None:
        return None
    number, epsg, remarks = delivery
    return Network(
        epsg=epsg,
        links=tuple(_links(scoped, number)),
        sections=tuple(_sections(scoped, number)),
        remarks=json_to_texts(remarks),
        regulations=tuple(_regulations(scoped, number)),
    )


def reading_of(network: Network) -> str:
    """Return a hash of what ``Network.version`` leaves out and grades depend on: the sections."""
    digest = hashlib.sha256()
    for section in network.sections:
        place: tuple[object, ...] = (
            section.section_id,
            section.start_m,
            section.end_m,
            section.width_m,
        )
        if not section.is_counted:
            place += ("not counted",)
        digest.update(repr(tuple(map(str, place))).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()[:16]


def _link_rows(network: Network, delivery: int) -> Iterator[tuple[Any, ...]]:
    for batch in batches(network.links):
        for link, line in zip(batch, to_wkb([link.line for link in batch]), strict=True):
            yield (
                delivery,
                link.link_id,
                link.element_id,
                link.start_measure,
                link.end_measure,
                line,
                link.network_type.value,
                link.direction.value,
                link.street_name,
                link.speed_forward_kmh,
                link.speed_backward_kmh,
                link.functional_class,
                link.width_m,
                link.surface,
                link.road_keeper,
                link.path_type,
                None if link.structure is None else link.structure.value,
                int(link.is_roundabout),
                None if link.is_built_up is None else int(link.is_built_up),
                link.aadt,
            )


def _section_rows(network: Network, delivery: int) -> Iterator[tuple[Any, ...]]:
    for batch in batches(network.sections):
        for section, line in zip(batch, to_wkb([s.line for s in batch]), strict=True):
            yield (
                delivery,
                section.section_id,
                section.link_id,
                section.element_id,
                section.start_m,
                section.end_m,
                section.start_measure,
                section.end_measure,
                line,
                section.width_m,
                int(section.width_is_assumed),
                int(section.is_junction),
                int(section.is_counted),
            )


def _regulation_rows(network: Network, delivery: int) -> Iterator[tuple[Any, ...]]:
    for one in network.regulations:
        yield (
            delivery,
            one.element_id,
            one.start_measure,
            one.end_measure,
            one.kind,
            one.designation,
            one.value,
            one.direction.value,
            None if one.side is None else one.side.value,
            one.valid_from,
        )


def _links(scoped: Scoped, delivery: int) -> Iterator[Link]:
    names = LINK_COLUMNS[1:]
    query = f"SELECT {', '.join(names)} FROM link WHERE delivery = :delivery ORDER BY link"  # noqa: S608
    for batch in batches(scoped.rows(query, {"delivery": delivery})):
        for row, line in zip(batch, from_wkb([row[4] for row in batch]), strict=True):
            values = dict(zip(names, row, strict=True))
            values["line"] = line
            values["network_type"] = NetworkType(values["network_type"])
            values["direction"] = Direction(values["direction"])
            if values["structure"] is not None:
                values["structure"] = Structure(values["structure"])
            values["is_roundabout"] = bool(values["is_roundabout"])
            if values["is_built_up"] is not None:
                values["is_built_up"] = bool(values["is_built_up"])
            yield Link(**values)


def _regulations(scoped: Scoped, delivery: int) -> Iterator[Regulation]:
    names = REGULATION_COLUMNS[1:]
    query = (
        f"SELECT {', '.join(names)} FROM regulation "  # noqa: S608
        "WHERE delivery = :delivery ORDER BY regulation"
    )
    for row in scoped.rows(query, {"delivery": delivery}):
        values = dict(zip(names, row, strict=True))
        values["direction"] = Direction(values["direction"])
        values["side"] = None if values["side"] is None else Side(values["side"])
        yield Regulation(**values)


def _sections(scoped: Scoped, delivery: int) -> Iterator[Section]:
    names = SECTION_COLUMNS[1:]
    query = (
        f"SELECT {', '.join(names)} FROM section "  # noqa: S608
        "WHERE delivery = :delivery ORDER BY section"
    )
    for batch in batches(scoped.rows(query, {"delivery": delivery})):
        for row, line in zip(batch, from_wkb([row[7] for row in batch]), strict=True):
            values = dict(zip(names, row, strict=True))
            values["line"] = line
            for name in ("width_is_assumed", "is_junction", "is_counted"):
                values[name] = bool(values[name])
            yield Section(**values)
