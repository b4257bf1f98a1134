"""A made street for tests: straight to the north from a round place, in sections of 20 m."""

from __future__ import annotations

from shapely import LineString

from gatusyn.model import Link, Network, Section

EAST, NORTH, EPSG = 357_000.0, 6_213_000.0, 3006


def street(name: str = "a", *, east: float = EAST, length_m: float = 100.0) -> Link:
    """Return a link to the north, ``length_m`` long and 8 m wide."""
    return Link(
        link_id=f"{name}:0-1",
        element_id=name,
        start_measure=0.0,
        end_measure=1.0,
        line=LineString([(east, NORTH), (east, NORTH + length_m)]),
        street_name=f"Gata {name}",
        width_m=8.0,
    )


def network_of(*links: Link, section_m: float = 20.0) -> Network:
    """Return a network whose links are cut in equal sections."""
    sections = []
    for link in links:
        count = round(link.length_m / section_m)
        (east, north), *_ = link.line.coords
        for number in range(count):
            start, end = number * section_m, (number + 1) * section_m
            sections.append(
                Section(
                    section_id=f"{link.link_id}#{number}",
                    link_id=link.link_id,
                    element_id=link.element_id,
                    start_m=start,
                    end_m=end,
                    start_measure=link.measure_at(start),
                    end_measure=link.measure_at(end),
                    line=LineString([(east, north + start), (east, north + end)]),
                    width_m=8.0,
                    width_is_assumed=False,
                )
            )
    return Network(epsg=EPSG, links=links, sections=tuple(sections))
