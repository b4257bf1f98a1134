"""What a row of an NVDB feature layer states of its stretch; pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gatusyn.model import Direction, NetworkType
from gatusyn.network import nvdb
from gatusyn.network.values import speed_kmh, text_of
from gatusyn.network.values import width_m as width_of

Claims = tuple[tuple[str, object], ...]
"""Properties with their values, as a row states them."""

Cells = Mapping[str, object]


def claims_of(layer: str, cells: Cells, direction: Direction) -> Claims:
    """Return what a row states; nothing where it has no value that can be used."""
    claim = _CLAIMS.get(layer)
    if claim is None:
        return ()
    return tuple((key, value) for key, value in claim(cells, direction) if value is not None)


def _ways(direction: Direction) -> tuple[str, ...]:
    return {
        Direction.WITH: ("forward",),
        Direction.AGAINST: ("backward",),
        Direction.BOTH: ("forward", "backward"),
    }[direction]


def _speed(cells: Cells, direction: Direction) -> list[tuple[str, object]]:
    limit = speed_kmh(cells.get("speed"))
    return [(f"speed_{way}_kmh", limit) for way in _ways(direction)]


def _forbidden(_cells: Cells, direction: Direction) -> list[tuple[str, object]]:
    return [(f"{way}_forbidden", True) for way in _ways(direction)]


def _traffic(cells: Cells, direction: Direction) -> list[tuple[str, object]]:
    ending = "" if direction is Direction.BOTH else f"_{_ways(direction)[0]}"
    return [(f"aadt{ending}", nvdb.aadt_of(cells.get("aadt")))]


def _path(cells: Cells, _direction: Direction) -> list[tuple[str, object]]:
    return [("path_type", nvdb.path_of(cells.get("path_type")))]


_CLAIMS: Mapping[str, Callable[[Cells, Direction], list[tuple[str, object]]]] = {
    "Vagtrafiknat": lambda cells, _: [
        ("network_type", nvdb.known_network_type(cells.get("network_type")))
    ],
    "ForbjudenFardriktning": _forbidden,
    "Gatunamn": lambda cells, _: [("street_name", text_of(cells.get("street_name")))],
    "Hastighetsgrans": _speed,
    "FunkVagklass": lambda cells, _: [("functional_class", text_of(cells.get("functional_class")))],
    "Vagbredd": lambda cells, _: [("width_m", width_of(cells.get("width")))],
    "Slitlager": lambda cells, _: [("surface", nvdb.surface_of(cells.get("surface")))],
    "Vaghallare": lambda cells, _: [
        ("road_keeper", nvdb.keeper_of(cells.get("keeper_type"), cells.get("keeper_name")))
    ],
    "GCM_vagtyp": _path,
    "Cirkulationsplats": lambda _cells, _direction: [("is_roundabout", True)],
    "Bro_och_tunnel": lambda cells, _: [("structure", nvdb.structure_of(cells.get("structure")))],
    "Trafik": _traffic,
    "TattbebyggtOmrade": lambda _cells, _direction: [("is_built_up", True)],
}

# Kinds of GCM paths that are for walking only; the others can be cycled on.
_FOOT_PATHS = frozenset(
    {
        "övergångsställe", "gatupassage utan utmärkning", "annan ej cykelbar förbindelse",
        "gångbana", "trottoar", "passage genom byggnad", "perrong", "trappa", "torg", "kaj",
    }
)  # fmt: skip


def path_network_type(path_type: object) -> NetworkType | None:
    """Return whom a foot or cycle path is for by its kind; None if it is no path."""
    text = text_of(path_type)
    if text is None:
        return None
    return NetworkType.FOOT if text.lower() in _FOOT_PATHS else NetworkType.CYCLE
