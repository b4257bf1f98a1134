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

Placed = NDArray[np.float64]
"""Candidates with the sums of the edges that looks saw, and of how many, float64 [n, 10]."""

_PLACES = 5
"""The column at which these begin."""


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
    """A finder that looks at its candidates again before it says how sure it is, and where.

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

        Parameters
        ----------
        thresholds
            Only the kinds that are named are looked for. Without plates none is known to lie in a
            head.

        Raises
        ------
        UncheckedError
            If the network's answer is no number, or far too much.
        """
        kinds = [kind for kind in KINDS if kind in thresholds]
        gates = {kind: RULES[kind].gate * thresholds[kind] for kind in kinds}
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
                plates=named.get(RegionKind.PLATE, no_candidates()),
            )
            return self._believed(found[kind], kind, doubts)

        return dict(zip(kinds, self.finder.side_by_side(believed, kinds), strict=True))

    def _believed(self, candidates: Candidates, kind: RegionKind, doubts: Doubts) -> Candidates:
        """Return what is sure enough after all looks; in a sign it is as sure as the rule says."""
        placed = _placed(candidates)
        looked = np.vstack([self._again(placed[:_MOST], kind, doubts), placed[_MOST:]])
        looked[:, 4] **= doubts.of(looked)
        believed = looked[looked[:, 4] >= doubts.threshold]
        believed = believed[np.argsort(-believed[:, 4], kind="stable")]
        if RULES[kind].holds_none:
            believed = without_wholes(believed)
        return _at_its_mean(believed)

    def _again(self, candidates: Placed, kind: RegionKind, doubts: Doubts) -> Placed:
        """Return those that all looks together are sure enough of, with that confidence.

        What the looks to come cannot make sure any more is not looked at again, nor is what they
        cannot make unsure, or hardly, unless a sign makes it doubtful: it is as sure as so far.
        """
        rule, threshold, views = RULES[kind], doubts.threshold, _Views(image=doubts.image)
        left, sure, done = candidates, candidates[:, 4:5], [candidates[:0]]
        for number in range(1 + len(rule.looks)):
            if number and len(left):
                seen, places = self._seen(views, left, kind, rule.looks[number - 1])
                sure = np.column_stack([sure, seen])
                left = np.hstack([left[:, :_PLACES], left[:, _PLACES:] + places])
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

    def _seen(
        self, views: _Views, candidates: Placed, kind: RegionKind, look: Look
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return how sure a look is of each candidate, float64 [n], and where it sees it.

        The second is float64 [n, 5]: the edges in the picture and 1, or nothing but 0 if it sees
        none there.
        """
        shown = [views.of(one, look) for one in candidates]
        batch = np.stack([view[:, ::-1] if look.mirrored else view for view, _ in shown])
        seen = self.finder.look(batch, thresholds={kind: _ANYTHING})[kind]
        scales = np.array([scale for _, scale in shown])[:, None]
        middle = np.array([look.width / 2, look.height / 2])
        half = (candidates[:, 2:4] - candidates[:, 0:2]) * scales / 2
        expected = np.hstack([middle - half, middle + half])
        near = np.flatnonzero(_overlap(seen.boxes, expected[seen.views]) > _SAME)
        # Of what is written to one place, the last stays: the surest.
        near = near[np.argsort(seen.boxes[near, 4], kind="stable")]
        of = seen.views[near]
        sure, places = np.zeros(len(candidates)), np.zeros((len(candidates), 5))
        sure[of] = seen.boxes[near, 4]
        x1, y1, x2, y2 = seen.boxes[near, :4].T
        if look.mirrored:
            x1, x2 = look.width - x2, look.width - x1
        edges = (np.column_stack([x1, y1, x2, y2]) - np.tile(middle, 2)) / scales[of]
        edges += np.tile((candidates[of, 0:2] + candidates[of, 2:4]) / 2, 2)
        places[of] = np.column_stack([edges, np.ones(len(of))])
        return sure, places


def _placed(candidates: Candidates) -> Placed:
    """Return candidates with their own edges as the only ones that were seen."""
    return np.hstack([candidates, candidates[:, :4], np.ones((len(candidates), 1))])


def _at_its_mean(candidates: Placed) -> Candidates:
    """Return candidates where all looks that saw them see their edges on average.

    Of two or three looks the mean is nearer the true edge than the first: a closer one is of more
    pixels, and the mirrored one errs to the other side.
    """
    return np.column_stack([candidates[:, _PLACES:-1] / candidates[:, -1:], candidates[:, 4]])


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
        key = candidate[:4].tobytes(), look.candidate_px, look.width, look.height
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
