"""Looks at what was found again, closer and mirrored: what is none seldom stays one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gatusyn.model import Image, RegionKind
from gatusyn.privacy.boxes import Candidates
from gatusyn.privacy.finders import KINDS, Found, NetworkFinder, Thresholds
from gatusyn.privacy.sign_shapes import head_doubt

_MOST = 60
"""More candidates than this are taken as they were found: it would take too long."""

_WIDEST = 0.8
_SAME = 0.3
_ANYTHING = 0.02

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
    """

    looks: tuple[Look, ...]
    gate: float
    doubt: Callable[[Image, Candidates], float] | None
    together: Callable[..., NDArray[np.float64]]


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
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFinder:
    """A finder that looks at its candidates again before it says how sure it is.

    Parameters
    ----------
    finder
        Finds the candidates.
    """

    finder: NetworkFinder

    @property
    def version(self) -> str:
        """The finder's, and that it looks again."""
        return f"{self.finder.version}, twice more"

    def find(self, image: Image, *, thresholds: Thresholds) -> Found:
        """Return heads and plates at or above a confidence, in pixels of ``image``.

        Raises
        ------
        UncheckedError
            If the network's answer is no number, or far too much.
        """
        gates = {kind: rule.gate * thresholds[kind] for kind, rule in RULES.items()}
        found = self.finder.find(image, thresholds=gates)

        def believed(kind: RegionKind) -> Candidates:
            return self._believed(image, found[kind], kind, thresholds[kind])

        return dict(zip(KINDS, self.finder.side_by_side(believed, KINDS), strict=True))

    def _believed(
        self, image: Image, candidates: Candidates, kind: RegionKind, threshold: float
    ) -> Candidates:
        """Return what is sure enough after all looks; in a sign it is as sure as the rule says."""
        again = self._again(image, candidates[:_MOST], kind, threshold)
        looked, doubt = np.vstack([again, candidates[_MOST:]]), RULES[kind].doubt
        for one in looked:
            if doubt is not None and one[4] >= threshold:
                one[4] **= doubt(image, one)
        believed: Candidates = looked[looked[:, 4] >= threshold]
        return believed[np.argsort(-believed[:, 4], kind="stable")]

    def _again(
        self, image: Image, candidates: Candidates, kind: RegionKind, threshold: float
    ) -> Candidates:
        """Return those that all looks together are sure enough of, with that confidence."""
        rule = RULES[kind]
        left, sure = candidates, np.ones((len(candidates), 1 + len(rule.looks)))
        sure[:, 0] = candidates[:, 4]
        for number in range(1 + len(rule.looks)):
            if number and len(left):
                look = rule.looks[number - 1]
                sure[:, number] = self._confidences(image, left, kind, look)
            # What the looks to come cannot make sure any more is not looked at again.
            hoped = sure.copy()
            if number:
                surest = sure[:, : number + 1].max(axis=1, keepdims=True)
                hoped[:, number + 1 :] = np.minimum(surest + _LEAP, 1.0)
            possible = rule.together(hoped, axis=-1) >= threshold
            left, sure = left[possible], sure[possible]
        result = left.copy()
        result[:, 4] = rule.together(sure, axis=-1)
        return result

    def _confidences(
        self, image: Image, candidates: Candidates, kind: RegionKind, look: Look
    ) -> NDArray[np.float64]:
        """Return how sure a look is of each candidate, float64 [n]."""
        shown = [
            _view(image, one, look.candidate_px, look.width, look.height) for one in candidates
        ]
        views = np.stack([view[:, ::-1] if look.mirrored else view for view, _ in shown])
        seen = self.finder.look(views, thresholds={kind: _ANYTHING})[kind]
        middle = np.array([look.width / 2, look.height / 2])
        sure = np.zeros(len(candidates))
        for number, ((_, scale), boxes) in enumerate(zip(shown, seen, strict=True)):
            half = (candidates[number, 2:4] - candidates[number, 0:2]) * scale / 2
            near = _overlap(boxes, np.concatenate([middle - half, middle + half])) > _SAME
            sure[number] = boxes[near, 4].max(initial=0.0)
        return sure


def _view(
    image: Image, candidate: Candidates, wanted_height: float, width: int, height: int
) -> tuple[Image, float]:
    """Return the candidate's surroundings with it in the middle, and the scale."""
    wide, high = candidate[2:4] - candidate[0:2]
    scale = float(min(wanted_height / max(high, 1e-6), _WIDEST * width / max(wide, 1e-6)))
    middle = (candidate[0:2] + candidate[2:4]) / 2
    # Cut first, so that a large picture is not shrunk anew for every candidate.
    reach = np.array([width, height]) / (2 * scale) + 2 / min(scale, 1.0)
    low = np.maximum(np.floor(middle - reach), 0).astype(int)
    high_px = np.ceil(middle + reach).astype(int) + 1
    part, factor = image[low[1] : high_px[1], low[0] : high_px[0]], 1.0
    if scale < 0.7:
        factor = 2.0 ** np.floor(np.log2(scale / 0.7))
        size = max(round(part.shape[1] * factor), 1), max(round(part.shape[0] * factor), 1)
        part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    shift = np.array([width, height]) / 2 - scale * (middle - low)
    matrix = np.array([[scale / factor, 0.0, shift[0]], [0.0, scale / factor, shift[1]]])
    view = cv2.warpAffine(part, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(view, np.uint8), scale


def _overlap(boxes: Candidates, other: Candidates) -> Candidates:
    """Return the intersection over union of boxes with another one."""
    low = np.maximum(boxes[:, 0:2], other[0:2])
    high = np.minimum(boxes[:, 2:4], other[2:4])
    shared = np.clip(high - low, 0.0, None).prod(axis=1)
    areas = (boxes[:, 2:4] - boxes[:, 0:2]).prod(axis=1) + (other[2:4] - other[0:2]).prod()
    result: Candidates = shared / np.maximum(areas - shared, 1e-9)
    return result
