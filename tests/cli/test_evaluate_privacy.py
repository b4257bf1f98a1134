"""``gatusyn evaluate privacy``: recall with its uncertainty, on pictures whose truth is drawn."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.privacy.test_redactor import drawn_car, street_with_face
from tests.run_cli import run_cli

from gatusyn.evaluate.privacy import Recall

PLATE = (575, 380, 685, 405)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Return a car by day, one by night, a street with a face, and one with nobody."""
    folder = tmp_path / "photos"
    folder.mkdir()
    car = drawn_car(500, 260)
    street, _ = street_with_face(60, x=800, y=20)
    shown = {"day": car, "night": (car * 0.35).astype(np.uint8), "face": street}
    shown["nobody"] = np.full((720, 1280, 3), 120, np.uint8)
    for name, picture in shown.items():
        Image.fromarray(picture).save(folder / f"{name}.png")
    (folder / "broken.jpg").write_text("no photo")
    return folder


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    return run_cli(monkeypatch, "evaluate", "privacy", *arguments)


def plates(tmp_path: Path, rows: list[tuple[object, ...]]) -> Path:
    path = tmp_path / "plates.csv"
    lines = ["image,x1,y1,x2,y2", *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_recall_by_size_light_and_distance(
    photos: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    nothing = (100, 600, 140, 610)
    truth = plates(
        tmp_path, [("day", *PLATE), ("night.png", *PLATE), ("nobody", *nothing), ("gone", *PLATE)]
    )
    listed = tmp_path / "figures.json"
    assert run(monkeypatch, photos, "--plates", truth, "--json", listed) == 0
    said = capsys.readouterr().out
    figures = json.loads(listed.read_text("utf-8"))
    assert figures["received"] == 5 == figures["accepted"] + len(figures["rejected"])
    assert figures["frames_without_photo"] == 1
    recall = figures["recall"]["plate"]
    assert (recall["all"]["all"]["hidden"], recall["all"]["all"]["boxes"]) == (2, 3)
    assert recall["light"]["night"]["share"] == 1.0
    assert recall["height_px"]["under 12 px"] == {
        "hidden": 0,
        "boxes": 1,
        "share": 0.0,
        "interval": pytest.approx([0.0, 0.793], abs=0.001),
    }
    assert recall["height_px"]["24 px and more"]["boxes"] == 2
    assert sum(one["boxes"] for one in recall["distance_m"].values()) == 3
    assert figures["hidden_besides"]["plate"] < 0.01
    assert figures["hidden_besides"]["face"] > 0.001, "the face is no plate of the truth"
    assert "3 plates were to be hidden. That is few" in said
    assert "| height under 12 px | 0 of 1 | 0.000 | 0.00 to 0.79 |" in said


def test_faces_marked_by_eye(
    photos: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, (x, y) = street_with_face(60, x=800, y=20)
    seen = {"box": [x - 28, y - 36, x + 28, y + 36], "view": "front", "kind": "walker"}
    doubted = {"box": [100, 100, 120, 120], "view": "back", "kind": "walker", "unsure": True}
    missed = {"box": [200, 500, 230, 540], "view": "side", "kind": "rider", "unsure": False}
    frames = [{"source": "s", "frame": "face.png", "size_px": [1280, 720]}]
    document = {
        "frames": [{**frames[0], "faces": [seen, doubted, missed]}],
        "no_people": ["nobody", {"source": "s", "frame": "elsewhere"}],
    }
    path = tmp_path / "faces.json"
    path.write_text(json.dumps(document))
    assert run(monkeypatch, photos, "--faces", path, "--json", tmp_path / "f.json") == 0
    figures = json.loads((tmp_path / "f.json").read_text("utf-8"))
    assert (figures["received"], figures["boxes_unsure"]) == (2, 1)
    assert figures["frames_without_photo"] == 1
    views = figures["recall"]["face"]["view"]
    assert views["front walker"]["hidden"] == 1
    assert views["side rider"]["hidden"] == 0
    said = capsys.readouterr().out
    assert "| seen as front walker | 1 of 1 |" in said
    assert "95 % interval with frames drawn anew: 0.50 to 0.50." in said


@pytest.mark.parametrize(
    ("hidden", "boxes", "low", "high"),
    [(43, 43, 0.918, 1.0), (0, 10, 0.0, 0.278), (5, 10, 0.237, 0.763), (90, 100, 0.826, 0.945)],
)
def test_intervals_are_wilsons(hidden: int, boxes: int, low: float, high: float) -> None:
    assert Recall(hidden=hidden, boxes=boxes).interval == pytest.approx((low, high), abs=0.001)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("image,x1,y1,x2\nday,1,2,3\n", "has no column y2"),
        ("image,x1,y1,x2,y2\nday,1,2,3,no\n", "row 2 is no box of four numbers"),
        ("image,x1,y1,x2,y2\nday,9,2,3,8\n", "row 2 is no box"),
        ("image,x1,y1,x2,y2\nday,1,2,nan,8\n", "row 2 is no box"),
    ],
)
def test_a_wrong_truth_is_named(
    photos: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    content: str,
    words: str,
) -> None:
    path = tmp_path / "plates.csv"
    path.write_text(content)
    assert run(monkeypatch, photos, "--plates", path) == 4
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    "content", ["[", "[]", "{}", '{"frames": [{"frame": "day"}]}', '{"frames": [3]}']
)
def test_wrong_faces_are_named(
    photos: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    content: str,
) -> None:
    path = tmp_path / "faces.json"
    path.write_text(content)
    assert run(monkeypatch, photos, "--faces", path) == 4
    assert "faces.json: " in capsys.readouterr().err


def test_without_truth_there_is_nothing_to_measure(
    photos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, photos) == 2
    assert "Give --plates or --faces" in capsys.readouterr().err


def test_a_box_outside_its_photo_is_not_scored(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth = plates(tmp_path, [("day", 2000, 10, 2050, 30), ("night", *PLATE)])
    assert run(monkeypatch, photos, "--plates", truth, "--json", tmp_path / "f.json") == 0
    figures = json.loads((tmp_path / "f.json").read_text("utf-8"))
    assert {one["frame"] for one in figures["rejected"]} == {"broken.jpg", "day"}
