"""Everything that is measured of a model, or of masks, on one set of frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gatusyn.evaluate.breakdown import Part, breakdown
from gatusyn.evaluate.callers import Caller
from gatusyn.evaluate.operating_point import OperatingPoint, operating_points, sweep
from gatusyn.evaluate.read_frames import Reading
from gatusyn.evaluate.reliability import Reliability, cells_of, reliability
from gatusyn.evaluate.scores import CellScore, score
from gatusyn.model import CameraParams, PixelClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked beyond the yardstick's figures.

    Parameters
    ----------
    complete
        Whether every damage is marked, so that frames without a damage count too.
    groups
        The survey line of each frame that has one.
    camera
        How the camera sat; not known, distance is told by rows.
    thresholds
        Whether all thresholds are tried.
    """

    complete: bool = False
    groups: Mapping[str, str] | None = None
    camera: CameraParams | None = None
    thresholds: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What was measured.

    Parameters
    ----------
    what
        The model's version, or the folder of masks.
    by_threshold, points
        Empty unless asked for.
    reliability
        Of the calibrated output; empty for masks, which have no probabilities.
    """

    what: str
    question: Question
    reading: Reading
    thresholds: Mapping[PixelClass, float]
    scores: Mapping[PixelClass, CellScore]
    parts: tuple[Part, ...]
    reliability: Mapping[PixelClass, Reliability] = field(default_factory=dict)
    by_threshold: Mapping[PixelClass, Mapping[float, CellScore]] = field(default_factory=dict)
    points: Mapping[PixelClass, Mapping[str, OperatingPoint]] = field(default_factory=dict)


def evaluate(reading: Reading, caller: Caller, question: Question) -> Evaluation:
    """Measure all that is asked of what a caller said."""
    frames = [one.cells for one in reading.accepted]
    units = _units([frame.name for frame in frames], question.groups)
    complete = question.complete
    # Few data sets have patches: without a mark of one there is nothing to say.
    damages = [
        one
        for one in caller.thresholds
        if one is not PixelClass.PATCH or any(frame.marked[one] for frame in frames)
    ]
    chosen = {one: caller.thresholds[one] for one in damages}
    probabilities: dict[PixelClass, Reliability] = {}
    for damage, scaling in caller.calibration.items():
        if damage in damages:
            levels, truth = cells_of(frames, damage, complete=complete)
            probabilities[damage] = reliability(scaling.probability(levels), truth)
    asked = damages if question.thresholds else []
    return Evaluation(
        what=caller.version,
        question=question,
        reading=reading,
        thresholds=chosen,
        scores={
            one: score(frames, one, threshold, complete=complete, units=units)
            for one, threshold in chosen.items()
        },
        parts=breakdown(
            frames,
            [one.light for one in reading.accepted],
            chosen,
            camera=question.camera,
            groups=units if question.groups is not None else None,
            complete=complete,
        ),
        reliability=probabilities,
        by_threshold={one: sweep(frames, one, complete=complete) for one in asked},
        points={
            one: operating_points(
                frames,
                one,
                groups=units if question.groups else [""] * len(frames),
                complete=complete,
            )
            for one in asked
        },
    )


def _units(names: Sequence[str], groups: Mapping[str, str] | None) -> list[str]:
    return [groups.get(name, "in no group") if groups else name for name in names]
