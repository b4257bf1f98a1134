"""Reading OpenStreetMap extracts."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatusyn.model import Direction, Network, NetworkError, NetworkParams, NetworkType
from gatusyn.network import read_network

NODES = {
    1: (18.0600, 59.3300),
    2: (18.0610, 59.3300),
    3: (18.0620, 59.3300),
    4: (18.0610, 59.3310),
    5: (18.0615, 59.3290),
    6: (18.0615, 59.3300),
}


def extract(path: Path, ways: dict[int, tuple[list[int], dict[str, str]]]) -> Path:
    nodes = "".join(
        f'<node id="{number}" lat="{lat}" lon="{lon}" version="1"/>'
        for number, (lon, lat) in NODES.items()
    )
    lines = ""
    for number, (refs, tags) in ways.items():
        lines += f'<way id="{number}" version="1">'
        lines += "".join(f'<nd ref="{ref}"/>' for ref in refs)
        lines += "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        lines += "</way>"
    path.write_text(f'<?xml version="1.0"?><osm version="0.6">{nodes}{lines}</osm>')
    return path


def read(path: Path) -> Network:
    return read_network(path, params=NetworkParams())


def test_streets_are_cut_where_streets_meet_and_not_at_paths(tmp_path: Path) -> None:
    network = read(
        extract(
            tmp_path / "n.osm",
            {
                10: ([1, 2, 6, 3], {"highway": "residential", "name": "Storgatan"}),
                11: ([2, 4], {"highway": "service"}),
                12: ([5, 6], {"highway": "footway"}),
            },
        )
    )
    assert network.epsg == 3006
    by_way = {
        way: [link for link in network.links if link.element_id == way]
        for way in ("10", "11", "12")
    }
    first, second = by_way["10"]
    assert (first.start_measure, second.end_measure) == (0.0, 1.0)
    assert first.end_measure == second.start_measure == pytest.approx(0.5, abs=0.001)
    assert first.line.coords[-1] == second.line.coords[0] == by_way["11"][0].line.coords[0]
    assert first.length_m == pytest.approx(56.9, abs=0.3)
    assert by_way["12"][0].network_type is NetworkType.FOOT
    assert first.street_name == "Storgatan"


def test_a_way_that_leaves_the_extract_keeps_its_parts_inside(tmp_path: Path) -> None:
    network = read(
        extract(
            tmp_path / "n.osm",
            {
                10: ([1, 2, 999, 6, 3], {"highway": "residential", "oneway": "-1"}),
                11: ([998, 999], {"highway": "residential"}),
                12: ([4, 999], {"highway": "residential"}),
            },
        )
    )
    assert {link.element_id for link in network.links} == {"10"}
    assert [len(link.line.coords) for link in network.links] == [2, 2]
    assert {link.direction for link in network.links} == {Direction.AGAINST}
    assert network.links[0].end_measure == network.links[1].start_measure
    assert "2 ways run out of the extract" in network.remarks[0]


def test_a_roundabout_is_cut_at_its_arms(tmp_path: Path) -> None:
    network = read(
        extract(
            tmp_path / "n.osm",
            {
                10: ([2, 6, 3, 4, 2], {"highway": "primary", "junction": "roundabout"}),
                11: ([5, 3], {"highway": "primary"}),
                12: ([1, 6], {"highway": "primary"}),
            },
        )
    )
    ring = [link for link in network.links if link.element_id == "10"]
    assert len(ring) == 3
    assert {link.direction for link in ring} == {Direction.WITH}


def test_no_streets(tmp_path: Path) -> None:
    path = extract(tmp_path / "n.osm", {10: ([1, 2], {"waterway": "river"})})
    with pytest.raises(NetworkError, match="no streets"):
        read(path)


def test_xml_cut_short(tmp_path: Path) -> None:
    path = extract(tmp_path / "n.osm", {10: ([1, 2], {"highway": "primary"})})
    path.write_text(path.read_text()[:-20])
    with pytest.raises(NetworkError, match="cannot be read to its end"):
        read(path)


@pytest.mark.shared
def test_liechtenstein(shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "networks" / "osm" / "liechtenstein-latest.osm.pbf"
    network = read(path)
    assert network.epsg == 32632
    kinds = dict.fromkeys(NetworkType, 0)
    for link in network.links:
        kinds[link.network_type] += 1
    assert kinds[NetworkType.CAR] > 3000
    assert min(kinds.values()) > 100
    assert len({link.link_id for link in network.links}) == len(network.links)
    short = tmp_path / "short.osm.pbf"
    short.write_bytes(path.read_bytes()[:200_000])
    with pytest.raises(NetworkError, match=r"short\.osm\.pbf"):
        read(short)
