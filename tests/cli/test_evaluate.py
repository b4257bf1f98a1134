"""``gatusyn evaluate`` at the command line: figures, files, and one message for a bad wish."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pictures
from tests.evaluate.made_frames import mask_of, write_pair
from tests.run_cli import Run, runner


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    """Return a folder with photos, masks and masks called: one right, one half missed."""
    (tmp_path / "called").mkdir()
    for name, columns in (("a", 128), ("b", 64), ("c", 96)):
        mask = mask_of((2, slice(192, 224), slice(0, columns)))
        write_pair(tmp_path, name, mask, grey=40 + columns)
        Pictures.fromarray(mask_of((2, slice(192, 224), slice(0, 64))) & 6).save(
            tmp_path / "called" / f"{name}.png"
        )
    return tmp_path


def test_masks_are_scored_and_everything_is_written(run: Run, marked: Path) -> None:
    table = marked / "frames.csv"
    table.write_text("frame,survey_line\na,one\nb,one\nc,two\n")
    code, out, err = run(
        *("evaluate", "damage", marked / "images", marked / "masks"),
        *("--predicted", marked / "called", "--groups", table, "--camera", 1.5, 6, 60),
        *("--json", marked / "out.json", "--out", marked / "report"),
        *("--gallery", marked / "gallery", "--language", "sv"),
    )
    assert (code, err) == (0, "")
    assert "3 frames received, 3 accepted, 0 rejected" in out
    figures = json.loads((marked / "out.json").read_text())
    crack = figures["scores"]["crack"]
    assert (crack["cells_true"], crack["cells_called"]) == (9, 6)
    assert crack["precision"] == 1.0
    assert crack["recall"] == pytest.approx(6 / 9)
    assert figures["received"] == figures["accepted"] + len(figures["rejected"])
    assert {part["by"] for part in figures["parts"]} >= {"distance", "brightness", "group"}
    assert "0.667" in (marked / "report" / "report.md").read_text()
    assert not (marked / "report" / "reliability.svg").exists()
    page = (marked / "gallery" / "index.html").read_text()
    assert '<html lang="sv">' in page
    assert "a: 2 rutor rätt, 2 missade, 0 falska" in page
    shown = re.findall(r'<img src="([^"]+)"', page)
    assert shown == ["crack-missed-1.jpg", "crack-missed-2.jpg"]
    with Pictures.open(marked / "gallery" / shown[0]) as picture:
        assert picture.size == (256, 320)
        drawn = np.asarray(picture.convert("RGB"), int)
    blue_over_red = drawn[192:224, 0:128, 2] - drawn[192:224, 0:128, 0]
    assert blue_over_red.max() > 80


def test_boxes_are_scored_from_masks(run: Run, marked: Path) -> None:
    boxes = marked / "boxes"
    boxes.mkdir()
    box = "<bndbox><xmin>1</xmin><ymin>192</ymin><xmax>64</xmax><ymax>224</ymax></bndbox>"
    size = "<size><width>256</width><height>320</height></size>"
    for name in ("a", "b"):
        (boxes / f"{name}.xml").write_text(
            f"<annotation>{size}<object><name>D20</name>{box}</object>"
            "<object><name>D44</name><bndbox><xmin>0</xmin><ymin>0</ymin><xmax>9</xmax>"
            "<ymax>9</ymax></bndbox></object></annotation>"
        )
    command = ("evaluate", "damage", marked / "images", boxes, "--predicted", marked / "called")
    code, out, err = run(*command, "--json", marked / "boxes.json")
    assert (code, err) == (0, "")
    figures = json.loads((marked / "boxes.json").read_text())
    assert (figures["received"], figures["accepted"], figures["ignored_boxes"]) == (3, 2, 2)
    assert figures["scores"]["D20"]["f1"] == figures["scores"]["all"]["f1"] == 1.0
    assert "c: has no file of boxes" in out
    code, _, err = run(*command, "--complete")
    assert code == 2
    assert "--frames and --json" in err


def test_labels_become_masks_that_can_be_scored(run: Run, marked: Path) -> None:
    square = [[0, 192], [63, 192], [63, 223], [0, 223]]
    frames = [
        {
            "frame": name,
            "line": "one",
            "annotator": "a",
            "polygons": [{"class": "crazing", "points": square}],
            "complete": name != "c",
        }
        for name in ("a", "b", "c")
    ]
    file = marked / "by_eye.json"
    file.write_text(json.dumps({"frames": frames}))
    code, out, err = run(
        *("evaluate", "labels", file, marked / "masks", "--out", marked / "eye"),
        *("--json", marked / "labels.json"),
    )
    assert (code, err) == (0, "")
    assert "3 labelled frames, 2 masks, 1 rejected" in out
    figures = json.loads((marked / "labels.json").read_text())
    assert figures["agreements"][0]["scores"]["crack"]["recall"] == 1.0
    code, out, _ = run(
        *("evaluate", "damage", marked / "images", marked / "eye" / "a", "--complete"),
        *("--predicted", marked / "called"),
    )
    assert code == 0
    assert "c: has no mask of the truth" in out
    assert "| crack | 0.50 | 2 | 1.000" in out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("images", "empty", "--predicted", "called"), 4, "empty: holds no .png files"),
        (("empty", "masks", "--predicted", "called"), 4, "empty: holds no photos"),
        (("nowhere", "masks", "--predicted", "called"), 4, "nowhere: is not a folder"),
        (("images", "masks", "--predicted", "nowhere"), 4, "nowhere: is not a folder"),
        (("images", "images", "--predicted", "called"), 4, "no frame can be scored"),
        (("images", "masks", "--predicted", "called", "--threshold-sweep"), 2, "probabilities"),
        (("images", "masks", "--predicted", "called", "--language", "xx"), 2, "'xx'"),
        (("images", "masks", "--predicted", "called", "--model", "m.toml"), 2, "Give one"),
        (("images", "masks", "--model", "m.toml"), 8, "m.toml"),
        (("images", "masks", "--predicted", "called", "--frames", "none"), 1, "list of frames"),
        (("images", "masks", "--predicted", "called", "--groups", "none"), 1, "table of groups"),
        (("images", "masks", "--predicted", "called", "--camera", "1", "6", "500"), 2, "fov"),
        (("images", "masks", "--predicted", "called", "--json", "masks/a.png/x"), 1, "written"),
    ],
)
def test_a_bad_wish_is_one_message(
    arguments: tuple[str, ...],
    code: int,
    words: str,
    run: Run,
    marked: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (marked / "empty").mkdir()
    monkeypatch.chdir(marked)
    got, _, err = run("evaluate", "damage", *arguments)
    assert got == code, err
    assert words in err
    assert len([line for line in err.splitlines() if line.strip()]) == 1
    assert "Traceback" not in err
