"""A mapping file: which column of a line layer holds what; pure functions."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from gatusyn.model import Direction, NetworkError, NetworkType
from gatusyn.network.rows import Attributes
from gatusyn.network.values import speed_kmh, text_of, width_m

EXAMPLE = """\
# Which column of the layer holds what. Only element_id is needed; write "fid" to number the rows.
epsg = 3006                       # only if the file does not say its coordinate system, or wrongly

[columns]
element_id = "OBJECTID"
street_name = "GATUNAMN"
network_type = "TYP"
direction = "ENKELRIKT"
speed_kmh = "HASTIGHET"           # or speed_forward_kmh and speed_backward_kmh
width_m = "BREDD"
surface = "BELAGGNING"
functional_class = "KLASS"
road_keeper = "VAGHALLARE"
# start_measure and end_measure, from 0 to 1, if the rows are parts of longer elements

[defaults]                        # where there is no column, or an empty cell
network_type = "car"              # car, cycle or foot
direction = "both"                # both, with or against the direction in which the line is drawn

[values.network_type]             # what the column's values mean
"Gata" = "car"
"GC-väg" = "cycle"

[values.direction]
"1" = "with"
"0" = "both"

[values.surface]
"AG" = "paved"
"""
"""A mapping file with everything it can hold."""

PROPERTIES = (
    "network_type",
    "direction",
    "street_name",
    "speed_kmh",
    "speed_forward_kmh",
    "speed_backward_kmh",
    "functional_class",
    "width_m",
    "surface",
    "road_keeper",
)
"""What a mapping may name besides the place."""

_PLACE = ("element_id", "start_measure", "end_measure")
_TABLES = ("epsg", "columns", "defaults", "values")
_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A checked mapping file.

    Parameters
    ----------
    source
        The file, for messages.
    columns
        Property or place to column; ``element_id`` is always there.
    defaults
        Property to what an empty cell means.
    values
        Property to (cell text to meaning).
    epsg
        The coordinate system, where the delivery does not say it.
    """

    source: str
    columns: Dict[str, str]
    defaults: Dict[str, object] = field(default_factory=dict)
    values: Dict[str, Dict[str, object]] = field(default_factory=dict)
    epsg: int | None = None


