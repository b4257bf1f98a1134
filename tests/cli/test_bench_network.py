"""``gatusyn bench network``: the same town every time, and figures of both ways to derive."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.run_cli import run_cli

from gatusyn.evaluate import Fleet, FleetParams

SMALL = FleetParams(km=1.0, drives=3, drive_km=0.6, observations=90)


def test_the_town_and_its_drives_are_the_same_every_time() -> None:
    once, again = list(Fleet(SMALL).drives()), list(Fleet(SMALL).drives())
    assert once == again
    assert len(once) == 3
    seen = sum(len(one.observations) for one in once)
    assert seen == pytest.approx(SMALL.observations, rel=0.5)
    network = Fleet(SMALL).network
    links = {link.link_id: link for link in network.links}
    for drive in once:
        assert drive.distance_m == pytest.approx(600.0)
        for one in drive.observations:
            assert links[one.link_id].line.distance(one.footprint) < 8.0
    late = list(Fleet(SMALL).drives(2))
    assert late == once[2:], "a drive does not depend on those before"


def test_it_measures_deriving_everything_and_one_more_drive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = run_cli(
        monkeypatch,
        *("bench", "network", "--km", "1", "--drives", "3", "--drive-km", "0.6"),
        *("--observations", "90", "--json", str(tmp_path / "out.json")),
    )
    assert code == 0
    figures = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert figures["drives"] == 3
    assert figures["whole"]["findings"] > 0
    for way in ("whole", "update"):
        stages = figures[way]["by_stage"]
        assert set(stages) == {"network", "tracks", "tiles", "findings", "conditions", "writing"}
        assert figures[way]["seconds"] > 0
        assert figures[way]["peak_mb"] > 0
