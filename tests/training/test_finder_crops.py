"""Crops that the finder of heads and plates is trained on: boxes stay with what they frame."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from training.privacy.drawn import HEAD_PX, draw_person, draw_plate
from training.privacy.paste import paste_crowd, paste_person, paste_plate, replace_plate
from training.privacy.pictures import (
    FOLDS,
    HEAD,
    PLATE,
    Picture,
    heads_by_eye,
    held_out,
    no_boxes,
    picture,
)
from training.privacy.scenes import HEIGHT, WIDTH, Source, alter, view
from training.privacy.targets import STRIDE, targets


def generator(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_a_drive_and_a_place_are_held_out_whole() -> None:
    photos = ["dayride_type1_001_3", "dayride_type1_001_1456", "dayride_type1_002_7", "nightride_9"]
    assert [[held_out(name, fold) for fold in range(FOLDS)] for name in photos] == [
        [True, False, False],
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]
    folds = [[held_out(name, fold) for fold in range(FOLDS)] for name in ("00275", "00545")]
    assert folds[0] == folds[1]
    assert sum(folds[0]) == 1
    assert not held_out("00275", None)
    assert not any(held_out("DF_010_010BDF0010_06677", fold) for fold in range(FOLDS))


def test_heads_marked_by_eye_are_read_with_doubt() -> None:
    by_eye = heads_by_eye(Path("signs"), Path("plates"))
    boxes = np.vstack(list(by_eye.heads.values()))
    assert len(boxes) == 154
    assert boxes[:, 5].sum() == 61
    assert set(boxes[:, 4]) == {HEAD}
    assert len(by_eye.nobody) == 92
    assert not by_eye.nobody & set(by_eye.heads)


def test_targets_ask_for_sure_things_only() -> None:
    boxes = np.array([[40.0, 40, 80, 60, PLATE, 0], [100, 40, 140, 60, PLATE, 1]])
    wanted = targets(boxes, height=96, width=160)
    assert (wanted[0] == 0).all(), "no head anywhere"
    rows, columns = np.nonzero(wanted[1, 0] == 1)
    y, x = (rows + 0.5) * STRIDE, (columns + 0.5) * STRIDE
    assert len(rows)
    assert (x > 40).all()
    assert (x < 80).all()
    left, up, right, down = wanted[1, 1:, rows, columns].T * STRIDE
    np.testing.assert_allclose(x - left, 40)
    np.testing.assert_allclose(y - up, 40)
    np.testing.assert_allclose(x + right, 80)
    np.testing.assert_allclose(y + down, 60)
    assert (wanted[1, 0, 10:15, 25:35] == -1).all(), "the doubtful one is not asked for"


def test_a_thing_of_less_than_a_cell_is_still_wanted() -> None:
    wanted = targets(np.array([[41.0, 41, 43, 43, HEAD, 0]]), height=64, width=64)
    assert (wanted[0, 0] == 1).sum() == 1


@pytest.mark.parametrize("seed", range(8))
def test_a_view_moves_boxes_with_the_picture(seed: int) -> None:
    full = np.zeros((400, 640, 3), np.uint8)
    full[200:230, 300:420] = 255
    shown, boxes = view(generator(seed), picture(full, [[300, 200, 420, 230, PLATE, 0]]))
    rows, columns = np.nonzero(shown[..., 0] > 128)
    if not len(boxes):
        assert not len(rows)
        return
    ((x1, y1, x2, y2, kind, doubt),) = boxes
    assert (kind, doubt) == (PLATE, 0)
    framed = np.array([x1, y1, x2, y2])
    seen = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
    assert (seen[:2] > framed[:2] - 3).all()
    assert (seen[2:] < framed[2:] + 3).all()
    if (framed[:2] > 0).all() and x2 < WIDTH and y2 < HEIGHT:
        np.testing.assert_allclose(seen, framed, atol=3)


@pytest.mark.parametrize("seed", range(6))
def test_a_drawn_head_fills_its_box(seed: int) -> None:
    person, box = draw_person(generator(seed))
    assert box[3] - box[1] == HEAD_PX
    x1, y1, x2, y2 = box.round().astype(int)
    assert (person[y1:y2, x1:x2, 3] > 0).mean() > 0.6
    assert not person[: y1 - 6, :, 3].any(), "nothing but sky above a head"


def test_drawn_plates_have_letters_and_several_shapes() -> None:
    plates = [draw_plate(generator(seed)) for seed in range(30)]
    assert all(plate.std() > 15 for plate in plates)
    assert len({plate.shape[1] for plate in plates}) == 4


def people_source() -> list[Picture]:
    full = np.full((300, 300, 3), 90, np.uint8)
    full[100:140, 130:160] = (200, 160, 140)
    return [picture(full, [[130, 100, 160, 140, HEAD, 0]])]


@pytest.mark.parametrize("seed", range(6))
def test_people_are_put_where_their_box_is(seed: int) -> None:
    crop = np.full((HEIGHT, WIDTH, 3), 127, np.uint8)
    ((x1, y1, x2, y2, kind, doubt),) = paste_person(
        generator(seed), crop, no_boxes(), people_source()
    )
    assert (kind, doubt) == (HEAD, 0)
    head = crop[max(int(y1), 0) : int(y2) + 1, max(int(x1), 0) : int(x2) + 1]
    assert (np.abs(head.astype(int) - 127).max(axis=2) > 2).mean() > 0.3


def test_what_somebody_stands_before_is_doubtful_or_gone() -> None:
    states = set()
    for seed in range(150):
        plate = np.array([[100.0, 60, 160, 90, PLATE, 0]])
        crop = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        boxes = paste_person(generator(seed), crop, plate, [])
        kept = boxes[boxes[:, 4] == PLATE]
        covered = (crop[60:91, 100:161].max(axis=2) > 0).mean()
        if not len(kept):
            assert covered > 0.5
        elif kept[0, 5]:
            assert 0.1 < covered < 0.7
        else:
            assert covered < 0.3
        states.add((len(kept), float(kept[0, 5]) if len(kept) else None))
    assert states == {(1, 0.0), (1, 1.0), (0, None)}


def test_a_crowd_fills_the_crop_with_heads() -> None:
    crop = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    boxes = paste_crowd(generator(5), crop, no_boxes(), people_source())
    sure = boxes[boxes[:, 5] == 0]
    assert len(sure) > 15
    assert (crop.max(axis=2) > 0).mean() > 0.5


def test_plates_do_not_meet_and_can_be_replaced() -> None:
    full = np.full((300, 500, 3), 60, np.uint8)
    full[100:130, 100:240] = 220
    source = [picture(full, [[100, 100, 240, 130, PLATE, 0]])]
    crop, boxes = np.full((HEIGHT, WIDTH, 3), 60, np.uint8), no_boxes()
    for seed in range(12):
        boxes = paste_plate(generator(seed), crop, boxes, source)
    assert len(boxes) > 1
    for number, one in enumerate(boxes):
        others = np.delete(boxes, number, axis=0)
        apart = (
            (one[2] <= others[:, 0])
            | (others[:, 2] <= one[0])
            | (one[3] <= others[:, 1])
            | (others[:, 3] <= one[1])
        )
        assert apart.all()
    before = full.copy()
    replace_plate(generator(1), full, source[0].boxes)
    assert (full[100:130, 100:240] != before[100:130, 100:240]).any()
    assert (full[:95] == before[:95]).all()


def test_the_same_seed_gives_the_same_crop_and_another_another() -> None:
    full = np.full((300, 500, 3), 60, np.uint8)
    full[100:130, 100:240] = 220
    plates = [picture(full, [[100, 100, 240, 130, PLATE, 0]])]
    source = Source(plates, people_source(), [picture(full)], [], [])
    crops = [source.sample(generator(seed)) for seed in (3, 3, 4)]
    np.testing.assert_array_equal(crops[0][0], crops[1][0])
    np.testing.assert_array_equal(crops[0][1], crops[1][1])
    assert (crops[0][0] != crops[2][0]).any()


def test_weather_and_movement_change_the_picture_not_its_size() -> None:
    crop = people_source()[0].full
    altered = [alter(generator(seed), crop) for seed in range(12)]
    assert {one.shape for one in altered} == {crop.shape}
    assert all(one.dtype == np.uint8 for one in altered)
    assert min(float(np.abs(one.astype(int) - crop).mean()) for one in altered) > 0.5
