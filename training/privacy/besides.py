"""Say what is made of what is hidden away from marked plates, by what was looked at by eye.

``python -m training.privacy.besides --shared SHARED``: the photos of ``data/plates``, with what
ships. An outside scorer counts all of it as hidden for nothing, real plates among it.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gatusyn.capture import RawFrame
from gatusyn.evaluate import Truth, read_plates
from gatusyn.evaluate.privacy import near_boxes
from gatusyn.model import PrivacyParams, RedactedRegion, RegionKind
from gatusyn.privacy import load_redactor
from training.privacy.pictures import LABELS, PLATES_BY_EYE, read

LOG = logging.getLogger(__name__)
_CANDIDATES = LABELS.with_name("plate_candidates_by_eye.json")
_SAME = 0.3
#: In this order a pixel that lies in several regions is counted once.
PARTS = (
    "around plates that are marked",
    "plates that are not marked, surely",
    "plates, unsure",
    "heads by eye",
    "taken for plates, none by eye",
    "taken for plates, not looked at",
    "taken for heads, none by eye",
    "taken for heads, not looked at",
)
Box = Sequence[float]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was marked in one photo: boxes by what they are, and whether heads were looked for."""

    marked: Sequence[Box]
    plates: Sequence[Box]
    unsure: Sequence[Box]
    none: Sequence[Box]
    heads: Sequence[Box]
    heads_looked_for: bool

    def part(self, region: RedactedRegion) -> str:
        """Return what a region is."""
        is_plate = region.kind is RegionKind.PLATE
        box = (region.x1, region.y1, region.x2, region.y2)
        names = dict(zip(PARTS, (self.marked, self.plates, self.unsure), strict=False))
        names = names | {PARTS[4]: self.none} if is_plate else {PARTS[3]: self.heads}
        for name, boxes in names.items():
            if any(_overlap(box, other) > _SAME for other in boxes):
                return name
        if is_plate:
            return PARTS[5]
        return PARTS[6] if self.heads_looked_for else PARTS[7]


def _overlap(box: Box, other: Box) -> float:
    """Return the share of the smaller of two boxes that lies in the other."""
    wide = min(box[2], other[2]) - max(box[0], other[0])
    high = min(box[3], other[3]) - max(box[1], other[1])
    areas = [(one[2] - one[0]) * (one[3] - one[1]) for one in (box, other)]
    return max(wide, 0.0) * max(high, 0.0) / max(min(areas), 1e-9)


def seen_by_photo(truth: Truth) -> Mapping[str, Seen]:
    """Return what the labels say of each photo of the plate set."""
    eye, found, heads = (
        json.loads(path.read_text("utf-8")) for path in (PLATES_BY_EYE, _CANDIDATES, LABELS)
    )
    boxes: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for frame in eye["frames"]:
        for plate in frame["plates"]:
            boxes[frame["frame"]]["unsure" if plate["unsure"] else "plate"].append(plate["box"])
    for frame in found["frames"]:
        if frame["source"] == "plates":
            for name in ("plate", "unsure", "none"):
                boxes[frame["frame"]][name] += frame[name]
    looked = {entry["frame"] for entry in heads["frames"] + heads["no_people"]}
    for frame in heads["frames"]:
        boxes[frame["frame"]]["head"] += [face["box"] for face in frame["faces"]]
    return {
        name: Seen(
            marked=[box.box for box in marked],
            plates=boxes[name]["plate"],
            unsure=boxes[name]["unsure"],
            none=boxes[name]["none"],
            heads=boxes[name]["head"],
            heads_looked_for=name in looked,
        )
        for name, marked in truth.items()
    }


def main() -> None:
    """Run the command."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--horizon", type=float, help="as of a city's camera; else everywhere")
    arguments = parser.parse_args()
    folder = arguments.shared / "data" / "plates"
    redactor = load_redactor(PrivacyParams(), horizon_share=arguments.horizon, threads=1)
    regions: Counter[str] = Counter()
    pixels: Counter[str] = Counter()
    truth = read_plates(folder / "boxes.csv")
    for name, seen in seen_by_photo(truth).items():
        image = read(folder / "images" / f"{name}.jpg")
        left = ~near_boxes(truth[name], *image.shape[:2])
        pixels["all"] += left.size
        found = redactor.find(RawFrame(frame_id=name, time_s=0.0, image=image))
        named = sorted(((seen.part(one), one) for one in found), key=lambda it: PARTS.index(it[0]))
        for part, one in named:
            place = left[one.y1 : one.y2, one.x1 : one.x2]
            regions[part] += 1
            pixels[part] += int(np.count_nonzero(place))
            place[:] = False
    for part in PARTS:
        LOG.info("| %s | %d | %.3f %% |", part, regions[part], 100 * pixels[part] / pixels["all"])
    total = sum(pixels[part] for part in PARTS)
    LOG.info("| all | %d | %.3f %% |", sum(regions.values()), 100 * total / pixels["all"])


if __name__ == "__main__":
    main()
