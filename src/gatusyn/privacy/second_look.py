"""Looks at what was found again, closer and mirrored: what is none seldom stays one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil, floor, log2

import cv2
import numpy as np
from numpy.typing import NDArray

from gatusyn.model import Image, RegionKind
from gatusyn.privacy.boxes import Candidates, no_candidates
from gatusyn.privacy.doubts import Doubts, Shapes
from gatusyn.privacy.finders import KINDS, Found, NetworkFinder, Thresholds
from gatusyn.privacy.sign_shapes import head_doubt
from gatusyn.privacy.sign_teller import SignTeller
from gatusyn.privacy.verifier import Verifier

_MOST = 60
"""More candidates than this are taken as they were found: it would take too long."""

_WIDEST = 0.8
_SHRUNK_FIRST = 0.7
_TO_EDGES = cv2.BORDER_REPLICATE
_SAME = 0.3
_ANYTHING = 0.02

_FAR_SMALLER = 1 / 3
"""Share of a plate's area. One of its two lines, taken for a plate itself, has 0.4 or more."""

_LEAP = 0.5
"""No look is taken to be surer by more than the surest before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How to look at a candidate again.

    Parameters
    ----------
    candidate_px
        Height at which it is shown.
    width, height
        The view's, in pixels.
    mirrored
        Left and right exchanged.
    """

    candidate_px: float
    width: int
    height: int
    mirrored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What further looks count for.

    Parameters
    ----------
    gate
        Share of the threshold from which a candidate is looked at again.
    doubt
        Given a picture and a candidate, returns the power that its confidence is raised to.
    together
        Makes one confidence of the first look's and the further ones', along the last axis.
    holds_none
        Whether none can lie in another, as of two the larger is what the smaller is fixed to.
    enough
        What is at least as sure as this in two looks is not looked at any more. Above 1 if only
        that ends it which no look to come could make unsure.
    """

    looks: tuple[Look, ...]
    gate: float
    doubt: Shapes | None
    together: Callable[..., NDArray[np.float64]]
    holds_none: bool = False
    enough: float = 1.1


RULES: Mapping[RegionKind, Rule] = {
    # Heads: the mean, so that one doubtful look does not show a face. Signs show people, and dots.
    RegionKind.FACE: Rule(
        looks=tuple(
            Look(candidate_px=22.0, width=112, height=112, mirrored=mirrored)
            for mirrored in (False, True)
        ),
        gate=0.6,
        doubt=head_doubt,
        together=np.mean,
    ),
    # Plates: the lowest. They are sure at any size and mirrored; lettering and lamps are not.
    # A sign changes nothing: the network has seen many, and a car's body can look like one.
    RegionKind.PLATE: Rule(
        looks=(
            Look(candidate_px=14.0, width=160, height=80),
            Look(candidate_px=26.0, width=192, height=96, mirrored=True),
        ),
        gate=1.0,
        doubt=None,
        together=np.min,
        holds_none=True,
        enough=0.97,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFinder:
    """A finder that looks at its candidates again before it says how sure it is.

    Parameters
    ----------
    finder
        Finds the candidates.
    verifier
        Asked first which of them are certainly nothing; None takes all for possible.
    sign_teller
        Asked which heads are certainly a part of a sign, or certainly none; None leaves that to
        the shapes around them. Where a plate may lie in a head, and in
        crowds, it is not asked.
    """

    finder: NetworkFinder
    verifier: Verifier | None = None
    sign_teller: SignTeller | None = None

    @property
    def version(self) -> str:
        """The finder's, who is asked first, that it looks again, and who tells signs."""
        asked = f", {self.verifier.version}" if self.verifier is not None else ""
        signs = f", {self.sign_teller.version}" if self.sign_teller is not None else ""
        return f"{self.finder.version}{asked}, twice more{signs}"

    def find(self, image: Image, *, thresholds: Thresholds) -> Found:
        """Return heads and plates at or above a confidence, in pixels of ``image``.

        Raises
        ------
        UncheckedError
            If the network's answer is no number, or far too much.
        """
        gates = {kind: rule.gate * thresholds[kind] for kind, rule in RULES.items()}
        named = self.finder.find(image, thresholds=gates)
        found = named
        if self.verifier is not None:
            found = self.verifier.without_nothing(image, named)

        def believed(kind: RegionKind) -> Candidates:
            doubts = Doubts(
                image=image,
                shapes=RULES[kind].doubt,
                threshold=thresholds[kind],
                teller=self.sign_teller,
                named=named[kind],
                plates=named[RegionKind.PLATE],
            )
            return self._believed(found[kind], kind, doubts)

        return dict(zip(KINDS, self.finder.side_by_side(believed, KINDS), strict=True))

    def _believed(self, candidates: Candidates, kind: RegionKind, doubts: Doubts) -> Candidates:
        """Return what is sure enough after all looks; in a sign it is as sure as the rule says."""
        done = [self._again(candidates[:_MOST], kind, doubts), candidates[_MOST:]]
        looked = np.vstack(done)
        looked[:, 4] **= doubts.of(looked)
        believed: Candidates = looked[looked[:, 4] >= doubts.threshold]
        believed = believed[np.argsort(-believed[:, 4], kind="stable")]
        return without_wholes(believed) if RULES[kind].holds_none else believed

    def _again(self, candidates: Candidates, kind: RegionKind, doubts: Doubts) -> Candidates:
        """Return those that all looks together are sure enough of, with that confidence.

        What the looks to come cannot make sure any more is not looked at again, nor is what they
        cannot make unsure, or hardly, unless a sign makes it doubtful: it is as sure as so far.
        """
        rule, threshold, views = RULES[kind], doubts.threshold, _Views(image=doubts.image)
        left, sure, done = candidates, candidates[:, 4:], [no_candidates()]
        for number in range(1 + len(rule.looks)):
            if number and len(left):
                look = rule.looks[number - 1]
                seen = self._confidences(views, left, kind, look)
                sure = np.column_stack([sure, seen])
            to_come = len(rule.looks) - number
            surest = sure.max(axis=1, keepdims=True) + _LEAP if number else np.ones((len(sure), 1))
            at_best = np.hstack([sure, np.repeat(np.minimum(surest, 1.0), to_come, axis=1)])
            possible = rule.together(at_best, axis=-1) >= threshold
            left, sure = left[possible], sure[possible]
            at_worst = np.hstack([sure, np.zeros((len(sure), to_come))])
            ends = rule.together(at_worst, axis=-1) >= threshold
            if number:
                ends |= sure.min(axis=1, initial=1.0) >= max(rule.enough, threshold)
            if to_come:
                so_far = left[ends]
                so_far[:, 4] = rule.together(sure[ends], axis=-1)
                ends[ends] = doubts.of(so_far) <= 1.0
            ended = left[ends]
            ended[:, 4] = rule.together(sure[ends], axis=-1)
            done.append(ended)
            left, sure = left[~ends], sure[~ends]
        return np.vstack(done)

    def _confidences(
        self, views: _Views, candidates: Candidates, kind: RegionKind, look: Look
    ) -> NDArray[np.float64]:
        """Return how sure a look is of each candidate, float64 [n]."""
        shown = [views.of(one, look) for one in candidates]
        batch = np.stack([view[:, ::-1] if look.mirrored else view for view, _ in shown])
        seen = self.finder.look(batch, thresholds={kind: _ANYTHING})[kind]
        scales = np.array([scale for _, scale in shown])[:, None]
        middle = np.array([look.width / 2, look.height / 2])
        half = (candidates[:, 2:4] - candidates[:, 0:2]) * scales / 2
        expected = np.hstack([middle - half, middle + half])
        near = _overlap(seen.boxes, expected[seen.views]) > _SAME
        sure = np.zeros(len(candidates))
        np.maximum.at(sure, seen.views[near], seen.boxes[near, 4])
        return sure


