"""Collect the finder's candidates for the verifier to learn from.

``python -m training.privacy.mine --finder FINDER.onnx --shared SHARED --work WORK``.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from gatusyn.privacy.finders import NetworkFinder
from gatusyn.privacy.load_redactor import open_session, passes_for
from gatusyn.privacy.pairs import PairsSession
from training.data import REPORT_LINES
from training.privacy import pictures, scenes
from training.privacy.candidates import Cuts, collect, resized
from training.privacy.hard import drawn_sign, dulled
from training.privacy.paste import log_uniform, paste_person
from training.privacy.pictures import HEAD, PLATE, Boxes, Image
from training.privacy.train import gather

LOG = logging.getLogger(__name__)
PLATE_CANDIDATES = pictures.LABELS.with_name("plate_candidates_by_eye.json")


def known_photos(shared: Path, fold: int | None) -> Iterator[tuple[Path, Boxes, tuple[int, ...]]]:
    """Give photos to train on, what is marked in each, and the kinds that are known there."""
    data = shared / "data"
    by_eye = pictures.heads_by_eye(data / "signs", data / "plates")
    plates = pictures.plates_by_picture(data / "plates")
    looked_through = {*by_eye.heads, *by_eye.nobody}
    folders = {
        "scenes": data / "signs" / "scenes",
        "plates": data / "plates" / "images",
        "road": data / "road" / "images",
    }
    seen: dict[Path, Boxes] = {}
    for entry in json.loads(PLATE_CANDIDATES.read_text("utf-8"))["frames"]:
        path = folders[entry["source"]] / f"{entry['frame']}.jpg"
        rows = [[*box, PLATE, 0.0] for box in entry["plate"]]
        rows += [[*box, PLATE, 1.0] for box in entry["unsure"]]
        seen[path] = np.array(rows, float).reshape(-1, 6)
    photos = {*seen, *plates, *looked_through, *sorted(folders["plates"].glob("*.jpg"))}
    photos |= set(folders["scenes"].glob("*.jpg"))
    for path in sorted(photos):
        if pictures.held_out(path.stem, fold) or path.stem.startswith(REPORT_LINES):
            continue
        boxes = [part.get(path, pictures.no_boxes()) for part in (by_eye.heads, plates, seen)]
        kinds = (0, 1) if path in looked_through else (1,)
        yield path, np.vstack(boxes), kinds


def sign_picture(random: np.random.Generator, usual: scenes.Source) -> Image:
    """Return a picture that is little more than a traffic sign, real or drawn."""
    if random.random() < 0.5:
        return drawn_sign(random, usual)
    sign = usual.signs[int(random.integers(len(usual.signs)))]
    scale = log_uniform(random, 0.6, 2.5)
    picture, _ = resized(sign, pictures.no_boxes(), scale, mirrored=random.random() < 0.5)
    return dulled(random, picture)


def mine(
    finder: NetworkFinder, shared: Path, work: Path, *, fold: int | None, rounds: int, crops: int
) -> Cuts:
    """Return the candidates of photos as they are and altered, of pasted crops, and of signs."""
    random = np.random.default_rng(11)
    cuts, began = Cuts(), time.monotonic()
    for path, boxes, kinds in known_photos(shared, fold):
        image = pictures.read(path)
        collect(cuts, finder, image, boxes, kinds=kinds, random=random)
        for _ in range(rounds):
            scale, mirrored = log_uniform(random, 0.5, 1.3), random.random() < 0.5
            other, moved = resized(image, boxes, scale, mirrored=mirrored)
            collect(cuts, finder, scenes.alter(random, other), moved, kinds=kinds, random=random)
    LOG.info("%5.0f s, photos: %s", time.monotonic() - began, said(cuts))
    cuts.from_photos = False
    usual = gather(shared, [], fold=fold, notes=work / "doubtful.json")
    usual.signs[:] = pictures.sign_cuts(shared / "data" / "signs", fold=fold)
    for _ in range(crops):
        image, boxes = usual.sample(random)
        collect(cuts, finder, image, boxes, random=random)
    LOG.info("%5.0f s, and crops: %s", time.monotonic() - began, said(cuts))
    cuts.of_signs = True
    for _ in range(crops):
        image, boxes = sign_picture(random, usual), pictures.no_boxes()
        if min(image.shape[:2]) > 60 and random.random() < 0.2:
            boxes = paste_person(random, image, boxes, usual.people)
        collect(cuts, finder, scenes.alter(random, image), boxes, kinds=(0, 1), random=random)
    LOG.info("%5.0f s, and signs: %s", time.monotonic() - began, said(cuts))
    return cuts


def said(cuts: Cuts) -> str:
    """Say how many of each there are."""
    wanted = np.array(cuts.wanted, np.int64)
    of_kind = {"heads": HEAD, "plates": PLATE}
    which = {name: np.array(cuts.kinds) == kind for name, kind in of_kind.items()}
    return ", ".join(f"{name} {wanted[one].sum()} of {one.sum()}" for name, one in which.items())


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--finder", type=Path, required=True, help="exported, of the same fold")
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="gets NAME.npz")
    parser.add_argument("--name", default="candidates")
    parser.add_argument("--fold", type=int, choices=range(pictures.FOLDS), help="held out")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--crops", type=int, default=3000)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    cv2.setNumThreads(1)
    arguments.work.mkdir(parents=True, exist_ok=True)
    session = PairsSession(session=open_session(arguments.finder.read_bytes(), threads=1))
    finder = NetworkFinder(session=session, model="finder", passes=passes_for(None))
    cuts = mine(
        finder,
        arguments.shared,
        arguments.work,
        fold=arguments.fold,
        rounds=arguments.rounds,
        crops=arguments.crops,
    )
    np.savez(
        arguments.work / f"{arguments.name}.npz",
        views=np.stack(cuts.views),
        kinds=np.array(cuts.kinds, np.uint8),
        wanted=np.array(cuts.wanted, np.uint8),
        sure=np.array(cuts.sure, np.float32),
        is_photo=np.array(cuts.is_photo, np.uint8),
        is_sign=np.array(cuts.is_sign, np.uint8),
    )


if __name__ == "__main__":
    main()
