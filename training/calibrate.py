"""Make probabilities of a network's output, and measure how often it is right, for its model file.

``PYTHONPATH=src:. python -m training.calibrate --model src/gatusyn/detect/weights/damage.toml
--road ROAD`` looks at the frames of the validation lines alone and writes the tables
``[calibration.CLASS]`` and ``[rates.CLASS]`` of that file anew. It needs no PyTorch.

A cell's level is the highest threshold at which the cell is called (`gatusyn.evaluate`); Platt's
scaling of it is fitted to whether the cell is damaged. The scaling keeps the order, so no outline
and no threshold moves. The calibration error after it is measured on each line with a scaling that
was fitted on the others.
"""

from __future__ import annotations

import argparse
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gatusyn.detect import Calibration, load_detector
from gatusyn.evaluate import (
    CellScore,
    FrameCells,
    ModelCaller,
    cells_of,
    fit_calibration,
    photos_in,
    read_frames,
    reliability,
    score,
    truth_in,
)
from gatusyn.model import DetectParams, PixelClass
from training.data import VALIDATION_LINES, road_rows

LOG = logging.getLogger(__name__)
#: With fewer damaged cells a class is left as it is.
MIN_CELLS = 30


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


def fit(
    frames: Sequence[FrameCells], lines: Sequence[str], damage: PixelClass, threshold: float
) -> Fitted | None:
    """Fit one class, or return None if too few cells are damaged.

    Parameters
    ----------
    frames
        Of the validation lines.
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
    levels, truth = cells_of(frames, damage)
    if int(truth.sum()) < MIN_CELLS or truth.all():
        return None
    held, held_truth = [], []
    for line in sorted(set(lines)):
        own = [frame for frame, other in zip(frames, lines, strict=True) if other == line]
        rest = [frame for frame, other in zip(frames, lines, strict=True) if other != line]
        rest_levels, rest_truth = cells_of(rest, damage)
        if not rest_truth.any() or rest_truth.all():
            continue
        own_levels, own_truth = cells_of(own, damage)
        held.append(fit_calibration(rest_levels, rest_truth).probability(own_levels))
        held_truth.append(own_truth)
    after = reliability(np.concatenate(held), np.concatenate(held_truth)).error if held else np.nan
    return Fitted(
        calibration=fit_calibration(levels, truth),
        before=reliability(levels, truth).error,
        after=float(after),
        score=score(frames, damage, threshold),
    )


def rewritten(text: str, fitted: dict[PixelClass, Fitted]) -> str:
    """Return a model file's text with the tables of calibration and rates replaced.

    Parameters
    ----------
    text
        The file as it is.
    fitted
        What was found, by class.

    Returns
    -------
    str
        Everything else is left as it is.
    """
    kept = re.sub(r"(?ms)^\[(?:calibration|rates)\b[^\n]*\n.*?(?=^\[|\Z)", "", text).rstrip()
    tables = [
        f"[calibration.{name}]\na = {one.calibration.a:.4f}\nb = {one.calibration.b:.4f}"
        for name, one in fitted.items()
    ]
    tables += [
        f"[rates.{name}]\nprecision = {one.score.precision:.3f}\nrecall = {one.score.recall:.3f}"
        for name, one in fitted.items()
    ]
    return "\n\n".join([kept, *tables]) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="the model file to write to")
    parser.add_argument("--road", type=Path, required=True)
    options = parser.parse_args(arguments)
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
    frames = [one.cells for one in reading.accepted]
    lines = [line_of[frame.name] for frame in frames]
    fitted = {}
    for damage in detector.model.finds:
        found = fit(frames, lines, damage, detector.thresholds[damage])
        if found is None:
            LOG.info("%s: too few damaged cells, left as it is", damage)
            continue
        fitted[damage] = found
        LOG.info(
            "%s: a %.3f b %.3f, calibration error %.3f before, %.3f on lines left out",
            *(damage, found.calibration.a, found.calibration.b, found.before, found.after),
        )
    options.model.write_text(rewritten(options.model.read_text("utf-8"), fitted), "utf-8")


if __name__ == "__main__":
    main()
