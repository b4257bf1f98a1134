"""Reading NVDB as delivered in one layer a feature type (*företeelse*)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import numpy as np

from gatusyn.model import NetworkError, Regulation
from gatusyn.network.crs import parse_crs, place
from gatusyn.network.features import Features, add_layer, columns_needed, drop_unknown_elements
from gatusyn.network.node_cuts import cut_at_ends
from gatusyn.network.nvdb import find_columns
from gatusyn.network.nvdb_layers import COMMON, LAYERS, REFERENCE, layer_of
from gatusyn.network.overlay import Overlay, Part
from gatusyn.network.progress import Progress, ticking
from gatusyn.network.read_container import StoredLayer
from gatusyn.network.read_table import Table, list_columns, read_rows
from gatusyn.network.rows import Attributes, Built, Row, build_links, measured, parts_of
from gatusyn.network.values import holds_on, measure_of, text_of

_DECIMALS = 8

Layers = Mapping[str, tuple[StoredLayer, ...]]
"""A delivery's layers by what they are."""


def known_layers(layers: tuple[StoredLayer, ...]) -> Layers:
    """Return those of a delivery's layers that NVDB's feature types are read from."""
    found: dict[str, list[StoredLayer]] = {}
    for layer in layers:
        name = layer_of(layer.called)
        if name is not None:
            found.setdefault(name, []).append(layer)
    return {name: tuple(own) for name, own in found.items()}


def is_layered(layers: Layers) -> bool:
    """Say whether a delivery is one of feature layers: geometry and a property, or two of these."""
    return len(layers) >= 2


def links_of_layers(
    path: Path, layers: Layers, *, day: date, on_progress: Progress | None = None
) -> tuple[int, Built, tuple[str, ...], tuple[Regulation, ...]]:
    """Make links of feature layers: EPSG code, links, remarks, regulations.

    Parameters
    ----------
    day
        Rows that do not hold on it are left out.

    Raises
    ------
    NetworkError
        If the reference geometry is missing or cannot be used.
    """
    if REFERENCE not in layers:
        raise NetworkError(
            path.name,
            "has NVDB's feature layers but not the geometry they lie on (the layer "
            "NVDB-Reflinjetillkomst, in a file geodatabase TNE_RefLinkPart)",
            f"Order it with the others. Found: {', '.join(sorted(layers))}.",
        )
    epsg, reference, parts = _reference(path, layers[REFERENCE], day)
    features = Features()
    wanted = [name for name in LAYERS if name in layers]
    for name in wanted:
        for stored in layers[name]:
            columns = columns_needed(name, list_columns(stored.path, stored.name))
            table = read_rows(stored.path, stored.name, columns=columns, with_geometry=False)
            cells = table.cells({column: column for column in table.columns})
            told = ticking(cells, table.fids.size, on_progress)
            add_layer(features, name, list(table.columns), told, day)
    drop_unknown_elements(features, frozenset(part.element_id for part in parts))
    overlay = Overlay(knows_built_up="TattbebyggtOmrade" in layers)
    made = build_links(overlay.rows(parts, features))
    made.links[:] = cut_at_ends(made.links)
    remarks = _remarks(day, layers, features, overlay)
    reference.links, reference.renamed = made.links, made.renamed
    doubles = tuple(f"{REFERENCE}: {remark}" for remark in made.remarks() if made.faults)
    return epsg, reference, doubles + remarks, tuple(features.regulations)


def _reference(
    path: Path, stored: tuple[StoredLayer, ...], day: date
) -> tuple[int, Built, list[Part]]:
    """Return the system, the count of the rows, and the parts of link sequences."""
    tables = [read_rows(one.path, one.name) for one in stored]
    tables = [table for table in tables if table.fids.size]
    if not tables:
        raise NetworkError(path.name, f"has no rows in its layer {stored[0].name}", "Export again.")
    geometries = np.concatenate([table.geometries for table in tables])
    crs = parse_crs(path.name, tables[0].crs, None)
    if any(parse_crs(path.name, table.crs, None) != crs for table in tables[1:]):
        raise NetworkError(
            path.name,
            "has reference geometry in different coordinate systems",
            "Export all of it in EPSG:3006.",
        )
    placed = place(path.name, crs, geometries)
    count, parts = Built(), []
    rows = (row for table in tables for row in _cells(path, table))
    for said, geometry, outside in zip(
        rows, placed.geometries.tolist(), placed.outside.tolist(), strict=True
    ):
        count.received += 1
        row = Row(
            element_id=text_of(said["element_id"]) or "",
            start_measure=round(measure_of(said["start_measure"]), _DECIMALS),
            end_measure=round(measure_of(said["end_measure"]), _DECIMALS),
            geometry=geometry,
            attributes=Attributes(),
            outside=outside,
            is_valid=holds_on(day, said.get("valid_from"), said.get("valid_to")),
        )
        lines = parts_of(row)
        if not isinstance(lines, list):
            count.faults[lines] += 1
            continue
        count.accepted += 1
        parts += [
            Part(
                element_id=row.element_id,
                start_measure=round(start, _DECIMALS),
                end_measure=round(end, _DECIMALS),
                line=line,
            )
            for start, end, line in measured(row, lines)
        ]
    return placed.epsg, count, parts


def _cells(path: Path, table: Table) -> Iterator[dict[str, object]]:
    found = find_columns(list(table.columns), COMMON).found
    missing = [key for key in ("element_id", "start_measure", "end_measure") if key not in found]
    if missing:
        raise NetworkError(
            path.name,
            f"has no column for {', '.join(missing)} in its layer {table.layer}",
            f"It has: {', '.join(table.columns)}. Is it NVDB's reference geometry?",
        )
    return table.cells(found)


def _remarks(day: date, layers: Layers, features: Features, overlay: Overlay) -> tuple[str, ...]:
    read = ", ".join(
        f"{count.name} {count.accepted} of {count.received}" for count in features.counts
    )
    remarks = [f"NVDB's layers as of {day.isoformat()}; rows used: {read or 'none'}."]
    for count in features.counts:
        remarks += count.remarks()
    missing = [
        (one.name, one.says) for one in LAYERS.values() if one.says and one.name not in layers
    ]
    if missing:
        named = "; ".join(f"{name}: no {says}" for name, says in missing)
        remarks.append(f"{len(missing)} layers are not in the delivery. {named}.")
    remarks += [
        f"{count} stretches have rows that differ in {key.replace('_', ' ')}; the newest counts."
        for key, count in overlay.several.most_common()
    ]
    if overlay.no_type and "Vagtrafiknat" in layers:
        remarks.append(
            f"{overlay.no_type} stretches have no known network type; they are taken for cars."
        )
    if overlay.closed:
        remarks.append(
            f"{overlay.closed} stretches forbid driving in both directions; both are kept as "
            "possible."
        )
    if features.regulations:
        remarks.append(f"{len(features.regulations)} rows carry a regulation's designation (LTF).")
    return tuple(remarks)
