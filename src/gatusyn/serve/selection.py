"""Which sections the map, its list and its figures shall hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from fastapi import Query
from numpy.typing import NDArray

from gatusyn.model import NetworkType
from gatusyn.serve.layout import Area, Layout

MOST_NAMED = 50

Names = Annotated[
    list[Annotated[str, Query(max_length=200)]] | None,
    Query(max_length=MOST_NAMED, description="may be repeated; empty is not known"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Sections by their street's name and by what the network says of them; empty is all.

    Parameters
    ----------
    street
        A part of the name; the whole of it with ``is_whole_name``.
    road_classes, keepers
        Functional classes and road keepers; the empty text is what the network does not say.
    districts
        Names; the empty text is what lies in none.
    """

    street: str = ""
    road_classes: frozenset[str] = frozenset()
    keepers: frozenset[str] = frozenset()
    networks: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()
    is_whole_name: bool = False

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self == Selection()

    def mask(self, layout: Layout) -> NDArray[np.bool_]:
        """Say of each section whether it is wanted, bool [sections]."""
        wanted_groups = np.array(
            [
                all(
                    not wanted or own in wanted
                    for wanted, own in (
                        (self.networks, group.network_type),
                        (self.road_classes, group.road_class),
                        (self.keepers, group.keeper),
                        (self.areas, group.area),
                        (self.districts, group.district),
                    )
                )
                for group in layout.groups
            ]
        )
        wanted: NDArray[np.bool_] = wanted_groups[layout.group_of]
        if self.is_whole_name:
            named = np.array([own == self.street for own in layout.street_names])
            wanted &= named[layout.street_of]
        elif self.street.strip():
            wanted &= layout.streets_with(self.street)[layout.street_of]
        return wanted

    def links(self, layout: Layout) -> frozenset[str] | None:
        """Return the ids of the links that have a wanted section; None for all."""
        if self.is_all:
            return None
        places = np.flatnonzero(self.mask(layout)).tolist()
        return frozenset(layout.network.sections[place].link_id for place in places)


EVERYTHING = Selection()


def selection_of(
    street: Annotated[str, Query(max_length=100, description="a part of the name")] = "",
    road_class: Names = None,
    keeper: Names = None,
    network: Annotated[list[NetworkType] | None, Query(description="may be repeated")] = None,
    area: Annotated[list[Area] | None, Query(description="may be repeated")] = None,
    district: Names = None,
) -> Selection:
    """Return the filters that an address holds."""
    return Selection(
        street=street.strip(),
        road_classes=frozenset(road_class or ()),
        keepers=frozenset(keeper or ()),
        networks=frozenset(one.value for one in network or ()),
        areas=frozenset(one.value for one in area or ()),
        districts=frozenset(district or ()),
    )