def without_wholes(candidates: Candidates) -> Candidates:
    """Leave out what a surer and far smaller candidate lies in: a car's rear, seen as a plate.

    From far the rear of a car between its lamps looks like a plate. Its own plate lies in it, and
    stays.

    Parameters
    ----------
    candidates
        Rows of x1, y1, x2, y2, confidence, most confident first.
    """
    areas = (candidates[:, 2:4] - candidates[:, 0:2]).prod(axis=1)
    kept = [
        not any(
            area < _FAR_SMALLER * areas[number]
            and (other[0:2] >= one[0:2]).all()
            and (other[2:4] <= one[2:4]).all()
            for other, area in zip(candidates[:number], areas, strict=False)
        )
        for number, one in enumerate(candidates)
    ]
    result: Candidates = candidates[np.array(kept, np.bool_)]
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class _Views:
    """Candidates' surroundings, each cut out once for looks that differ by the mirror only."""

    image: Image
    known: dict[tuple[bytes, float, int, int], tuple[Image, float]] = field(default_factory=dict)

    def of(self, candidate: Candidates, look: Look) -> tuple[Image, float]:
        """Return the candidate's surroundings with it in the middle, and the scale."""
        key = candidate.tobytes(), look.candidate_px, look.width, look.height
        if key not in self.known:
            self.known[key] = _view(self.image, candidate, look)
        return self.known[key]


def _view(image: Image, candidate: Candidates, look: Look) -> tuple[Image, float]:
    x1, y1, x2, y2 = (float(side) for side in candidate[:4])
    scale = min(look.candidate_px / max(y2 - y1, 1e-6), _WIDEST * look.width / max(x2 - x1, 1e-6))
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    # Cut first, so that a large picture is not shrunk anew for every candidate.
    beyond = 2 / min(scale, 1.0)
    reach_x, reach_y = look.width / (2 * scale) + beyond, look.height / (2 * scale) + beyond
    left, top = max(floor(x - reach_x), 0), max(floor(y - reach_y), 0)
    part = image[top : ceil(y + reach_y) + 1, left : ceil(x + reach_x) + 1]
    factor = 1.0
    if scale < _SHRUNK_FIRST:
        factor = 2.0 ** floor(log2(scale / _SHRUNK_FIRST))
        size = max(round(part.shape[1] * factor), 1), max(round(part.shape[0] * factor), 1)
        part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    shift = look.width / 2 - scale * (x - left), look.height / 2 - scale * (y - top)
    matrix = np.array([[scale / factor, 0.0, shift[0]], [0.0, scale / factor, shift[1]]])
    size = look.width, look.height
    return np.asarray(cv2.warpAffine(part, matrix, size, borderMode=_TO_EDGES), np.uint8), scale


def _overlap(boxes: Candidates, others: Candidates) -> NDArray[np.float64]:
    """Return the intersection over union of each box with its other one."""
    low = np.maximum(boxes[:, 0:2], others[:, 0:2])
    high = np.minimum(boxes[:, 2:4], others[:, 2:4])
    sides = (
        np.clip(high - low, 0.0, None),
        boxes[:, 2:4] - boxes[:, 0:2],
        others[:, 2:4] - others[:, 0:2],
    )
    shared, own, other = (side[:, 0] * side[:, 1] for side in sides)
    result: NDArray[np.float64] = shared / np.maximum(own + other - shared, 1e-9)
    return result