def parse_mapping(source: object, text: str) -> Mapping:
    """Read a mapping (TOML, as ``EXAMPLE``).

    Raises
    ------
    NetworkError
        Naming everything that is wrong with it at once.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise NetworkError(source, f"is not a readable mapping file ({fault})") from fault
    problems = _problems(table)
    if problems:
        raise NetworkError(source, "; ".join(problems), f"A mapping looks like this:\n{EXAMPLE}")
    return Mapping(
        source=str(source),
        columns=table["columns"],
        defaults=table.get("defaults", {}),
        values=table.get("values", {}),
        epsg=table.get("epsg"),
    )


def _problems(table: dict[str, Any]) -> list[str]:
    found = [f"has an unknown key {key!r}" for key in table if key not in _TABLES]
    epsg = table.get("epsg")
    if epsg is not None and (not isinstance(epsg, int) or isinstance(epsg, bool)):
        found.append(f"has epsg = {epsg!r}, which is not a whole number")
    tables = {name: table.get(name, {}) for name in ("columns", "defaults", "values")}
    wrong = [name for name, value in tables.items() if not isinstance(value, dict)]
    if wrong:
        return found + [f"has {name!r} that is not a table" for name in wrong]
    known = {"columns": _PLACE + PROPERTIES, "defaults": PROPERTIES, "values": PROPERTIES}
    for name, keys in known.items():
        found += [
            f"has an unknown name {key!r} in [{name}]" for key in tables[name] if key not in keys
        ]
    if "element_id" not in tables["columns"]:
        found.append("does not say which column is the element_id")
    if ("start_measure" in tables["columns"]) != ("end_measure" in tables["columns"]):
        found.append("names only one of start_measure and end_measure")
    found += [
        f"has a column name for {key!r} that is not text"
        for key, value in tables["columns"].items()
        if not isinstance(value, str)
    ]
    return found + _word_problems(tables["defaults"], tables["values"])


def _word_problems(defaults: dict[str, Any], values: dict[str, Any]) -> list[str]:
    found = []
    kinds: tuple[tuple[str, type[StrEnum]], ...] = (
        ("network_type", NetworkType),
        ("direction", Direction),
    )
    for key, table in values.items():
        if not isinstance(table, dict):
            found.append(f"has [values.{key}] that is not a table")
    for key, kind in kinds:
        table = values.get(key, {})
        meant = list(table.values()) if isinstance(table, dict) else []
        meant += [defaults[key]] if key in defaults else []
        allowed = [word.value for word in kind]
        found += [
            f"gives {key} as {word!r}, which is none of {', '.join(allowed)}"
            for word in meant
            if word not in allowed
        ]
    return found


def check_columns(mapping: Mapping, columns: Sequence[str], source: object) -> None:
    """Check that every column the mapping names is in the delivery.

    Raises
    ------
    NetworkError
        Naming every missing column, and those that there are.
    """
    missing = [
        f"{column} (for {key})"
        for key, column in mapping.columns.items()
        if column not in columns and not (key == "element_id" and column == "fid")
    ]
    if missing:
        raise NetworkError(
            source,
            f"has no column {', '.join(missing)}, which {mapping.source} names",
            f"It has: {', '.join(columns)}. Correct the mapping.",
        )


@dataclass(slots=True)
class Reading:
    """Reads rows' properties by a mapping, and keeps the words it did not know."""

    mapping: Mapping
    unknown: dict[str, int] = field(default_factory=dict)

    def attributes(self, cells: Dict[str, object]) -> Attributes:
        """Return what a row's cells (property to value) say."""
        both = speed_kmh(self._cell(cells, "speed_kmh"))
        forward = speed_kmh(self._cell(cells, "speed_forward_kmh"))
        backward = speed_kmh(self._cell(cells, "speed_backward_kmh"))
        return Attributes(
            network_type=self._word(cells, "network_type", NetworkType.CAR),
            direction=self._word(cells, "direction", Direction.BOTH),
            street_name=text_of(self._cell(cells, "street_name")),
            speed_forward_kmh=both if forward is None else forward,
            speed_backward_kmh=both if backward is None else backward,
            functional_class=text_of(self._cell(cells, "functional_class")),
            width_m=width_m(self._cell(cells, "width_m")),
            surface=text_of(self._cell(cells, "surface")),
            road_keeper=text_of(self._cell(cells, "road_keeper")),
        )

    def remarks(self) -> tuple[str, ...]:
        """Name the words without a meaning, and how often each was met."""
        return tuple(
            f"{count} rows have {word}, which the mapping gives no meaning; the default was taken."
            for word, count in sorted(self.unknown.items())
        )

    def _cell(self, cells: Dict[str, object], key: str) -> object:
        text = text_of(cells.get(key))
        # OSM and others write -1 for "against", which is empty for everything else.
        raw = str(cells.get(key)).strip() if key in cells else ""
        meanings = self.mapping.values.get(key, {})
        for spelling in (text, raw):
            if spelling is not None and spelling in meanings:
                return meanings[spelling]
        return self.mapping.defaults.get(key) if text is None else text

    def _word(self, cells: Dict[str, object], key: str, otherwise: _Word) -> _Word:
        said = text_of(self._cell(cells, key))
        if said is None:
            return otherwise
        kind = type(otherwise)
        if said in {word.value for word in kind}:
            return kind(said)
        name = f"{key} {said!r}"
        self.unknown[name] = self.unknown.get(name, 0) + 1
        default = self.mapping.defaults.get(key)
        return otherwise if default is None else kind(str(default))


def example_for(columns: Sequence[str]) -> str:
    """Return the start of a mapping for a delivery with these columns, to be completed."""
    named = ", ".join(columns) or "none"
    return f"# columns in the file: {named}\n{EXAMPLE}"
