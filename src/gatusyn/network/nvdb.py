"""The columns and codes of NVDB's homogenised delivery; pure functions.

One row is a stretch of a link sequence on which no property changes. Short names carry a number
that varies by edition (``Namn_130``), and shapefiles cut names at ten characters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gatusyn.model import Direction, NetworkType, Side, Structure
from gatusyn.network.rows import Attributes
from gatusyn.network.values import is_yes, number_of, speed_kmh, text_of, width_m

_SHAPEFILE_NAME = 10
_WAYS = ("forward", "backward")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """How a property's column may be called.

    Parameters
    ----------
    exact
        Known names, the likeliest first.
    stem
        What a numbered short name begins with, when its number is another; empty if it has none.
    others
        Numbered names with that stem that mean something else.
    """

    exact: tuple[str, ...]
    stem: str = ""
    others: tuple[str, ...] = ()


PLACE_COLUMNS: Mapping[str, Names] = {
    "element_id": Names(exact=("ELEMENT_ID", "ROUTE_ID", "RLID", "REFLINK_OID")),
    "start_measure": Names(exact=("START_MEASURE", "FROM_MEASURE", "MEASURE_FROM", "STARTAVST")),
    "end_measure": Names(exact=("END_MEASURE", "TO_MEASURE", "MEASURE_TO", "SLUTAVST")),
}
"""What makes a delivery NVDB's."""

PROPERTY_COLUMNS: Mapping[str, Names] = {
    "street_name": Names(
        exact=("Namn_130", "Gatunamn", "NAMN"),
        stem="Namn",
        others=("Namn_132", "Namn_193", "Namn_457"),
    ),
    "speed_forward": Names(
        exact=("F_Hogst_225",), stem="F_Hogst", others=("F_Hogst_24", "F_Hogst_36", "F_Hogst_46")
    ),
    "speed_backward": Names(
        exact=("B_Hogst_225",), stem="B_Hogst", others=("B_Hogst_24", "B_Hogst_36", "B_Hogst_46")
    ),
    "functional_class": Names(exact=("Klass_181", "KLASS"), stem="Klass"),
    "width": Names(exact=("Bredd_156", "BREDD"), stem="Bredd"),
    "surface": Names(
        exact=("Slitl_152", "Slitlagertyp", "SLITLAGERTYP"), stem="Slitl", others=("slitl_25",)
    ),
    "keeper_type": Names(exact=("Vagha_6", "Vaghallartyp"), stem="", others=()),
    "keeper_name": Names(exact=("Vagha_7", "Vaghallarnamn")),
    "network_type": Names(exact=("Vagtr_474", "Nattyp", "NATTYP"), stem="Vagtr"),
    "forward_forbidden": Names(exact=("F_ForbjudenFardriktning", "F_Forbjuden_fardriktning")),
    "backward_forbidden": Names(exact=("B_ForbjudenFardriktning", "B_Forbjuden_fardriktning")),
}

EXTRA_COLUMNS: Mapping[str, Names] = {
    "valid_from": Names(exact=("VALID_FROM", "FROM_DATE", "FRAN_DATUM")),
    "valid_to": Names(exact=("VALID_TO", "TO_DATE", "TILL_DATUM")),
    "path_type": Names(exact=("GCM_t_502", "Gcm_typ", "GCMTYP"), stem="GCM_t"),
    "structure": Names(exact=("Konst_190", "Konstruktion", "KONTRUTION"), stem="Konst"),
    "forward_roundabout": Names(exact=("F_Cirkulationsplats",)),
    "backward_roundabout": Names(exact=("B_Cirkulationsplats",)),
    "built_up": Names(exact=("TattbebyggtOmrade",)),
    "aadt": Names(exact=("ADT_f_117", "Adt_samtliga_fordon", "ADT_fordon"), stem="ADT_f"),
}
"""What a delivery may have besides: nothing is said where it has not."""

