"""Heads that are put into crops are counted, and those that are lost are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from training.privacy.drawn import draw_person
from training.privacy.pictures import HEAD, Picture, picture
from training.privacy.put_in import Crop, compared, crop_with_heads, hidden

from gatusyn.model import Image, PrivacyParams, RegionKind
from gatusyn.privacy import Redactor
from gatusyn.privacy.boxes import no_candidates
from gatusyn.privacy.finders import Found, Thresholds

STREET = np.random.default_rng(1).integers(0, 256, (400, 640, 3), np.uint8)


@dataclass
class Knowing:
    """Finds the heads that a test lets it find."""

    finds: Callable[[Image], list[list[float]]]
    version: str = "knowing"

    def find(self, image: Image, *, thresholds: Thresholds) -> Found:
        heads = np.array([[*box, 0.9] for box in self.finds(image)]).reshape(-1, 5)
        return {RegionKind.FACE: heads, RegionKind.PLATE: no_candidates()}


def knowing(*boxes: list[float]) -> Redactor:
    return Redactor(finder=Knowing(finds=lambda image: [*boxes]), params=PrivacyParams())


def street(*marked: list[float]) -> Picture:
    return picture(STREET, marked)


@pytest.mark.parametrize("vivid", [False, True])
def test_a_seed_puts_the_same_heads_into_the_same_crop(vivid: bool) -> None:
    first, again, other = (
        crop_with_heads(np.random.default_rng(seed), street(), [], vivid=vivid)
        for seed in (3, 3, 4)
    )
    assert (first.image == again.image).all()
    assert (first.heads == again.heads).all()
    assert (first.image != other.image).any()


def test_only_what_was_put_in_is_counted_and_lies_in_the_crop() -> None:
    photo = street([300, 180, 330, 220, HEAD, 0])
    counts = []
    for seed in range(20):
        crop = crop_with_heads(np.random.default_rng(seed), photo, [], vivid=seed % 2 == 1)
        middles = (crop.heads[:, 0:2] + crop.heads[:, 2:4]) / 2
        assert (middles >= 0).all()
        assert (middles < crop.image.shape[1::-1]).all()
        counts.append(len(crop.heads))
    assert max(counts) >= 2
    assert min(counts) <= 1, "the photo's own head is not counted"


def test_people_in_vivid_coats_are_drawn_in_the_colours_of_signs() -> None:
    most = []
    for vivid in (False, True):
        people = [
            draw_person(np.random.default_rng(seed), vivid=vivid)[0].astype(int)
            for seed in range(30)
        ]
        drawn = [person[person[..., 3] == 255][:, :3] for person in people]
        most.append(np.mean([np.percentile(np.ptp(one, axis=1), 75) for one in drawn]))
    assert most[1] > 2 * most[0]


def test_lost_heads_are_told_with_their_heights() -> None:
    near, far = [40.0, 40, 70, 80, HEAD, 0], [150.0, 60, 158, 70, HEAD, 0]
    crops = [Crop(STREET[:176, :288], np.array([near, far]))]
    assert hidden(knowing(near[:4]), crops) == [(True, 40.0), (False, 10.0)]
    lines = compared(
        {"without": knowing(near[:4], far[:4]), "less": knowing(near[:4]), "none": knowing()},
        crops,
    )
    assert lines == [
        "without: 2 of 2 hidden",
        "less: 1 of 2 hidden; 1 lost (10 px), 0 more",
        "none: 0 of 2 hidden; 2 lost (40 px, 10 px), 0 more",
    ]
    (_, line) = compared({"without": knowing(), "with": knowing(near[:4])}, crops)
    assert line == "with: 1 of 2 hidden; 0 lost, 1 more"
