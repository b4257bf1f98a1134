"""The matching benchmark writes a file for every track, whatever is wrong with one of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from benchmarks.matching import main

FIXES = [f"15.0 {60.0 + 1e-4 * step:.6f} {2 * step}" for step in range(60)]
"""North along the arcs at 5.6 m/s."""


def write_track(folder: Path, fixes: Sequence[str], *, arcs: str = "0 1\n1 2\n2 3\n2 2\n") -> None:
    folder.mkdir(parents=True)
    nodes = "15 60\n15 60.002\n15 60.004\n15 60.006\n"
    for ending, text in (
        ("nodes", nodes),
        ("arcs", arcs),
        ("track", "".join(f"{fix}\n" for fix in fixes)),
    ):
        (folder / f"{folder.name}.{ending}").write_text(text)


def matched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[dict[str, list[str]], dict[str, int], str]:
    """Run the benchmark; return the rows by track, the figures and what went to standard error."""
    arguments = ["matching.py", str(tmp_path / "tracks"), str(tmp_path / "out")]
    monkeypatch.setattr("sys.argv", arguments)
    assert main() == 0
    said = capsys.readouterr()
    rows = {path.stem: path.read_text().splitlines() for path in (tmp_path / "out").iterdir()}
    return rows, json.loads(said.out), said.err


def test_odd_tracks_get_a_file_each_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tracks = tmp_path / "tracks"
    odd = {
        "as_it_should_be": FIXES,
        "backwards_in_the_file": FIXES[::-1],
        "every_fix_twice": [fix for fix in FIXES for _ in range(2)],
        "some_without_a_place": [f"nan nan {n}" if n % 7 == 3 else f for n, f in enumerate(FIXES)],
        "more_columns": [f"{fix} 5 7" for fix in FIXES],
        "one_fix": FIXES[:1],
        "all_at_one_moment": [f"{fix.rsplit(' ', 1)[0]} 0" for fix in FIXES],
        "swapped": [" ".join((fix.split()[1], *fix.split()[::2])) for fix in FIXES],
        "empty": [],
        "letters": ["Dear engineer"],
    }
    for name, fixes in odd.items():
        write_track(tracks / name, fixes)
    write_track(tracks / "arc_to_nowhere", FIXES, arcs="0 1\n1 77\n")
    (tracks / "no_track").mkdir()
    (tracks / "readme.txt").write_text("not a track")
    rows, figures, err = matched(tmp_path, monkeypatch, capsys)
    assert set(rows) == {*odd, "arc_to_nowhere"}
    whole = ["0", "1", "2"]
    assert {name for name, found in rows.items() if found == whole} == set(list(odd)[:5])
    assert {name for name, found in rows.items() if not found} == {
        "swapped",
        "empty",
        "letters",
        "arc_to_nowhere",
    }
    assert figures["tracks"] == 11
    assert figures["unreadable"] == 3
    assert figures["points_per_s"] > 0
    told = {line.split(":")[0] for line in err.splitlines()}
    assert told == {"empty", "letters", "arc_to_nowhere", "no_track"}
