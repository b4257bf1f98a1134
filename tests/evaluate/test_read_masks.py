"""Masks, lists and groups: what is taken and what is told of the rest."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pictures
from tests.evaluate.made_frames import HEIGHT, WIDTH, MadeCaller, mask_of, write_pair

from gatusyn.evaluate.callers import MaskCaller
from gatusyn.evaluate.read_frames import photos_in, read_frames, truth_in
from gatusyn.evaluate.read_masks import read_groups, read_mask, read_names
from gatusyn.model import FootageError, GatusynError, PixelClass


def test_a_mask_comes_back_as_it_was_written(tmp_path: Path) -> None:
    mask = mask_of((2, slice(0, 9), slice(3, 8)), (12, slice(20, 40), slice(0, 256)))
    Pictures.fromarray(mask).save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_mask(tmp_path / "a.png"), mask)


def coloured(path: Path) -> None:
    Pictures.new("RGB", (8, 8)).save(path)


def sixteen_bits(path: Path) -> None:
    Pictures.fromarray(np.zeros((8, 8), np.uint16)).save(path)


def not_a_picture(path: Path) -> None:
    path.write_bytes(b"not a picture")


def cut_off(path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 8, (64, 64)).astype(np.uint8)
    Pictures.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:300])


def black_and_white(path: Path) -> None:
    Pictures.fromarray(np.full((8, 8), 255, np.uint8)).save(path)


def missing(path: Path) -> None:
    pass


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (coloured, "is no mask: its pixels are RGB"),
        (sixteen_bits, "is no mask: its pixels are I;16"),
        (not_a_picture, "is no PNG picture"),
        (cut_off, "cannot be read"),
        (black_and_white, "holds the value 255"),
        (missing, "is missing"),
    ],
)
def test_what_is_no_mask_is_told(make: Callable[[Path], None], words: str, tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    make(path)
    with pytest.raises(FootageError, match=r"mask\.png") as told:
        read_mask(path)
    assert words in str(told.value)


def test_every_frame_is_accepted_or_rejected(tmp_path: Path) -> None:
    for name in ("good", "also", "small", "unmarked", "unseen", "broken"):
        write_pair(tmp_path, name, mask_of((2, slice(170, 180), slice(0, 90))))
    Pictures.fromarray(mask_of()[:300]).save(tmp_path / "masks" / "small.png")
    (tmp_path / "masks" / "unmarked.png").unlink()
    (tmp_path / "images" / "unseen.png").unlink()
    (tmp_path / "images" / "broken.png").write_bytes(b"")
    photos, truth = photos_in(tmp_path / "images"), truth_in(tmp_path / "masks", ".png")
    steps: list[tuple[int, int]] = []
    reading = read_frames(
        photos, truth, MadeCaller({}), on_progress=lambda done, total: steps.append((done, total))
    )
    assert steps == [(i, 6) for i in range(1, 7)]
    assert reading.received == 6
    assert [one.cells.name for one in reading.accepted] == ["also", "good"]
    why = {one.frame_id: one.detail for one in reading.rejected}
    assert "300 px, and its frame 256x320" in why["small"]
    assert "no mask" in why["unmarked"]
    assert "no photo" in why["unseen"]
    assert "broken.png" in why["broken"]
    named = read_frames(photos, truth, MadeCaller({}), names=["good", "nowhere"])
    assert (len(named.accepted), len(named.rejected)) == (1, 1)


def test_a_missing_prediction_calls_nothing_and_is_counted(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_pair(tmp_path, name, mask_of((4, slice(160, 200), slice(0, 90))))
    photos, truth = photos_in(tmp_path / "images"), truth_in(tmp_path / "masks", ".png")
    (tmp_path / "called").mkdir()
    called = mask_of((4, slice(160, 200), slice(0, 90)))
    Pictures.fromarray(called).save(tmp_path / "called" / "a.png")
    reading = read_frames(photos, truth, MaskCaller(tmp_path / "called"))
    assert reading.missing_calls == 1
    calls = [int(one.cells.called(PixelClass.POTHOLE, 0.5).sum()) for one in reading.accepted]
    assert calls[0] > 0
    assert calls[1] == 0


def test_a_prediction_of_another_size_is_rejected(tmp_path: Path) -> None:
    write_pair(tmp_path, "a", mask_of())
    photos, truth = photos_in(tmp_path / "images"), truth_in(tmp_path / "masks", ".png")
    (tmp_path / "called").mkdir()
    Pictures.fromarray(np.zeros((HEIGHT, WIDTH + 1), np.uint8)).save(tmp_path / "called" / "a.png")
    (one,) = read_frames(photos, truth, MaskCaller(tmp_path / "called")).rejected
    assert "257x320 px, and its frame 256x320 px" in one.detail


def test_folders_without_what_is_needed_are_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    masks = partial(truth_in, ending=".png")
    for call in (photos_in, masks):
        with pytest.raises(FootageError, match="holds no"):
            call(tmp_path / "empty")
        with pytest.raises(FootageError, match="not a folder"):
            call(tmp_path / "nowhere")


def test_lists_and_groups(tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("b\n\na\nb\n")
    assert read_names(names) == ("b", "a")
    names.write_text("\n")
    with pytest.raises(GatusynError, match="names no frames"):
        read_names(names)
    table = tmp_path / "frames.csv"
    table.write_text("frame,survey_line\na,one\nb,two\n")
    assert read_groups(table, "survey_line") == {"a": "one", "b": "two"}
    with pytest.raises(GatusynError, match="lacks the column line"):
        read_groups(table, "line")
