"""``gatusyn bench store``: figures of both stores, and of how they compare."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.run_cli import run_cli


def test_it_measures_both_stores_by_turns(
    tmp_path: Path, own_postgis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.json"
    code = run_cli(
        monkeypatch,
        *("bench", "store", "--postgis", own_postgis, "--drives", "1", "--drive-km", "0.6"),
        *("--findings", "50", "--queries", "2", "--json", str(out)),
    )
    assert code == 0
    figures = json.loads(out.read_text("utf-8"))
    assert figures["seconds"].keys() == {"sqlite", "postgis"}
    ratios = figures["postgis_to_sqlite"]
    assert ratios.keys() == figures["seconds"]["sqlite"].keys()
    assert all(ratio > 0 for ratio in ratios.values())
