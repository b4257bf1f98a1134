"""Make probabilities of a network's output, and measure how often it is right, for its model file.

``PYTHONPATH=src:. python -m training.calibrate --model src/gatusyn/detect/weights/damage.toml
--road ROAD --eye EYE/a`` looks at the frames of the validation lines alone and writes the tables
``[calibration.CLASS]`` and ``[rates.CLASS]`` of that file anew. It needs no PyTorch.

What is calibrated is what is reported: the mean of the output in each region that is called.
Platt's scaling of it is fitted to the share of the region that lies in damaged cells, each region
counting once. The scaling keeps the order, so no outline and no threshold moves. The calibration
error after it is measured on each line with a scaling that was fitted on the others; a scaling that
does not lower it there is not written. Another threshold makes other regions: run this again after
changing one.

The published masks mark no patches. ``EYE/a`` holds masks of labels by eye (``gatusyn evaluate
labels training/labels/by_eye.json MASKS --out EYE``): where they show patches, how often the model
is right about these is measured on those of the validation lines, and there is no scaling.
"""

from __future__ import annotations

import argparse
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gatusyn.detect import Calibration, OnnxDetector, load_detector
from gatusyn.evaluate import (
    CellScore,
    ModelCaller,
    Scored,
    fit_calibration,
    photos_in,
    read_frames,
    regions_of,
    reliability,
    score,
    truth_in,
)
from gatusyn.model import DetectParams, PixelClass
from training.data import VALIDATION_LINES, road_rows

LOG = logging.getLogger(__name__)
#: With fewer called regions a class is left as it is.
MIN_REGIONS = 20


@dataclass(frozen=True)
class Fitted:
    """What was found for one class.

    Parameters
    ----------
    before, after
        Expected calibration error of the plain output, and of lines left out of the fit.
    """

    calibration: Calibration
    before: float
    after: float
    score: CellScore

    @property
    def helps(self) -> bool:
        """Whether lines that were left out of the fit came out better calibrated."""
        return self.after < self.before


def fit(
    frames: Sequence[Scored], lines: Sequence[str], damage: PixelClass, threshold: float
) -> Fitted | None:
    """Fit one class, or return None if there are too few regions to go by.

    Parameters
    ----------
    frames
        Of the validation lines, as a model without calibration sees them.
    lines
        The line of each frame.
    damage
        The class.
    threshold
        At which precision and recall are measured.

    Returns
    -------
    Fitted or None
        Frames without marks of the class take no part.
    """
    said, true = regions_of(frames, damage)
    if said.size < MIN_REGIONS:
        return None
    held, held_true = [], []
    for line in sorted(set(lines)):
        own = [frame for frame, other in zip(frames, lines, strict=True) if other == line]
        rest = [frame for frame, other in zip(frames, lines, strict=True) if other != line]
        own_said, own_true = regions_of(own, damage)
        held.append(fit_calibration(*regions_of(rest, damage)).probability(own_said))
        held_true.append(own_true)
    return Fitted(
        calibration=fit_calibration(said, true),
        before=reliability(said, true).error,
        after=reliability(np.concatenate(held), np.concatenate(held_true)).error,
        score=score([frame.cells for frame in frames], damage, threshold),
    )


def without_tables(text: str) -> str:
    """Return a model file's text without the tables of calibration and rates."""
    return re.sub(r"(?ms)^\[(?:calibration|rates)\b[^\n]*\n.*?(?=^\[|\Z)", "", text).rstrip() + "\n"


def rewritten(
    text: str, fitted: Mapping[PixelClass, Fitted], by_eye: Mapping[PixelClass, CellScore]
) -> str:
    """Return a model file's text with the tables of calibration and rates replaced.

    Parameters
    ----------
    text
        The file as it is.
    fitted
        What was found, by class.
    by_eye
        Scores of classes that only labels by eye show.

    Returns
    -------
    str
        Everything else is left as it is.
    """
    tables = [
        f"[calibration.{name}]\na = {one.calibration.a:.4f}\nb = {one.calibration.b:.4f}"
        for name, one in fitted.items()
        if one.helps
    ]
    scores = {name: one.score for name, one in fitted.items()} | dict(by_eye)
    tables += [
        f"[rates.{name}]\nprecision = {one.precision:.3f}\nrecall = {one.recall:.3f}"
        for name, one in scores.items()
    ]
    return "\n\n".join([without_tables(text).rstrip(), *tables]) + "\n"


def patches_by_eye(detector: OnnxDetector, road: Path, eye: Path, names: set[str]) -> CellScore:
    """Score patches on frames that were marked by eye; all of these count.

    Parameters
    ----------
    detector
        The model.
    road
        Folder with ``images``.
    eye
        Masks drawn of the labels.
    names
        Frames that may be looked at; those that nobody marked are left out.
    """
    truth = truth_in(eye, ".png")
    reading = read_frames(
        photos_in(road / "images"),
        truth,
        ModelCaller(detector),
        names=tuple(sorted(names & set(truth))),
    )
    patch = PixelClass.PATCH
    cells = [frame.cells for frame in reading.accepted]
    return score(cells, patch, detector.thresholds[patch], complete=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="the model file to write to")
    parser.add_argument("--road", type=Path, required=True)
    parser.add_argument("--eye", type=Path, help="masks of labels by eye, for patches")
    options = parser.parse_args(arguments)
    options.model.write_text(without_tables(options.model.read_text("utf-8")), "utf-8")
    detector = load_detector(DetectParams(model=str(options.model)))
    line_of = {
        row["frame"]: row["survey_line"]
        for row in road_rows(options.road)
        if row["survey_line"] in VALIDATION_LINES
    }
    reading = read_frames(
        photos_in(options.road / "images"),
        truth_in(options.road / "masks", ".png"),
        ModelCaller(detector),
        names=tuple(line_of),
    )
    for one in reading.rejected:
        LOG.info("%s", one.detail)
    lines = [line_of[one.cells.name] for one in reading.accepted]
    fitted = {}
    for damage in detector.model.finds:
        found = fit(reading.accepted, lines, damage, detector.thresholds[damage])
        if found is None:
            LOG.info("%s: too few regions, left as it is", damage)
            continue
        fitted[damage] = found
        LOG.info(
            "%s: a %.3f b %.3f, calibration error %.3f before, %.3f on lines left out",
            *(damage, found.calibration.a, found.calibration.b, found.before, found.after),
        )
    by_eye = {}
    if options.eye is not None and PixelClass.PATCH in detector.model.finds:
        by_eye[PixelClass.PATCH] = patches_by_eye(detector, options.road, options.eye, set(line_of))
    text = rewritten(options.model.read_text("utf-8"), fitted, by_eye)
    options.model.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
