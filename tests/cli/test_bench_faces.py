"""``gatusyn bench privacy --faces``: faces hidden by ours and by deface, in the run of speeds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.privacy.test_redactor import street_with_face
from tests.run_cli import run_cli


@pytest.fixture
def scenes(tmp_path: Path) -> Path:
    """Return a folder with a street that shows a drawn face, and one that shows nobody."""
    folder = tmp_path / "scenes"
    folder.mkdir()
    street, _ = street_with_face(60, x=800, y=20)
    Image.fromarray(street).save(folder / "face.png")
    Image.fromarray(np.full((720, 1280, 3), 120, np.uint8)).save(folder / "nobody.png")
    return folder


def labels(path: Path, name: str, box: list[int]) -> Path:
    face = {"box": box, "view": "front", "unsure": False}
    path.write_text(json.dumps({"frames": [{"frame": name, "faces": [face]}]}))
    return path


def run(monkeypatch: pytest.MonkeyPatch, *options: object) -> int:
    return run_cli(monkeypatch, "bench", "privacy", "--count", 2, "--threads", 1, *options)


def test_ours_and_deface_are_scored_on_the_same_faces(
    scenes: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, (x, y) = street_with_face(60, x=800, y=20)
    seen = labels(tmp_path / "a.json", "face", [x - 28, y - 36, x + 28, y + 36])
    missed = labels(tmp_path / "b.json", "nobody", [600, 400, 612, 414])
    written = tmp_path / "figures.json"
    given = ("--faces", seen, "--faces", missed, "--scenes", scenes, "--json", written)
    assert run(monkeypatch, *given) == 0
    faces = json.loads(written.read_text("utf-8"))["faces"]
    assert list(faces) == ["find", "heads", "find_whole", "deface", "deface_boxes"]
    for name in ("find", "heads", "find_whole"):
        assert faces[name]["recall"]["face"]["all"]["all"]["hidden"] == 1
        assert faces[name]["less_deface_interval"] is not None
    assert {one["recall"]["face"]["all"]["all"]["boxes"] for one in faces.values()} == {2}
    said = capsys.readouterr().out.splitlines()
    start = said.index("Faces hidden for 90 % of their box, in 2 photos; 95 % intervals")
    assert said[start + 1].split()[:2] == ["step", "hidden"]
    assert said[start + 2].split()[:4] == ["find", "1", "of", "2"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--scenes", "{scenes}"), "Give both --faces and --scenes"),
        (("--faces", "{there}"), "Give both --faces and --scenes"),
        (("--faces", "{gone}", "--scenes", "{scenes}"), "names gone, which is in no folder"),
        (
            ("--faces", "{there}", "--scenes", "{scenes}", "--scenes", "{scenes}"),
            "names face, which is there more than once",
        ),
        (
            ("--faces", "{there}", "--faces", "{there}", "--scenes", "{scenes}"),
            "names face, which is there more than once",
        ),
    ],
)
def test_faces_without_their_photos_are_one_message(
    scenes: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    words: str,
) -> None:
    there = labels(tmp_path / "there.json", "face", [1, 1, 9, 9])
    gone = labels(tmp_path / "gone.json", "gone", [1, 1, 9, 9])
    paths = {"scenes": scenes, "there": there, "gone": gone}
    assert run(monkeypatch, *(option.format(**paths) for option in options)) != 0
    assert words in capsys.readouterr().err
