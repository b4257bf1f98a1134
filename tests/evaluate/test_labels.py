"""Labels by eye: their masks, and how far they agree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pictures
from tests.evaluate.made_frames import HEIGHT, WIDTH, mask_of

from gatusyn.evaluate.labels import agreement_text, agreements, write_drawn_masks
from gatusyn.evaluate.read_eye_labels import mask_of_labels, read_eye_labels
from gatusyn.evaluate.read_masks import read_mask
from gatusyn.model import FootageError, GatusynError, PixelClass


def square(name: str, left: int, top: int, side: int = 63) -> dict[str, Any]:
    corners = [(left, top), (left + side, top), (left + side, top + side), (left, top + side)]
    return {"class": name, "points": corners}


def labelled(frame: str, annotator: str, *shapes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "frame": frame,
        "line": "L1",
        "annotator": annotator,
        "polygons": list(shapes),
        "complete": True,
        "note": "",
        **more,
    }


def write_labels(folder: Path, *frames: dict[str, Any]) -> Path:
    path = folder / "labels.json"
    path.write_text(json.dumps({"frames": frames}))
    return path


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    folder = tmp_path / "masks"
    folder.mkdir()
    mask = mask_of((2, slice(160, 224), slice(0, 64)))
    mask[:, 200:] &= 6
    for name in ("f1", "f2"):
        Pictures.fromarray(mask).save(folder / f"{name}.png")
    return folder


def test_shapes_become_the_values_of_their_class(tmp_path: Path) -> None:
    line = {"class": "crack", "points": [[10, 300], [110, 300]], "width_px": 5}
    shapes = [square(name, 70 * i, 160) for i, name in enumerate(("crazing", "surface_loss"))]
    more = [square("patch", 140, 160), square("manhole", 0, 240), square("sealed_joint", 80, 240)]
    (one,) = read_eye_labels(write_labels(tmp_path, labelled("f1", "a", line, *shapes, *more)))
    original = mask_of((6, slice(0, HEIGHT), slice(0, WIDTH)))
    original[:, 200:] &= 6
    mask = mask_of_labels(one, original)
    assert (mask[:, :200] & 1).all()
    assert not (mask[:, 210:] & 1).any()
    assert mask[180, 10] == 3
    assert mask[180, 80] == 5
    assert mask[180, 150] == 9
    assert mask[260, 20] == mask[260, 100] == 1
    assert int((mask[:, 60] & 2 > 0).sum()) - 64 == 5
    assert not (mask[230:290] & 6).any()


def test_doubtful_shapes_can_be_left_out_and_sizes_must_agree(tmp_path: Path) -> None:
    doubtful = {**square("pothole", 0, 160), "unsure": True, "in_lane": True}
    path = write_labels(tmp_path, labelled("f1", "a", doubtful, size_px=[WIDTH, HEIGHT]))
    (one,) = read_eye_labels(path)
    assert (mask_of_labels(one, mask_of()) & 4).any()
    assert not (mask_of_labels(one, mask_of(), sure_only=True) & 4).any()
    with pytest.raises(FootageError, match="labelled at 256x320 px"):
        mask_of_labels(one, mask_of()[:300])


def test_masks_are_written_by_person_and_what_is_not_complete_is_told(
    tmp_path: Path, originals: Path
) -> None:
    path = write_labels(
        tmp_path,
        labelled("f1", "a", square("crack", 0, 160)),
        labelled("f1", "b", square("crack", 64, 160)),
        labelled("f2", "a", complete=False),
        labelled("f3", "a"),
    )
    drawn = write_drawn_masks(read_eye_labels(path), originals, tmp_path / "out")
    assert drawn.names == {"a": ("f1",), "b": ("f1",)}
    why = {one.frame_id: one.detail for one in drawn.rejected}
    assert "not labelled in full by a" in why["f2"]
    assert "missing" in why["f3"]
    assert read_mask(tmp_path / "out" / "b" / "f1.png").shape == (HEIGHT, WIDTH)


def test_published_masks_and_people_are_scored_against_each_other(
    tmp_path: Path, originals: Path
) -> None:
    path = write_labels(
        tmp_path,
        labelled("f1", "a", square("crack", 0, 160)),
        labelled("f1", "b", square("crack", 32, 160)),
        labelled("f2", "a"),
    )
    drawn = write_drawn_masks(read_eye_labels(path), originals, tmp_path / "out")
    found = {(one.called, one.truth): one for one in agreements(drawn, originals)}
    assert set(found) == {("published", "a"), ("published", "b"), ("a", "b")}
    with_a = found["published", "a"].scores[PixelClass.CRACK]
    # Complete labels: the published crack of f2, which a did not draw, is false.
    assert (with_a.frames, with_a.cells_true, with_a.cells_called) == (2, 4, 8)
    assert (with_a.precision, with_a.recall) == (0.5, 1.0)
    pair = found["a", "b"].scores[PixelClass.CRACK]
    assert (pair.frames, pair.precision, pair.recall) == (1, 0.5, 0.5)
    assert PixelClass.POTHOLE not in found["a", "b"].scores
    assert "| a | b | crack | 1 | 0.500 |" in agreement_text(list(found.values()))


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (labelled("f1", "a", {"class": "hole", "points": [[0, 0]] * 3}), "class"),
        (labelled("f1", "a", {"class": "crack", "points": [[0, 0]] * 2}), "not 3 or more"),
        (labelled("f1", "a", {"class": "crack", "points": [[0, 0]], "width_px": 3}), "not 2"),
        (labelled("f1", "a", square("crack", 10**7, 0)), "far outside"),
        (labelled("../f1", "a"), "frame"),
        (labelled("f1", "../a"), "annotator"),
        (labelled("f1", "a", surprise=1), "surprise"),
    ],
)
def test_labels_of_another_shape_are_one_message(
    frame: dict[str, Any], words: str, tmp_path: Path
) -> None:
    with pytest.raises(GatusynError, match=r"labels\.json") as told:
        read_eye_labels(write_labels(tmp_path, frame))
    assert words in str(told.value)


def test_a_frame_twice_by_one_person_is_told(tmp_path: Path) -> None:
    with pytest.raises(GatusynError, match="f1 twice by a"):
        read_eye_labels(write_labels(tmp_path, labelled("f1", "a"), labelled("f1", "a")))
    with pytest.raises(GatusynError, match="cannot be read"):
        read_eye_labels(tmp_path / "nowhere.json")
