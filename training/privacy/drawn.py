"""Draws number plates and people, so that more than the few real ones of the data is seen."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]

LETTERS = "ABCDEFGHJKLMNOPRSTUWXYZ"
PLATE_PX = 60
"""Height of a drawn plate."""
HEAD_PX = 48
"""Height of a drawn person's head."""

_SKIN = np.array([[241, 208, 187], [224, 177, 144], [198, 146, 110], [141, 96, 70], [84, 58, 46]])
_HAIR = np.array([[28, 24, 22], [60, 42, 30], [110, 82, 54], [188, 158, 108], [170, 170, 170]])
_VIVID = np.array([[205, 30, 35], [235, 105, 20], [240, 205, 30], [25, 80, 180]])
_EU_BLUE: Colour = (24, 52, 140)


def draw_plate(random: np.random.Generator) -> Image:
    """Draw a plate of a random country's style, RGB uint8 ``[60, w, 3]``.

    Long ones are 520 x 110 mm as in the Nordic countries and most of Europe, and two-line ones
    nearly square. Grounds are white, yellow (Swedish taxis, Dutch and British plates), or dark.
    """
    ratio = float(random.choice([4.7, 4.7, 4.7, 4.2, 2.0, 1.4]))
    height, width = PLATE_PX, int(PLATE_PX * ratio)
    style = random.choice(["white", "yellow", "dark"], p=[0.8, 0.13, 0.07])
    light = float(random.uniform(0.7, 1.0))
    ground = {"white": (250, 250, 248), "yellow": (240, 196, 40), "dark": (30, 32, 40)}[style]
    dark = int(random.integers(0, 70)), int(random.integers(0, 70)), int(random.integers(0, 70))
    ink = (235, 235, 235) if style == "dark" else dark
    plate = np.full((height, width, 3), np.array(ground) * light, np.uint8)
    left = 0
    if random.random() < 0.65:
        left = int(height * random.uniform(0.3, 0.42))
        band = _EU_BLUE if random.random() < 0.85 else tuple(random.integers(0, 200, 3).tolist())
        plate[:, :left] = band
        cv2.circle(plate, (left // 2, height // 3), left // 4, (230, 210, 60), 2, cv2.LINE_AA)
    _letter(random, plate, left, ink, lines=2 if ratio < 1.6 else 1)
    if random.random() < 0.6:
        edge = (190, 30, 30) if random.random() < 0.15 else ink
        cv2.rectangle(plate, (0, 0), (width - 1, height - 1), edge, int(random.integers(1, 4)))
    return plate


def _letter(
    random: np.random.Generator, plate: Image, left: int, ink: Colour, *, lines: int
) -> None:
    """Write letters and digits, right of a column."""
    height, width = plate.shape[:2]
    letters = "".join(random.choice(list(LETTERS), int(random.integers(2, 4))))
    digits = "".join(random.choice(list("0123456789"), int(random.integers(2, 6))))
    texts = [letters, digits] if lines == 2 else [f"{letters} {digits}"[:8]]
    font = int(random.choice([cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX]))
    room, wide = height / len(texts), width - left
    for number, text in enumerate(texts):
        (text_width, text_height), _ = cv2.getTextSize(text, font, 1.0, 3)
        scale = min(0.88 * wide / text_width, 0.68 * room / text_height)
        start = int(left + (wide - text_width * scale) / 2)
        base = int(room * number + (room + text_height * scale) / 2)
        thick = max(2, int(scale * random.uniform(2.5, 4.5)))
        cv2.putText(plate, text, (start, base), font, scale, ink, thick, cv2.LINE_AA)


def draw_person(
    random: np.random.Generator, *, vivid: bool = False
) -> tuple[Image, NDArray[np.float64]]:
    """Draw someone who stands, walks or rides; RGBA uint8 and the head's box x1, y1, x2, y2.

    The head is 48 px high; shapes only, as no more shows of a head of 10 or 20 px.

    Parameters
    ----------
    vivid
        In a coat of a colour that signs have.
    """
    h = HEAD_PX
    canvas = np.zeros((8 * h, 5 * h, 4), np.uint8)
    middle, top = 2.5 * h + random.normal(0, 0.1 * h), 0.3 * h
    coat = _vivid_cloth(random) if vivid else _cloth(random)
    trousers = _cloth(random)
    wide = random.uniform(0.8, 1.25)
    sway = random.normal(0, 0.25) * h
    waist = (middle + sway, top + 3.7 * h)
    _legs(random, canvas, waist, trousers, wide)
    _trunk(random, canvas, (middle, top + 1.05 * h), waist, coat, wide)
    box = _head(random, canvas, (middle + random.normal(0, 0.08) * h, top + 0.5 * h))
    left, right = (float(value) for value in random.uniform(0.6, 1.15, 2))
    shade = np.linspace(left, right, canvas.shape[1])[None, :, None]
    grain = random.normal(1.0, 0.06, (canvas.shape[0] // 6 + 1, canvas.shape[1] // 6 + 1, 1))
    fine = cv2.resize(grain, canvas.shape[1::-1], interpolation=cv2.INTER_LINEAR)[..., None]
    canvas[..., :3] = np.clip(canvas[..., :3] * shade * fine, 0, 255).astype(np.uint8)
    chance = random.random()
    if chance < 0.35:
        # Behind a car, a hedge or a counter.
        canvas[int(top + random.uniform(1.6, 5.0) * h) :] = 0
    elif chance < 0.5:
        _portrait(random, canvas, box)
    return canvas, box


def _portrait(random: np.random.Generator, canvas: Image, box: NDArray[np.float64]) -> None:
    """Leave the head only, in a window, on a poster, or in a disc like that of a sign."""
    h = HEAD_PX
    canvas[int(box[3] + random.uniform(0.0, 0.5) * h) :] = 0
    ground = np.zeros_like(canvas)
    colour = (*(int(v) for v in random.integers(0, 256, 3)), 255)
    middle = int((box[0] + box[2]) / 2), int((box[1] + box[3]) / 2)
    reach = int(random.uniform(0.65, 1.2) * h)
    if random.random() < 0.5:
        cv2.circle(ground, middle, reach, colour, -1, cv2.LINE_AA)
    else:
        low, far = (middle[0] - reach, middle[1] - reach), (middle[0] + reach, middle[1] + reach)
        cv2.rectangle(ground, low, far, colour, -1)
    bare = canvas[..., 3] < 128
    canvas[bare] = ground[bare]


def _cloth(random: np.random.Generator) -> Colour:
    """Return a colour of clothes: dark more often than not."""
    value = random.uniform(10, 255) if random.random() < 0.4 else random.uniform(8, 80)
    tint = random.normal(0, 0.35 if random.random() < 0.4 else 0.08, 3)
    red, green, blue = (int(v) for v in np.clip(value * np.exp(tint), 0, 255))
    return red, green, blue


def _vivid_cloth(random: np.random.Generator) -> Colour:
    """Return red, orange, yellow or blue, as coats that are to be seen have, and signs."""
    colour = _VIVID[int(random.integers(len(_VIVID)))]
    red, green, blue = (int(v) for v in colour * random.uniform(0.75, 1.05))
    return red, green, blue


def _legs(
    random: np.random.Generator,
    canvas: Image,
    waist: tuple[float, float],
    colour: Colour,
    wide: float,
) -> None:
    h = HEAD_PX
    stride = random.uniform(0.1, 1.1) * h
    for side in (-1, 1):
        hip = int(waist[0] + side * 0.3 * h * wide), int(waist[1])
        foot = int(waist[0] + side * stride), int(waist[1] + 3.4 * h)
        cv2.line(canvas, hip, foot, (*colour, 255), int(0.6 * h * wide), cv2.LINE_AA)


def _trunk(
    random: np.random.Generator,
    canvas: Image,
    neck: tuple[float, float],
    waist: tuple[float, float],
    colour: Colour,
    wide: float,
) -> None:
    h = HEAD_PX
    shoulder = random.uniform(0.75, 1.1) * h * wide
    hip = random.uniform(0.6, 0.95) * h * wide
    outline = [
        (neck[0] - 0.3 * h, neck[1] - 0.1 * h),
        (neck[0] + 0.3 * h, neck[1] - 0.1 * h),
        (neck[0] + shoulder, neck[1] + 0.45 * h),
        (waist[0] + hip, waist[1] + 0.4 * h),
        (waist[0] - hip, waist[1] + 0.4 * h),
        (neck[0] - shoulder, neck[1] + 0.45 * h),
    ]
    cv2.fillPoly(canvas, [np.array(outline, np.int32)], (*colour, 255), cv2.LINE_AA)
    for side in (-1, 1):
        arm = [
            (neck[0] + side * 0.9 * shoulder, neck[1] + 0.5 * h),
            (neck[0] + side * (shoulder + random.uniform(0, 0.5) * h), neck[1] + 1.7 * h),
            (neck[0] + side * random.uniform(0.1, 1.6) * h, neck[1] + random.uniform(1.8, 2.9) * h),
        ]
        arm_colour = np.array(colour) * random.uniform(0.7, 1.05)
        cv2.polylines(
            canvas,
            [np.array(arm, np.int32)],
            isClosed=False,
            color=(*arm_colour.clip(0, 255).tolist(), 255),
            thickness=int(0.45 * h * wide),
            lineType=cv2.LINE_AA,
        )
    if random.random() < 0.3:
        spot = int(neck[0] + random.normal(0, 0.6) * h), int(neck[1] + random.uniform(0.8, 2.4) * h)
        size = int(random.uniform(0.3, 0.7) * h), int(random.uniform(0.4, 0.9) * h)
        cv2.ellipse(canvas, spot, size, 0, 0, 360, (*_cloth(random), 255), -1, cv2.LINE_AA)


def _head(
    random: np.random.Generator, canvas: Image, middle: tuple[float, float]
) -> NDArray[np.float64]:
    """Draw a head seen from in front, from a side or from behind; return its box."""
    h = HEAD_PX
    x, y = middle
    half = random.uniform(0.34, 0.43) * h
    tone = _SKIN[int(random.integers(len(_SKIN)))] * random.uniform(0.75, 1.05)
    skin = (*(int(v) for v in tone), 255)
    hair = (*(int(v) for v in _HAIR[int(random.integers(len(_HAIR)))]), 255)
    turn = random.choice([-1, 0, 1, 2], p=[0.22, 0.36, 0.22, 0.2])
    tilt = random.normal(0, 8)
    neck = int(x - 0.18 * h), int(y + 0.3 * h), int(0.36 * h), int(0.4 * h)
    cv2.rectangle(canvas, neck, skin, -1)
    size = int(half), int(h / 2)
    cv2.ellipse(canvas, (int(x), int(y)), size, tilt, 0, 360, hair, -1, cv2.LINE_AA)
    long = random.random() < 0.3
    if long:
        low = int(y + 0.25 * h)
        spread = int(half * random.uniform(0.9, 1.2)), int(0.45 * h)
        cv2.ellipse(canvas, (int(x - 0.1 * turn * h), low), spread, 0, 0, 360, hair, -1)
    if turn != 2:
        # The face lies below the fringe, and to the side that the head is turned to.
        spot = int(x + 0.3 * turn * half), int(y + random.uniform(0.08, 0.16) * h)
        face = int(half * random.uniform(0.75, 0.92)), int(h * random.uniform(0.34, 0.4))
        cv2.ellipse(canvas, spot, face, tilt, 0, 360, skin, -1, cv2.LINE_AA)
        dark = tuple(int(v * 0.45) for v in skin[:3])
        for side in (-1, 1):
            eye = int(spot[0] + (side + turn) * 0.38 * face[0]), int(spot[1] - 0.1 * h)
            cv2.ellipse(canvas, eye, (int(0.1 * h), int(0.05 * h)), 0, 0, 360, (*dark, 255), -1)
        mouth = int(spot[0] + 0.3 * turn * face[0]), int(spot[1] + 0.2 * h)
        cv2.ellipse(canvas, mouth, (int(0.12 * h), int(0.03 * h)), 0, 0, 360, (*dark, 255), -1)
    if random.random() < 0.3:
        # A cap, a hood or a helmet.
        cover = (*_cloth(random), 255)
        grown = int(half * random.uniform(1.0, 1.15)), int(h * random.uniform(0.5, 0.56))
        ends = (180, 360) if random.random() < 0.6 else (150, 390)
        cv2.ellipse(canvas, (int(x), int(y)), grown, tilt, *ends, cover, -1, cv2.LINE_AA)
    return np.array([x - half, y - h / 2, x + half, y + h / 2])
