"""The walkers marked by eye: sound, counted, never trained on, and their frames out of a video."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from training.privacy.pictures import heads_by_eye

from gatusyn.evaluate import read_faces
from training import walkers

PAGE = walkers.LABELS.with_name("README.md")
FRAMES: list[dict[str, Any]] = json.loads(walkers.LABELS.read_text("utf-8"))["frames"]
FACES: list[dict[str, Any]] = [face for frame in FRAMES for face in frame["faces"]]


HEIGHTS = ((8, "under 8 px"), (12, "8 to 11 px"), (20, "12 to 19 px"), (40, "20 to 39 px"))


def height(face: dict[str, Any]) -> str:
    """Return the row of the page's table that a face's height belongs to."""
    pixels = face["box"][3] - face["box"][1]
    return next(name for limit, name in HEIGHTS if pixels < limit)


def test_the_frames_are_every_fifteenth() -> None:
    assert walkers.frame_numbers() == {n: f"vtest_{n:05d}" for n in range(15, 795, 15)}


def test_boxes_lie_in_the_frame_and_have_known_words() -> None:
    for frame in FRAMES:
        assert frame["size_px"] == [768, 576]
        boxes = [tuple(face["box"]) for face in frame["faces"]]
        assert len(set(boxes)) == len(boxes)
        for face in frame["faces"]:
            left, top, right, bottom = face["box"]
            assert 0 <= left < right <= 768
            assert 0 <= top < bottom <= 576
            assert face["view"] in {"front", "side", "back"}
            assert isinstance(face["unsure"], bool)


def test_with_the_other_faces_there_are_a_hundred_to_score() -> None:
    both = {**read_faces(walkers.LABELS), **read_faces(PAGE.with_name("faces_by_eye.json"))}
    assert sum(not face.unsure for faces in both.values() for face in faces) == 63 + 172


def test_the_page_counts_what_is_in_the_file() -> None:
    page = PAGE.read_text("utf-8").partition("# Walkers marked by eye")[2]
    rows = re.findall(r"^\| ([\w ]+) \| (\d+) \| (\d+) \| (\d+) \|$", page, re.MULTILINE)
    counts: Counter[str] = Counter()
    unsure: Counter[str] = Counter()
    scored: Counter[str] = Counter()
    for face in FACES:
        for word in (height(face), face["view"], "all"):
            counts[word] += 1
            unsure[word] += face["unsure"]
            scored[word] += not face["unsure"] and face["view"] != "back"
    assert {name: tuple(map(int, numbers)) for name, *numbers in rows} == {
        name: (counts[name], unsure[name], scored[name]) for name in counts
    }


def test_nothing_trains_on_them() -> None:
    with pytest.raises(KeyError, match=FRAMES[0]["source"]):
        heads_by_eye(Path("signs"), Path("plates"), labels=walkers.LABELS)
    naming = {
        path.name
        for path in walkers.LABELS.parents[1].rglob("*.py")
        if re.search(r"walkers|labels.*glob", path.read_text("utf-8"))
    }
    assert naming == {"walkers.py"}


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Return a video of eight frames, each ten grey levels lighter than the one before."""
    path = tmp_path / "made.avi"
    codec = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(path), codec, 10.0, (64, 48))
    for number in range(8):
        writer.write(np.full((48, 64, 3), 100 + 10 * number, np.uint8))
    writer.release()
    return path


def test_frames_are_written_by_number_under_the_labels_names(video: Path, tmp_path: Path) -> None:
    written = walkers.write_frames(video, tmp_path / "new" / "out", {2: "made_2", 7: "made_7"})
    assert [path.name for path in written] == ["made_2.png", "made_7.png"]
    levels = [np.asarray(cv2.imread(str(path))).mean() for path in written]
    assert levels == pytest.approx([120, 170], abs=2)


def test_a_video_that_ends_before_is_named(video: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"made\.avi: 1 of 2 frames"):
        walkers.write_frames(video, tmp_path, {2: "made_2", 8: "made_8"})
