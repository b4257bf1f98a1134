"""Which sections a row of a table means: a street, an element or a section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from gatusyn.model import (
    FormFault,
    Network,
    Section,
)
from gatusyn.pipeline.read_sheet import SheetRow

PLACE_COLUMNS: Mapping[str, Sequence[str]] = {
    "section_id": ("section", "sektion", "sektions_id"),
    "element_id": ("element", "rlid", "referenslänk"),
    "from_measure": ("start_measure", "från_mått", "startavstand"),
    "to_measure": ("end_measure", "till_mått", "slutavstand"),
    "street": ("street_name", "gata", "gatunamn", "namn", "name"),
}
"""The columns that say where, with other names that they may have."""

_SLACK = 1e-6


class SheetPlaces:
    """Finds the sections that rows mean, on one network.

    Parameters
    ----------
    network
        Only its counted sections can be meant.
    """

    def __init__(self, network: Network) -> None:
        self._network = network

    def sections_of(self, row: SheetRow) -> tuple[Section, ...]:
        """Return the sections that a row means, in the network's order.

        ``section_id`` is one section; ``element_id`` all of it, or what lies between two measures
        by more than half; ``street`` all of that name. Several of them narrow each other down.

        Raises
        ------
        ProgrammeError
            If the row names no place, or one that the network does not have.
        """
        given = [name for name in ("section_id", "element_id", "street") if name in row.values]
        if not given:
            raise row.fault("names no place", "Give section_id, element_id or street.")
        found = self._named(row, given[0])
        if "element_id" in row.values:
            found = tuple(one for one in found if one.element_id == row.values["element_id"])
            found = self._between(row, found)
        if "street" in row.values:
            wanted = row.values["street"].casefold()
            found = tuple(one for one in found if self._street(one).casefold() == wanted)
        if not found:
            where = ", ".join(f"{name} {row.values[name]}" for name in given)
            raise row.fault(f"there is no section at {where}", "Check it against the map.")
        return found

    def _named(self, row: SheetRow, column: str) -> tuple[Section, ...]:
        value = row.values[column]
        found = self._by[column].get(value.casefold() if column == "street" else value, ())
        if not found:
            words = {"section_id": "section", "element_id": "element", "street": "street"}
            raise row.fault(
                f"there is no {words[column]} {value!r} among the counted ones",
                "Check the spelling, and network.road_keepers.",
                form=FormFault.STREET_UNKNOWN if column == "street" else None,
                figures={"street": value},
            )
        return found

    def _between(self, row: SheetRow, found: tuple[Section, ...]) -> tuple[Section, ...]:
        start, end = row.number_in("from_measure"), row.number_in("to_measure")
        if start is None and end is None:
            return found
        low, high = start or 0.0, 1.0 if end is None else end
        if not 0.0 <= low < high <= 1.0:
            raise row.fault(f"measures {low:g} to {high:g} are no stretch", "Give 0 to 1, rising.")
        return tuple(
            one
            for one in found
            if min(one.end_measure, high) - max(one.start_measure, low)
            >= (one.end_measure - one.start_measure) / 2.0 - _SLACK
        )

    def _street(self, section: Section) -> str:
        return (self._network.link_by_id[section.link_id].street_name or "").strip()

    @cached_property
    def _by(self) -> Mapping[str, Mapping[str, tuple[Section, ...]]]:
        groups: dict[str, dict[str, list[Section]]] = {
            "section_id": {},
            "element_id": {},
            "street": {},
        }
        for section in self._network.counted_sections:
            groups["section_id"].setdefault(section.section_id, []).append(section)
            groups["element_id"].setdefault(section.element_id, []).append(section)
            street = self._street(section)
            if street:
                groups["street"].setdefault(street.casefold(), []).append(section)
        return {
            column: {key: tuple(group) for key, group in of.items()}
            for column, of in groups.items()
        }
