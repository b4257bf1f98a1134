"""Tells whether a box lies in, or on, the coloured disc or triangle of a traffic sign."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gatusyn.model import Image
from gatusyn.privacy.borders import percentile
from gatusyn.privacy.boxes import Candidates

_AROUND = 2.0
_MIN_SIDE_PX = 12
_MIN_FILL = 0.12
_MIN_FIT = 0.82
_MIN_SQUARE = 0.88
_INSIDE = 0.7
_FILLS = 0.4
_FILLS_SQUARE = 0.6
_IS_IT = 0.6

# What is said below of figures and tops holds for signs beyond doubt only.
_MOST_GAIN = 4.0
_MIN_SHOWN = 0.1
_LIGHTER = 15
_FIGURE = 0.2
_FIGURES_REACH = 16.0
_SURE_FIT = 0.85
_NARROWEST = 0.4
_OVAL_SIDE_PX = 20
_OVAL_FIT = 0.96
_FAR_OFF = 0.12
_DRAWN_PX = 96
_NARROW_TOP = 0.45

_Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sign:
    """A sign's shape in a part of a picture.

    Parameters
    ----------
    box
        x1, y1, x2, y2 in the part's pixels.
    fit
        Share that it fills of the disc or the triangle around it.
    shown
        Share of it that is not of its colour and lighter: what it shows, or its ground.
    is_exact
        Whether it is an ellipse, a disc seen from aside, or a triangle: few other things are.
    """

    box: _Box
    fit: float
    shown: float
    is_exact: bool


def head_doubt(image: Image, box: Candidates) -> float:
    """Return how much a sign makes it doubtful that a box is a head: a power, 1 without a sign.

    A figure painted on a sign is small, and a head as small would be farther away than the sign and
    hidden behind it: a head is 0.22 m high, a sign 0.6 m wide or more. The ground above a disc or
    between the sides of a triangle, and a post above either, look like a head on shoulders; but
    shoulders are hardly an ellipse or a triangle, nor more than twice as wide as the head.

    Parameters
    ----------
    image
        RGB, uint8 [height, width, 3].
    box
        x1, y1, x2, y2 in pixels, and whatever follows, float64 [4 or more].
    """
    part, here = _around(image, box, reach=_FIGURES_REACH * (box[3] - box[1]) / 2.0)
    doubt = 2.0 if lies_in_sign(image, box) else 1.0
    middle = min(max(int((here[0] + here[2]) / 2), 0), max(part.shape[1] - 1, 0))
    for sign in _sure_signs(
        part,
        lambda sign_box: _is_figure(here, sign_box) or _is_top(here, sign_box),
        column=middle,
    ):
        if _is_figure(here, sign.box):
            return 30.0
        doubt = max(doubt, 30.0 if sign.is_exact and _is_narrow(here, sign.box) else 3.0)
    return doubt


def _sure_signs(part: Image, is_asked: Callable[[_Box], bool], *, column: int) -> Iterator[_Sign]:
    """Give the signs at the places asked for that are so beyond doubt, each perhaps twice.

    Parameters
    ----------
    column
        Every sign that is asked for reaches over it: without its colour there, there is none.
    """
    if not part.size:
        return
    # In the dark colours are looked for as if it were lighter; specks at the rim count once only.
    lightest = percentile(part[::3, ::3], 99)
    gain = min(max(255.0 / max(lightest, 1.0), 1.0), _MOST_GAIN)
    # The column alone first: most heads have no sign above or below them.
    asked = [mask.any() for mask in _pure_colours(_brighter(part[:, column : column + 1], gain))]
    if not any(asked):
        return
    for mask, is_there in zip(_pure_colours(_brighter(part, gain)), asked, strict=True):
        if not is_there:
            continue
        without = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        for one in (mask, np.asarray(without, np.uint8)):
            for sign in _shaped(part, one, is_asked, ovals=True):
                if sign.shown >= _MIN_SHOWN and sign.fit >= _SURE_FIT:
                    yield sign


def _is_figure(box: Candidates, sign: _Box) -> bool:
    x1, y1, x2, y2 = (float(value) for value in box[:4])
    sx1, sy1, sx2, sy2 = sign
    is_within = sx1 <= x1 and x2 <= sx2 and sy1 <= y1 and y2 <= sy2
    return is_within and y2 - y1 <= _FIGURE * (sx2 - sx1)


def _is_top(box: Candidates, sign: _Box) -> bool:
    x1, y1, x2, y2 = (float(value) for value in box[:4])
    sx1, sy1, sx2, sy2 = sign
    wide, high = sx2 - sx1, sy2 - sy1
    is_middle = abs((x1 + x2) - (sx1 + sx2)) / 2.0 <= wide / 4.0
    is_above = y1 <= sy1 + 0.15 * high and sy1 - 0.1 * high <= y2 <= sy1 + 0.45 * high
    return is_middle and is_above and x2 - x1 <= 0.6 * wide


def _is_narrow(box: Candidates, sign: _Box) -> bool:
    sx1, sy1, sx2, sy2 = sign
    return float(box[2] - box[0]) <= _NARROW_TOP * max(sx2 - sx1, sy2 - sy1)


def _around(image: Image, box: Candidates, *, reach: float) -> tuple[Image, Candidates]:
    """Return the picture around a box, and the box in it; the part may be empty."""
    height, width = image.shape[:2]
    x1, y1, x2, y2 = (float(value) for value in box[:4])
    left, top = max(int(x1 - reach), 0), max(int(y1 - reach), 0)
    right, bottom = min(int(x2 + reach) + 1, width), min(int(y2 + reach) + 1, height)
    part = image[top : max(bottom, top), left : max(right, left)]
    return part, np.asarray(box[:4]) - np.array([left, top, left, top])


def lies_in_sign(image: Image, box: Candidates) -> bool:
    """Say whether most of a box lies in a sign's shape and fills much of its width.

    A sign is a patch, or a rim, of red, orange (faded red) or blue whose hull is a disc, an octagon
    or a triangle, or a blue square, about as wide as high. A car's body is hardly one of these, and
    its plate is narrower than 0.4 of it.

    Parameters
    ----------
    image
        RGB, uint8 [height, width, 3].
    box
        x1, y1, x2, y2 in pixels, and whatever follows, float64 [4 or more].
    """
    part, here = _around(image, box, reach=_AROUND * float(max(box[2:4] - box[0:2])))
    if not part.size:
        return False
    red, orange, blue = _sign_colours(part)

    def is_own(sign: _Box) -> bool:
        return _is_of(here, sign)

    def fills_square(sign: _Box) -> bool:
        return _is_of(here, sign, fills=_FILLS_SQUARE)

    return any(True for mask in (red, orange, blue) for _ in _shaped(part, mask, is_own)) or any(
        True for _ in _shaped(part, blue, fills_square, squares=True)
    )


def _is_of(box: Candidates, sign: _Box, *, fills: float = _FILLS) -> bool:
    """Say whether a box is a part of a sign, or the sign itself drawn a little large."""
    x1, y1, x2, y2 = (float(value) for value in box[:4])
    sx1, sy1, sx2, sy2 = sign
    shared = max(min(x2, sx2) - max(x1, sx1), 0.0) * max(min(y2, sy2) - max(y1, sy1), 0.0)
    is_part = shared >= _INSIDE * (x2 - x1) * (y2 - y1) and x2 - x1 >= fills * (sx2 - sx1)
    is_it = shared >= _INSIDE * (sx2 - sx1) * (sy2 - sy1) and sx2 - sx1 >= _IS_IT * (x2 - x1)
    return is_part or is_it


def _sign_colours(image: Image) -> Iterator[NDArray[np.uint8]]:
    """Give where the picture is red, red or orange, and blue, with small gaps closed."""
    lab = cv2.cvtColor(image, cv2.COLOR_RGB2LAB).astype(np.int16)
    a, b = lab[..., 1] - 128, lab[..., 2] - 128
    hue, saturation, value = (np.asarray(part) for part in cv2.split(_hsv(image)))
    vivid = ((hue <= 10) | (hue >= 165)) & (saturation >= 70) & (value >= 30)
    # In poor light red is grey to HSV; what is left of it shows on the a axis.
    red = vivid | ((a >= 12) & (a >= 0.6 * b))
    orange = vivid | ((hue >= 5) & (hue <= 22) & (saturation >= 80) & (value >= 80))
    blue = (hue >= 98) & (hue <= 128) & (saturation >= 110) & (value >= 35)
    for mask in (red, orange, blue):
        closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        yield np.asarray(closed, np.uint8)


def _pure_colours(image: Image) -> Iterator[NDArray[np.uint8]]:
    """Give where the picture is red, and blue, beyond doubt: no brick, no skin, no foliage."""
    hsv = _hsv(image)
    low_red, high_red, blue = (
        np.asarray(cv2.inRange(hsv, (first, 110, 40), (last, 255, 255)), np.uint8)
        for first, last in ((0, 8), (168, 255), (98, 128))
    )
    yield low_red | high_red
    yield blue


def _brighter(image: Image, gain: float) -> Image:
    return np.asarray(cv2.convertScaleAbs(image, alpha=gain), np.uint8)


def _hsv(image: Image) -> Image:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2HSV), np.uint8)


def _shaped(
    image: Image,
    mask: NDArray[np.uint8],
    is_asked: Callable[[_Box], bool],
    *,
    squares: bool = False,
    ovals: bool = False,
) -> Iterator[_Sign]:
    """Give the patches of a mask in a sign's shape.

    Parameters
    ----------
    is_asked
        Says of a patch's box whether its shape matters: telling that takes most of the time.
    squares
        Squares are signs, too.
    ovals
        So are ellipses, and only with this is it told whether a sign is exact.
    """
    if cv2.countNonZero(mask) < _MIN_FILL * _MIN_SIDE_PX**2:
        return
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    _, _, width, height, area = stats.T
    narrowest = _NARROWEST if ovals else 0.7
    about_square = (width >= narrowest * height) & (height >= 0.7 * width)
    large = (np.minimum(width, height) >= _MIN_SIDE_PX) & (area >= _MIN_FILL * width * height)
    large[0] = False  # all that is not of the mask
    for label in np.nonzero(about_square & large)[0]:
        x, y, wide, high, _ = (int(value) for value in stats[label])
        if not is_asked((x, y, x + wide, y + high)):
            continue
        own = np.s_[y : y + high, x : x + wide]
        part = (labels[own] == label).astype(np.uint8)
        outlines, _ = cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        hull = cv2.convexHull(np.vstack(outlines))
        size = cv2.contourArea(hull)
        radius = cv2.minEnclosingCircle(hull)[1]
        triangle = cv2.minEnclosingTriangle(hull.astype(np.float32))[0]
        disc_fit = size / (np.pi * radius * radius)
        triangle_fit = size / max(triangle, 1e-6) if wide >= 0.85 * high else 0.0
        may_be_oval = ovals and min(wide, high) >= _OVAL_SIDE_PX
        is_oval = may_be_oval and _oval_fit(hull) >= _OVAL_FIT
        is_square = squares and size >= _MIN_SQUARE * wide * high
        if max(disc_fit, triangle_fit) >= _MIN_FIT or is_square or is_oval:
            yield _Sign(
                box=(x, y, x + wide, y + high),
                fit=1.0 if is_oval else max(disc_fit, triangle_fit),
                shown=_shown(image[own], part, hull),
                is_exact=is_oval or triangle_fit >= _SURE_FIT,
            )


def _oval_fit(hull: NDArray[Any]) -> float:
    """Return the intersection over union of a hull and the ellipse of the same second moments.

    0 where the area alone says that it is no ellipse. One drawn coat in a hundred reaches 0.956;
    seven real discs in ten do.
    """
    _, sides, _ = cv2.minAreaRect(hull)
    area = np.pi / 4 * sides[0] * sides[1]
    if abs(cv2.contourArea(hull) - area) > _FAR_OFF * area:
        return 0.0
    left, top, wide, high = cv2.boundingRect(hull)
    # Drawn large enough that pixels do not matter.
    scale = max(-(-_DRAWN_PX // max(wide, high)), 1)
    drawn = np.zeros(((high + 8) * scale, (wide + 8) * scale), np.uint8)
    points = (hull.reshape(-1, 2) - [left - 4, top - 4]) * scale + scale // 2
    cv2.fillConvexPoly(drawn, points.astype(np.int32), 1)
    drawn = np.asarray(cv2.dilate(drawn, np.ones((scale + 1, scale + 1), np.uint8)), np.uint8)
    moments = cv2.moments(drawn, binaryImage=True)
    spread = [[moments["mu20"], moments["mu11"]], [moments["mu11"], moments["mu02"]]]
    lengths, axes = np.linalg.eigh(np.array(spread) / moments["m00"])
    x = np.arange(drawn.shape[1]) - moments["m10"] / moments["m00"]
    y = np.arange(drawn.shape[0])[:, None] - moments["m01"] / moments["m00"]
    across, both, down = (axes / (4 * lengths) @ axes.T)[[0, 0, 1], [0, 1, 1]]
    oval = across * x**2 + down * y**2 + (2 * both * y) * x <= 1
    hull_itself = drawn.view(np.bool_)
    shared, alone = np.count_nonzero(oval & hull_itself), np.count_nonzero(oval | hull_itself)
    return float(shared / alone)


def _shown(image: Image, part: NDArray[np.uint8], hull: NDArray[Any]) -> float:
    """Return the share of a hull that is not in a part of it, and lighter than that."""
    within = cv2.fillConvexPoly(np.zeros_like(part), hull, 1).astype(bool)
    light = cv2.cvtColor(image, cv2.COLOR_RGB2LAB)[..., 0]
    own = part.astype(bool)
    lighter = within & ~own & (light >= light[own].mean() + _LIGHTER)
    return float(lighter.sum() / within.sum())
