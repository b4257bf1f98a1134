"""What OpenStreetMap's tags say of a way; pure functions.

Sources: https://wiki.openstreetmap.org/wiki/Key:highway, Key:oneway, Key:junction, Key:maxspeed,
Key:width.
"""

from __future__ import annotations

from collections.abc import Mapping

from gatusyn.model import Direction, NetworkType
from gatusyn.network.rows import Attributes
from gatusyn.network.values import speed_kmh, text_of, width_m

CAR_HIGHWAYS = frozenset(
    {
        "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
        "motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link",
        "living_street", "service", "road", "busway",
    }
)  # fmt: skip
"""Values of ``highway`` for paved streets that vehicles use; ``track`` is for fields and woods."""

FOOT_HIGHWAYS = frozenset({"footway", "pedestrian", "path"})
"""Values of ``highway`` for walking; steps and corridors are no surface that a vehicle can film."""

_ONE_WAY = frozenset({"yes", "true", "1", "t"})
_BACKWARD = frozenset({"-1", "reverse"})
_CYCLES = frozenset({"designated", "yes", "official"})


def network_type(tags: Mapping[str, str]) -> NetworkType | None:
    """Return whom a way is for; None if it is no street or path, or an area."""
    if tags.get("area") == "yes":
        return None
    highway = tags.get("highway", "")
    if highway in CAR_HIGHWAYS:
        return NetworkType.CAR
    if highway == "cycleway":
        return NetworkType.CYCLE
    if highway in FOOT_HIGHWAYS:
        is_for_cycles = tags.get("bicycle") in _CYCLES and highway != "pedestrian"
        return NetworkType.CYCLE if is_for_cycles else NetworkType.FOOT
    return None


def direction(tags: Mapping[str, str]) -> Direction:
    """Return the directions in which a way may be driven.

    Roundabouts and motorways are one-way unless tagged otherwise. ``reversible`` and
    ``alternating`` change with time, so both directions occur.
    """
    oneway = tags.get("oneway", "").lower()
    if oneway in _BACKWARD:
        return Direction.AGAINST
    if oneway in _ONE_WAY:
        return Direction.WITH
    is_implied = tags.get("junction") in ("roundabout", "circular")
    is_implied |= tags.get("highway") == "motorway"
    return Direction.WITH if is_implied and not oneway else Direction.BOTH


def attributes(tags: Mapping[str, str]) -> Attributes | None:
    """Return what a way's tags say; None if it is no street or path."""
    kind = network_type(tags)
    if kind is None:
        return None
    both = speed_kmh(tags.get("maxspeed"))
    forward, backward = (
        speed_kmh(tags.get("maxspeed:forward")),
        speed_kmh(tags.get("maxspeed:backward")),
    )
    is_car = kind is NetworkType.CAR
    return Attributes(
        network_type=kind,
        direction=Direction.BOTH if kind is NetworkType.FOOT else direction(tags),
        street_name=text_of(tags.get("name")),
        speed_forward_kmh=(forward if forward is not None else both) if is_car else None,
        speed_backward_kmh=(backward if backward is not None else both) if is_car else None,
        functional_class=tags.get("highway"),
        width_m=width_m(tags.get("width")),
        surface=text_of(tags.get("surface")),
    )
