"""Collect the finder's candidates for the verifier and the sign teller to learn from.

``python -m training.privacy.mine --finder FINDER.onnx --shared SHARED --work WORK``: photos as they
are and altered, crops with things put in, and pictures of signs, each in a file of its own. What is
there already is not collected again, so a run that was stopped goes on with the next file.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator

from gatusyn.privacy.finders import NetworkFinder
from gatusyn.privacy.load_redactor import open_session, passes_for
from gatusyn.privacy.pairs import PairsSession
from training.data import REPORT_LINES
from training.privacy import pictures, scenes
from training.privacy.candidates import Cuts, collect, pack, resized
from training.privacy.gathered import gather
from training.privacy.hard import drawn_sign, dulled
from training.privacy.paste import log_uniform, paste_person
from training.privacy.pictures import HEAD, PLATE, Boxes, Image

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


def sign_picture(random: Generator, usual: scenes.Source) -> Image:
    """Return a picture that is little more than a traffic sign, real or drawn."""
    if random.random() < 0.5:
        return drawn_sign(random, usual)
    sign = usual.signs[int(random.integers(len(usual.signs)))]
    scale = log_uniform(random, 0.6, 2.5)
    picture, _ = resized(sign, pictures.no_boxes(), scale, mirrored=random.random() < 0.5)
    return dulled(random, picture)


def of_photos(
    finder: NetworkFinder, shared: Path, *, fold: int | None, rounds: int, random: Generator
) -> Cuts:
    """Return the candidates of photos as they are, and so many times altered."""
    cuts = Cuts()
    for path, boxes, kinds in known_photos(shared, fold):
        image = pictures.read(path)
        collect(cuts, finder, image, boxes, kinds=kinds, random=random)
        for _ in range(rounds):
            scale, mirrored = log_uniform(random, 0.5, 1.3), random.random() < 0.5
            other, moved = resized(image, boxes, scale, mirrored=mirrored)
            collect(cuts, finder, scenes.alter(random, other), moved, kinds=kinds, random=random)
    return cuts


def of_crops(finder: NetworkFinder, usual: scenes.Source, *, count: int, random: Generator) -> Cuts:
    """Return the candidates of crops as the finder learns from, with things put in."""
    cuts = Cuts(from_photos=False)
    for _ in range(count):
        image, boxes = usual.sample(random)
        collect(cuts, finder, image, boxes, random=random)
    return cuts


def of_signs(finder: NetworkFinder, usual: scenes.Source, *, count: int, random: Generator) -> Cuts:
    """Return the candidates of pictures of signs; before a few of them somebody stands.

    Half of these are in a coat of a colour that signs have.
    """
    cuts = Cuts(from_photos=False, of_signs=True)
    for _ in range(count):
        image, boxes = sign_picture(random, usual), pictures.no_boxes()
        if min(image.shape[:2]) > 60 and random.random() < 0.2:
            vivid = random.random() < 0.5
            boxes = paste_person(random, image, boxes, usual.people, vivid=vivid)
        collect(cuts, finder, scenes.alter(random, image), boxes, kinds=(0, 1), random=random)
    return cuts


def said(cuts: Cuts) -> str:
    """Say how many of each there are."""
    wanted = np.array(cuts.wanted, np.int64)
    of_kind = {"heads": HEAD, "plates": PLATE}
    which = {name: np.array(cuts.kinds) == kind for name, kind in of_kind.items()}
    return ", ".join(f"{name} {wanted[one].sum()} of {one.sum()}" for name, one in which.items())


def main() -> None:
    """Run the command."""
    given = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    cv2.setNumThreads(1)
    given.work.mkdir(parents=True, exist_ok=True)
    session = PairsSession(session=open_session(given.finder.read_bytes(), threads=1))
    finder = NetworkFinder(session=session, model="finder", passes=passes_for(None))

    @cache
    def usual() -> scenes.Source:
        source = gather(given.shared, [], fold=given.fold, notes=given.work / "doubtful.json")
        source.signs[:] = pictures.sign_cuts(given.shared / "data" / "signs", fold=given.fold)
        return source

    def photos(random: Generator) -> Cuts:
        fold, rounds = given.fold, given.rounds
        return of_photos(finder, given.shared, fold=fold, rounds=rounds, random=random)

    parts: dict[str, Callable[[Generator], Cuts]] = {
        "photos": photos,
        "crops": lambda random: of_crops(finder, usual(), count=given.crops, random=random),
        "signs": lambda random: of_signs(finder, usual(), count=given.signs, random=random),
    }
    for number, (name, collected) in enumerate(parts.items()):
        path, began = given.work / f"{given.name}-{name}.npz", time.monotonic()
        if path.exists():
            LOG.info("%s is there", path.name)
            continue
        cuts = collected(np.random.default_rng([given.seed, number]))
        pack(cuts, path)
        LOG.info("%5.0f s, %s: %s", time.monotonic() - began, path.name, said(cuts))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--finder", type=Path, required=True, help="exported, of the same fold")
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="gets NAME-photos.npz and so on")
    parser.add_argument("--name", default="candidates")
    parser.add_argument("--fold", type=int, choices=range(pictures.FOLDS), help="held out")
    parser.add_argument("--rounds", type=int, default=2, help="how often photos are altered")
    parser.add_argument("--crops", type=int, default=1500)
    parser.add_argument("--signs", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=11)
    return parser.parse_args()


if __name__ == "__main__":
    main()