_NETWORK_TYPES = {
    "1": NetworkType.CAR, "bilnät": NetworkType.CAR, "bilnat": NetworkType.CAR,
    "2": NetworkType.CYCLE, "cykelnät": NetworkType.CYCLE, "cykelnat": NetworkType.CYCLE,
    "4": NetworkType.FOOT, "gångnät": NetworkType.FOOT, "gangnat": NetworkType.FOOT,
}  # fmt: skip
_SURFACES = {"1": "paved", "belagd": "paved", "2": "gravel", "grus": "gravel"}
_STRUCTURES = {
    "1": Structure.BRIDGE, "överfart": Structure.BRIDGE,
    "2": Structure.UNDERPASS, "underfart": Structure.UNDERPASS,
    "3": Structure.TUNNEL, "tunnel": Structure.TUNNEL,
    "4": Structure.BRIDGE, "överfart och underfart": Structure.BRIDGE,
}  # fmt: skip
# New editions write the words, old ones the numbers.
_PATHS = {
    "1": "cykelbana", "2": "cykelfält", "3": "cykelpassage", "4": "övergångsställe",
    "5": "gatupassage utan utmärkning", "8": "koppling till annat nät",
    "9": "annan cykelbar förbindelse", "10": "annan ej cykelbar förbindelse", "11": "gångbana",
    "12": "trottoar", "13": "fortsättning i nätet", "14": "passage genom byggnad", "15": "ramp",
    "16": "perrong", "17": "trappa", "24": "torg", "25": "kaj", "26": "öppen yta", "27": "färja",
}  # fmt: skip
_DIRECTIONS = {
    "med": Direction.WITH, "1": Direction.WITH, "mot": Direction.AGAINST, "-1": Direction.AGAINST,
    "med och mot": Direction.BOTH, "0": Direction.BOTH,
}  # fmt: skip
_SIDES = {
    "höger": Side.RIGHT, "hoger": Side.RIGHT, "vänster": Side.LEFT, "vanster": Side.LEFT,
}  # fmt: skip
_KEEPERS = {
    "1": "state", "statlig": "state",
    "2": "municipal", "kommunal": "municipal",
    "3": "private", "enskild": "private",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The delivery's column for each property, and what was not clear.

    Parameters
    ----------
    found
        Property to column.
    missing
        Properties without a column.
    unclear
        Property to columns of which each might be it.
    """

    found: Mapping[str, str]
    missing: tuple[str, ...] = ()
    unclear: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def is_nvdb(columns: Sequence[str]) -> bool:
    """Say whether columns are those of an NVDB delivery: an id with measures from and to."""
    return not find_columns(columns, PLACE_COLUMNS).missing


def find_columns(columns: Sequence[str], wanted: Mapping[str, Names]) -> Columns:
    """Find each wanted property's column: by a known name, else by the only one with its stem."""
    found: dict[str, str] = {}
    missing: list[str] = []
    unclear: dict[str, tuple[str, ...]] = {}
    for key, names in wanted.items():
        exact = _exact(columns, names)
        if exact is not None:
            found[key] = exact
            continue
        others = {name.lower() for name in names.others}
        pattern = re.compile(rf"{re.escape(names.stem)}_\d+(_\d+)?", re.IGNORECASE)
        alike = tuple(
            column
            for column in columns
            if names.stem and pattern.fullmatch(column) and column.lower() not in others
        )
        if len(alike) == 1:
            found[key] = alike[0]
        elif alike:
            unclear[key] = alike
        else:
            missing.append(key)
    return Columns(found=found, missing=tuple(missing), unclear=unclear)


def _exact(columns: Sequence[str], names: Names) -> str | None:
    lowered = {column.lower(): column for column in reversed(columns)}
    for name in names.exact:
        for spelling in (name, name[:_SHAPEFILE_NAME]):
            if spelling.lower() in lowered:
                return lowered[spelling.lower()]
    return None


def attributes(cells: Mapping[str, object]) -> Attributes:
    """Return what a row's cells (property to value) say, codes decoded.

    A row without a known network type is taken for cars. Driving forbidden in both directions
    leaves both, as the rule has exceptions that the delivery does not tell.
    """
    kind = known_network_type(cells.get("network_type")) or NetworkType.CAR
    not_forward = is_yes(cells.get("forward_forbidden"))
    not_backward = is_yes(cells.get("backward_forbidden"))
    direction = Direction.BOTH
    if not_forward != not_backward:
        direction = Direction.AGAINST if not_forward else Direction.WITH
    return Attributes(
        network_type=kind,
        direction=direction,
        street_name=text_of(cells.get("street_name")),
        speed_forward_kmh=speed_kmh(cells.get("speed_forward")),
        speed_backward_kmh=speed_kmh(cells.get("speed_backward")),
        functional_class=text_of(cells.get("functional_class")),
        width_m=width_m(cells.get("width")),
        surface=surface_of(cells.get("surface")),
        road_keeper=keeper_of(cells.get("keeper_type"), cells.get("keeper_name")),
        path_type=path_of(cells.get("path_type")),
        structure=structure_of(cells.get("structure")),
        is_roundabout=any(is_yes(cells.get(f"{way}_roundabout")) for way in _WAYS),
        is_built_up=is_yes(cells["built_up"]) if "built_up" in cells else None,
        aadt=aadt_of(cells.get("aadt")),
    )


def known_network_type(value: object) -> NetworkType | None:
    """Return the network type of a code or word; None if it is neither."""
    return _NETWORK_TYPES.get((text_of(value) or "").lower())


def surface_of(value: object) -> str | None:
    """Return ``paved`` or ``gravel`` for NVDB's codes and words, anything else as it is."""
    text = text_of(value)
    return None if text is None else _SURFACES.get(text.lower(), text)


def structure_of(value: object) -> Structure | None:
    """Return what a code or word of *bro och tunnel* says; None if it is neither."""
    return _STRUCTURES.get((text_of(value) or "").lower())


def path_of(value: object) -> str | None:
    """Return a foot or cycle path's kind in words."""
    text = text_of(value)
    return None if text is None else _PATHS.get(text, text)


def direction_of(value: object) -> Direction | None:
    """Return the directions of travel that a row is about; None for an unknown word.

    An empty cell means both, but -1 means against: it is not the mark of an empty cell here.
    """
    text = "" if value is None else str(value).strip().lower().removesuffix(".0")
    known = _DIRECTIONS.get(text)
    return known or (Direction.BOTH if text_of(text) is None else None)


def side_of(value: object) -> Side | None:
    """Return the side that a row is about: None for both, the middle, or where it is silent."""
    return _SIDES.get((text_of(value) or "").lower())


def aadt_of(value: object) -> float | None:
    """Return vehicles a day; None where a cell holds no such number."""
    number = number_of(value)
    return number if number is not None and number >= 0.0 else None


def keeper_of(kind: object, name: object) -> str | None:
    """Return the road keeper's type, its name in brackets: ``municipal (Kiruna)``."""
    word = text_of(kind)
    word = None if word is None else _KEEPERS.get(word.lower(), word)
    called = text_of(name)
    if word is None or called is None:
        return word or called
    return f"{word} ({called})"
