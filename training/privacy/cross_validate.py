"""Score the finder of each fold on the third that it never saw, over thresholds.

``python -m training.privacy.cross_validate --shared SHARED --work WORK --horizon 0.33``: ``WORK``
holds ``fold-0.pt`` to ``fold-2.pt``. The last lines take, for each fold, the lowest threshold that
hides no more than ``--besides`` on the two other folds: nothing was chosen on what it is scored on.
"""

from __future__ import annotations

import argparse
import json
import logging
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gatusyn.evaluate import Truth, evaluate_privacy, read_faces, read_plates
from gatusyn.model import CameraParams, Image, PrivacyParams, RegionKind
from gatusyn.privacy import Redactor
from gatusyn.privacy.boxes import Candidates
from gatusyn.privacy.finders import KINDS, Found, NetworkFinder, Thresholds
from gatusyn.privacy.load_redactor import open_session, passes_for
from gatusyn.privacy.pairs import PairsSession
from gatusyn.privacy.second_look import CheckedFinder
from training.privacy.export import load_network, write_onnx
from training.privacy.folds import THRESHOLDS, Scored, Sweep, chosen, line, together
from training.privacy.pictures import FOLDS, LABELS, held_out
from training.privacy.pixels import take_pixels

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembering(NetworkFinder):
    """Looks at each picture once, at the lowest threshold."""

    known: dict[bytes, Found] = field(default_factory=dict)

    def find(self, image: Image, *, thresholds: Thresholds) -> Found:
        """Return what the first look found, at or above the thresholds."""
        key = image[::16, ::16].tobytes()
        if key not in self.known:
            lowest = dict.fromkeys(KINDS, THRESHOLDS[0])
            self.known[key] = NetworkFinder.find(self, image, thresholds=lowest)
        return {kind: _above(boxes, thresholds[kind]) for kind, boxes in self.known[key].items()}


def _above(boxes: Candidates, threshold: float) -> Candidates:
    kept: Candidates = boxes[boxes[:, 4] >= threshold]
    return kept


def sweep(
    redactor: Redactor, kind: RegionKind, photos: Mapping[str, Path], truth: Truth
) -> dict[float, Scored]:
    """Score one kind on photos at each threshold; the other kind is not looked for."""
    result = {}
    for threshold in THRESHOLDS:
        names = {"face_confidence": 1.0, "plate_confidence": 1.0}
        names["face_confidence" if kind is RegionKind.FACE else "plate_confidence"] = threshold
        done = evaluate_privacy(
            dict(photos),
            [truth],
            Redactor(finder=redactor.finder, params=PrivacyParams(**names)),
            horizontal_fov_deg=CameraParams().horizontal_fov_deg,
        )
        parts = done.parts(kind)
        recalls = {**parts["all"], **parts["height_px"]}
        result[threshold] = Scored(recalls, done.besides[kind], done.accepted)
    return result


def finder_of(checkpoint: Path, folder: Path, horizon: float | None) -> CheckedFinder:
    """Return a fold's finder, as the package runs it in float32."""
    path = folder / f"{checkpoint.stem}.onnx"
    write_onnx(load_network(checkpoint), path)
    take_pixels(path)
    session = PairsSession(session=open_session(path.read_bytes(), threads=0))
    return CheckedFinder(
        finder=Remembering(session=session, model=checkpoint.stem, passes=passes_for(horizon))
    )


def main() -> None:
    """Run the command."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="holds the folds' checkpoints")
    parser.add_argument("--horizon", type=float, help="as of a city's camera; else everywhere")
    parser.add_argument("--besides", type=float, default=0.003, help="of all pixels, each kind")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    data = arguments.shared / "data"
    folders = data / "plates" / "images", data / "signs" / "scenes"
    paths = {path.stem: path for folder in folders for path in sorted(folder.glob("*.jpg"))}
    drives = {name for name, path in paths.items() if path.parent == folders[0]}
    truths = {
        RegionKind.FACE: read_faces(LABELS),
        RegionKind.PLATE: read_plates(data / "plates" / "boxes.csv"),
    }
    named = {RegionKind.FACE: set(truths[RegionKind.FACE]), RegionKind.PLATE: drives}
    sweeps: dict[RegionKind, list[Sweep]] = {kind: [] for kind in KINDS}
    with tempfile.TemporaryDirectory() as folder:
        for fold in range(FOLDS):
            checkpoint = arguments.work / f"fold-{fold}.pt"
            finder = finder_of(checkpoint, Path(folder), arguments.horizon)
            redactor = Redactor(finder=finder, params=PrivacyParams())
            for kind in KINDS:
                photos = {n: paths[n] for n in named[kind] if held_out(n, fold) and n in paths}
                sweeps[kind].append(sweep(redactor, kind, photos, truths[kind]))
    figures = {}
    for kind in KINDS:
        LOG.info("\n%ss, all folds\n\n| threshold | hidden | 95 %% | besides |", kind.value)
        for threshold in THRESHOLDS:
            LOG.info(line(f"{threshold:g}", together(one[threshold] for one in sweeps[kind])))
        fair = []
        for fold, own in enumerate(sweeps[kind]):
            others = [one for number, one in enumerate(sweeps[kind]) if number != fold]
            threshold = chosen(others, besides=arguments.besides)
            LOG.info(line(f"fold {fold} at {threshold:g}", own[threshold]))
            fair.append(own[threshold])
        LOG.info(line("chosen on the others", together(fair)))
        one = together(fair)
        figures[kind.value] = {
            "besides": one.besides,
            "hidden": {name: [r.hidden, r.boxes] for name, r in one.recalls.items()},
        }
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
