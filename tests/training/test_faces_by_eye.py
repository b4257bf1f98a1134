"""The faces marked by eye in street photos: sound, counted, and of the photos they name."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

FILE = Path(__file__).parents[2] / "training/labels/faces_by_eye.json"
LABELS: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
FRAMES: list[dict[str, Any]] = LABELS["frames"]
NO_PEOPLE: list[dict[str, str]] = LABELS["no_people"]
FACES: list[dict[str, Any]] = [face for marked in FRAMES for face in marked["faces"]]

FOLDERS = {"scenes": "data/signs/scenes", "plates": "data/plates/images"}
VIEWS = {"front", "side", "back"}
KINDS = {"pedestrian", "cyclist", "driver", "poster"}
HEIGHTS = ((8, "under 8 px"), (12, "8 to 11 px"), (20, "12 to 19 px"), (40, "20 to 39 px"))


def height(face: dict[str, Any]) -> str:
    """Return the row of the page's table that a face's height belongs to."""
    pixels = face["box"][3] - face["box"][1]
    return next((name for limit, name in HEIGHTS if pixels < limit), "40 px and more")


def test_every_photo_is_named_once() -> None:
    names = Counter((f["source"], f["frame"]) for f in [*FRAMES, *NO_PEOPLE])
    assert set(names.values()) == {1}
    assert {source for source, _ in names} == set(FOLDERS)


def test_there_are_enough_to_measure_with() -> None:
    assert len(FACES) >= 150
    assert sum(not face["unsure"] for face in FACES) >= 90
    assert len(NO_PEOPLE) >= 60


@pytest.mark.parametrize("marked", FRAMES, ids=lambda f: f["frame"])
def test_boxes_lie_in_the_photo_and_have_known_words(marked: dict[str, Any]) -> None:
    width, tall = marked["size_px"]
    assert marked["faces"]
    for face in marked["faces"]:
        left, top, right, bottom = face["box"]
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= tall
        assert bottom - top >= 6
        assert face["view"] in VIEWS
        assert face["kind"] in KINDS
        assert isinstance(face["unsure"], bool)
        assert face.get("poster", False) == (face["kind"] == "poster")


def test_no_head_is_marked_twice() -> None:
    for marked in FRAMES:
        boxes = [tuple(face["box"]) for face in marked["faces"]]
        assert len(set(boxes)) == len(boxes)


def test_the_page_counts_what_is_in_the_file() -> None:
    page = FILE.with_name("README.md").read_text(encoding="utf-8")
    page = page[page.index("# Faces marked by eye") :]
    rows = re.findall(r"^\| ([\w ]+) \| (\d+) \| (\d+) \|$", page, re.MULTILINE)
    counts: Counter[str] = Counter()
    unsure: Counter[str] = Counter()
    for face in FACES:
        for word in (height(face), face["view"], face["kind"], "all"):
            counts[word] += 1
            unsure[word] += face["unsure"]
    assert {name: (int(many), int(some)) for name, many, some in rows} == {
        name: (counts[name], unsure[name]) for name in counts
    }
    assert f"{len(FRAMES)} photos" in page
    assert f"{len(NO_PEOPLE)} photos" in page


@pytest.mark.shared
def test_the_photos_are_those_of_the_data_sets(shared: Path) -> None:
    for marked in FRAMES:
        with Image.open(shared / FOLDERS[marked["source"]] / f"{marked['frame']}.jpg") as photo:
            assert list(photo.size) == marked["size_px"]
    for empty in NO_PEOPLE:
        assert (shared / FOLDERS[empty["source"]] / f"{empty['frame']}.jpg").is_file()
