"""Put heads into crops of photos; count how many are hidden without and with the sign teller.

``python -m training.privacy.put_in --finder F --verifier V --sign-teller T --shared SHARED``, and
``--fold 0`` for networks of a fold, into photos that they never saw. Half of the crops show people
in coats of colours that signs have; all are altered by chance: night, rain, movement, JPEG.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from gatusyn.capture import RawFrame
from gatusyn.evaluate import evaluate_privacy
from gatusyn.evaluate.read_people import TrueBox
from gatusyn.model import CameraParams, RegionKind
from gatusyn.privacy import Redactor
from training.privacy import before_after, pictures, scenes
from training.privacy.paste import paste_crowd, paste_person
from training.privacy.pictures import HEAD, Boxes, Image, Picture

LOG = logging.getLogger(__name__)
_CROWDS = 0.05
_MOST_PEOPLE = 4


@dataclass(frozen=True, slots=True)
class Crop:
    """A crop of a photo, RGB, and the boxes of the heads that were put into it."""

    image: Image
    heads: Boxes


def crop_with_heads(
    random: np.random.Generator, photo: Picture, people: Sequence[Picture], *, vivid: bool
) -> Crop:
    """Put one to four people, or a crowd now and then, into a part of a photo.

    Parameters
    ----------
    people
        Pictures of which people are cut out, beside drawn ones.
    vivid
        All are drawn, in coats of colours that signs have.
    """
    image, boxes = scenes.view(random, photo)
    # What the photo itself shows is not counted.
    boxes[:, 5] = 1.0
    if random.random() < _CROWDS:
        boxes = paste_crowd(random, image, boxes, people, vivid=vivid)
    else:
        for _ in range(int(random.integers(1, _MOST_PEOPLE + 1))):
            boxes = paste_person(random, image, boxes, people, vivid=vivid)
    heads = boxes[(boxes[:, 4] == HEAD) & (boxes[:, 5] == 0)]
    middles = (heads[:, 0:2] + heads[:, 2:4]) / 2
    inside = ((middles >= 0) & (middles < image.shape[1::-1])).all(axis=1)
    return Crop(scenes.alter(random, image), heads[inside])


def crops_of(shared: Path, *, fold: int | None, count: int, seed: int) -> list[Crop]:
    """Return crops of photos of a fold, or of all if it is None; every other one is vivid."""
    random = np.random.default_rng(seed)
    signs, plates = shared / "data" / "signs", shared / "data" / "plates"
    heads, boxes = pictures.heads_by_eye(signs, plates).heads, pictures.plates_by_picture(plates)

    def read(path: Path) -> Picture:
        return pictures.picture(pictures.read(path), [*heads.get(path, ()), *boxes.get(path, ())])

    paths = list(before_after.photos_of(shared, fold).values())
    marked = (read(path) for path in paths if path in heads)
    people = [one for one in marked if len(one.of(HEAD))]
    return [
        crop_with_heads(
            random, read(paths[int(random.integers(len(paths)))]), people, vivid=number % 2 == 1
        )
        for number in range(count)
    ]


def hidden(redactor: Redactor, crops: Sequence[Crop]) -> list[tuple[bool, float]]:
    """Say of each head that was put in whether it is hidden, and how high it is in pixels."""
    by_name = {f"{number:06}": crop for number, crop in enumerate(crops)}
    truth = {
        name: tuple(
            TrueBox(kind=RegionKind.FACE, box=(head[0], head[1], head[2], head[3]))
            for head in crop.heads.tolist()
        )
        for name, crop in by_name.items()
    }
    done = evaluate_privacy(
        {name: Path(name) for name in by_name},
        [truth],
        redactor,
        horizontal_fov_deg=CameraParams().horizontal_fov_deg,
        read=lambda name, _: RawFrame(frame_id=name, time_s=0.0, image=by_name[name].image),
    )
    assert not done.rejected, done.rejected
    return [(hit.hidden, hit.truth.height_px) for hit in done.hits]


def compared(redactors: Mapping[str, Redactor], crops: Sequence[Crop]) -> list[str]:
    """Say how many heads each redactor hides, and which the first hides and another does not."""
    told, first = [], None
    for name, redactor in redactors.items():
        now = hidden(redactor, crops)
        line = f"{name}: {sum(is_hidden for is_hidden, _ in now)} of {len(now)} hidden"
        if first is not None:
            lost = [high for (was, high), (still, _) in zip(first, now, strict=True) if was > still]
            more = sum(still > was for (was, _), (still, _) in zip(first, now, strict=True))
            heights = f" ({', '.join(f'{high:.0f} px' for high in lost)})" if lost else ""
            line += f"; {len(lost)} lost{heights}, {more} more"
        first = first or now
        told.append(line)
    return told


def main() -> None:
    """Run the command."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = before_after.arguments_for(__doc__)
    parser.add_argument("--crops", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.sign_teller is None:
        parser.error("--sign-teller: whose heads are to be counted")
    cv2.setNumThreads(1)
    crops = crops_of(given.shared, fold=given.fold, count=given.crops, seed=given.seed)
    # The last two differ by the sign teller only.
    *_, without, with_teller = before_after.redactors(given).items()
    for line in compared(dict([without, with_teller]), crops):
        LOG.info("seed %d, %d crops, %s", given.seed, given.crops, line)


if __name__ == "__main__":
    main()
