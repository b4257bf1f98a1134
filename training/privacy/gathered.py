"""Gathers what crops are drawn from: photos with what is marked in them, and what may be one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from gatusyn.capture import RawFrame
from gatusyn.model import PrivacyParams, RegionKind
from gatusyn.privacy import load_redactor
from training.data import REPORT_LINES
from training.privacy import pictures, scenes

_ROADS = 150
_DOUBTFUL = PrivacyParams(face_confidence=0.12, plate_confidence=0.3)
"""Whatever may be a head or a plate in photos that nobody looked through is not asked for."""


def doubtful(paths: Iterable[Path], notes: Path) -> dict[str, list[list[float]]]:
    """Return what may be heads and plates in photos, kept in a file for the next run."""
    known: dict[str, list[list[float]]] = json.loads(notes.read_text()) if notes.exists() else {}
    missing = [path for path in paths if path.stem not in known]
    if missing:
        redactor = load_redactor(_DOUBTFUL, horizon_share=None)
        for path in missing:
            frame = RawFrame(frame_id=path.stem, time_s=0.0, image=pictures.read(path))
            known[path.stem] = [
                [float(side) for side in (region.x1, region.y1, region.x2, region.y2)]
                + [pictures.HEAD if region.kind is RegionKind.FACE else pictures.PLATE, 1.0]
                for region in redactor.find(frame)
            ]
        notes.write_text(json.dumps(known), encoding="utf-8")
    return known


def gather(shared: Path, caches: list[Path], *, fold: int | None, notes: Path) -> scenes.Source:
    """Return what to train on, without a fold and without the lines kept for reporting damage.

    Of the street scenes only those are taken in which people were looked for by eye.
    """
    data, random = shared / "data", np.random.default_rng(1)
    by_eye = pictures.heads_by_eye(data / "signs", data / "plates")
    plates = pictures.plates_by_picture(data / "plates")
    looked_through = {*by_eye.heads, *by_eye.nobody}
    drives = sorted((data / "plates" / "images").glob("*.jpg"))
    roads = [
        path
        for path in sorted((data / "road" / "images").glob("*.jpg"))
        if not path.stem.startswith(REPORT_LINES)
    ]
    roads = sorted(roads[i] for i in random.permutation(len(roads))[:_ROADS])
    photos = [*dict.fromkeys([*drives, *sorted(looked_through)]), *roads]
    doubts = doubtful(photos, notes)
    source = scenes.Source([], [], [], [], [], pictures.sign_cuts(data / "signs"))
    for path in photos:
        if pictures.held_out(path.stem, fold):
            continue
        known = {pictures.HEAD: path in looked_through, pictures.PLATE: path in drives}
        boxes = [*by_eye.heads.get(path, []), *plates.get(path, [])]
        boxes += [box for box in doubts[path.stem] if not known[box[4]]]
        one = pictures.picture(pictures.read(path), boxes)
        has_plate, has_head = (len(one.of(kind)) > 0 for kind in (pictures.PLATE, pictures.HEAD))
        if has_plate:
            source.plates.append(one)
        if has_head:
            source.people.append(one)
        if not has_plate and not has_head:
            (source.roads if path in roads else source.streets).append(one)
    for cache in caches:
        source.holes.extend(pictures.hole_pictures(cache, limit=200, seed=1))
    return source
