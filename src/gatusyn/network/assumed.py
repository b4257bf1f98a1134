"""What is assumed of a link where its source is silent, and whose sections are counted."""

from __future__ import annotations

from collections.abc import Sequence

from gatusyn.model import Direction, Link, NetworkParams, NetworkType

_MAIN = frozenset(
    {str(number) for number in range(6)}
    | {
        f"{kind}{link}"
        for kind in ("motorway", "trunk", "primary", "secondary", "tertiary")
        for link in ("", "_link")
    }
)
"""NVDB's functional classes 0 (most important) to 5, and OpenStreetMap's words for such streets."""

_UNKNOWN = "unknown"


def assumed_width_m(link: Link, params: NetworkParams) -> float:
    """Return the carriageway width in metres that a link without one is taken to have.

    A main street's is that of a usual municipal section (20 m x 7 m); a local street's and a
    one-way street's are the least that waste lorries are promised (Lerum: 5.5 and 3.5 m). Both are
    starting points for a town that knows better, not measurements.
    """
    if link.network_type is not NetworkType.CAR:
        return params.default_path_width_m
    if link.direction is not Direction.BOTH:
        return params.one_way_width_m
    if link.functional_class is None:
        return params.default_width_m
    return params.main_width_m if link.functional_class in _MAIN else params.local_width_m


def is_counted(link: Link, params: NetworkParams) -> bool:
    """Say whether a link's road keeper is among those whose sections are counted.

    A keeper is written as its type and its name in brackets, ``municipal (Kiruna)``: either, or
    all of it, names it. ``unknown`` are links whose source names none.
    """
    if not params.road_keepers:
        return True
    wanted = {keeper.strip().casefold() for keeper in params.road_keepers}
    whole = (link.road_keeper or _UNKNOWN).casefold()
    kind, _, name = whole.partition(" (")
    return bool(wanted & {whole, kind, name.removesuffix(")")})


def remarks(links: Sequence[Link], params: NetworkParams) -> tuple[str, ...]:
    """Say in words how many widths are assumed, and how much is not counted."""
    said = []
    silent = [link for link in links if link.width_m is None]
    if silent:
        widths = sorted({assumed_width_m(link, params) for link in silent})
        named = ", ".join(f"{width:g}" for width in widths)
        kilometres = sum(link.length_m for link in silent) / 1000.0
        said.append(
            f"{len(silent)} of {len(links)} links ({kilometres:.1f} km) have no width; it is "
            f"assumed by class and kind ({named} m; see [network] in the settings)."
        )
    others = [link for link in links if not is_counted(link, params)]
    if others:
        kilometres = sum(link.length_m for link in others) / 1000.0
        said.append(
            f"{len(others)} of {len(links)} links ({kilometres:.1f} km) are of other road keepers "
            f"than {', '.join(params.road_keepers)}: they are matched, but not graded or counted."
        )
    return tuple(said)
