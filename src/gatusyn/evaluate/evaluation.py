"""Everything that is measured of a model, or of masks, on one set of frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gatusyn.evaluate.breakdown import Part, breakdown
from gatusyn.evaluate.callers import Caller
from gatusyn.evaluate.operating_point import OperatingPoint, operating_points, sweep
from gatusyn.evaluate.read_frames import Reading
from gatusyn.evaluate.reliability import Reliability, cells_of, regions_of, reliability
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
        Of cells and of regions; empty for masks, which are never in doubt.
    """

    what: str
    question: Question
    reading: Reading
    thresholds: Mapping[PixelClass, float]
    scores: Mapping[PixelClass, CellScore]
    parts: tuple[Part, ...]
    reliability: Mapping[PixelClass, Mapping[str, Reliability]] = field(default_factory=dict)
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
        reliability=_reliability(reading, damages, complete=complete) if caller.is_sure else {},
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


def _reliability(
    reading: Reading, damages: Sequence[PixelClass], *, complete: bool
) -> dict[PixelClass, dict[str, Reliability]]:
    """Return how sure cells are (the network's output) and regions (the confidence reported)."""
    found = {}
    for damage in damages:
        cells = cells_of([one.cells for one in reading.accepted], damage, complete=complete)
        regions = regions_of(reading.accepted, damage, complete=complete)
        found[damage] = {"cells": reliability(*cells), "regions": reliability(*regions)}
    return found


def _units(names: Sequence[str], groups: Mapping[str, str] | None) -> list[str]:
    return [groups.get(name, "in no group") if groups else name for name in names]
