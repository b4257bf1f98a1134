"""Draw the textures of cars, signs and people."""

import cv2
import numpy as np

from .arrays import Colour, Image


def car_side(colour: Colour) -> Image:
    """Draw a car from the side, front to the right, 4.4 m by 1.5 m; four channels."""
    picture = np.zeros((150, 440, 4), np.uint8)
    body = [(6, 112), (8, 66), (40, 52), (86, 12), (120, 3), (238, 3), (306, 50),
            (410, 66), (434, 84), (434, 116)]  # fmt: skip
    cv2.fillPoly(picture, [np.array(body, np.int32)], (*colour, 255), lineType=cv2.LINE_AA)
    lower = picture[84:118, :, :3]
    lower[:] = (lower * 0.78).astype(np.uint8)
    for panes in (
        [(66, 48), (98, 14), (168, 12), (168, 50)],
        [(178, 50), (178, 12), (234, 12), (288, 52)],
    ):
        cv2.fillPoly(picture, [np.array(panes, np.int32)], (36, 42, 48, 255), lineType=cv2.LINE_AA)
    dark = tuple(int(value * 0.6) for value in colour)
    cv2.line(picture, (172, 52), (176, 110), (*dark, 255), 2)
    cv2.line(picture, (296, 56), (290, 110), (*dark, 255), 2)
    cv2.rectangle(picture, (404, 72), (432, 82), (226, 226, 210, 255), -1)
    cv2.rectangle(picture, (7, 66), (26, 84), (170, 30, 26, 255), -1)
    for middle in (88, 348):
        cv2.circle(picture, (middle, 114), 40, (20, 20, 22, 255), -1, cv2.LINE_AA)
        cv2.circle(picture, (middle, 116), 32, (32, 32, 34, 255), -1, cv2.LINE_AA)
        cv2.circle(picture, (middle, 116), 20, (150, 152, 156, 255), -1, cv2.LINE_AA)
        cv2.circle(picture, (middle, 116), 6, (70, 70, 72, 255), -1, cv2.LINE_AA)
    return picture


def car_end(rng: np.random.Generator, colour: Colour, *, front: bool) -> Image:
    """Draw the lower front or rear, 1.8 m by 0.85 m, with a made-up number plate."""
    picture = np.empty((170, 360, 3), np.uint8)
    picture[:] = colour
    picture[96:] = (picture[96:] * 0.75).astype(np.uint8)
    cv2.rectangle(picture, (0, 136), (359, 169), (30, 30, 32), -1)
    lamp = (228, 228, 214) if front else (176, 26, 24)
    for left in (8, 282):
        cv2.rectangle(picture, (left, 20), (left + 70, 58), lamp, -1)
        cv2.rectangle(picture, (left, 20), (left + 70, 58), (40, 40, 42), 2)
    if front:
        cv2.rectangle(picture, (96, 26), (264, 60), (26, 26, 28), -1)
    letters = "ABCDEFGHJKLMNOPRSTUWXYZ"
    text = "".join(letters[int(index)] for index in rng.integers(0, len(letters), 3))
    text += " " + "".join(str(int(digit)) for digit in rng.integers(0, 10, 3))
    cv2.rectangle(picture, (128, 76), (232, 100), (244, 244, 240), -1)
    cv2.rectangle(picture, (128, 76), (138, 100), (30, 60, 150), -1)
    cv2.putText(picture, text, (141, 95), cv2.FONT_HERSHEY_SIMPLEX, 0.58, (14, 14, 16), 2,
                cv2.LINE_AA)  # fmt: skip
    return picture


def car_glass(colour: Colour) -> Image:
    """Draw a windscreen or rear window in its frame."""
    picture = np.empty((64, 160, 3), np.uint8)
    picture[:] = colour
    cv2.rectangle(picture, (10, 4), (149, 60), (34, 40, 46), -1)
    cv2.line(picture, (26, 56), (70, 8), (84, 94, 104), 8)
    return picture


def plain(colour: Colour) -> Image:
    """Return a small plain picture."""
    picture = np.empty((16, 16, 3), np.uint8)
    picture[:] = colour
    return picture


def speed_sign(limit_kmh: int) -> Image:
    """Draw the Swedish speed limit sign: red ring, yellow face; four channels."""
    picture = np.zeros((192, 192, 4), np.uint8)
    cv2.circle(picture, (96, 96), 94, (250, 214, 30, 255), -1, cv2.LINE_AA)
    cv2.circle(picture, (96, 96), 82, (196, 24, 34, 255), 22, cv2.LINE_AA)
    text = str(limit_kmh)
    size, _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, 2.6, 9)
    place = (96 - size[0] // 2, 96 + size[1] // 2)
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_DUPLEX, 2.6, (14, 14, 14, 255), 9,
                cv2.LINE_AA)  # fmt: skip
    return picture


def crossing_sign() -> Image:
    """Draw a pedestrian crossing sign: blue square, white triangle; four channels."""
    picture = np.zeros((192, 192, 4), np.uint8)
    cv2.rectangle(picture, (2, 2), (189, 189), (22, 84, 168, 255), -1)
    triangle = np.array([[96, 26], [172, 160], [20, 160]], np.int32)
    cv2.fillConvexPoly(picture, triangle, (244, 244, 244, 255), lineType=cv2.LINE_AA)
    cv2.circle(picture, (98, 78), 9, (10, 10, 10, 255), -1)
    for ends in (((98, 88), (94, 118)), ((94, 118), (78, 146)), ((94, 118), (112, 146)),
                 ((98, 94), (78, 108)), ((98, 94), (116, 110))):  # fmt: skip
        cv2.line(picture, ends[0], ends[1], (10, 10, 10, 255), 8, cv2.LINE_AA)
    return picture


def yield_sign() -> Image:
    """Draw a give-way sign: triangle on its tip, red rim, yellow face; four channels."""
    picture = np.zeros((192, 192, 4), np.uint8)
    outer = np.array([[4, 12], [188, 12], [96, 178]], np.int32)
    inner = np.array([[40, 34], [152, 34], [96, 134]], np.int32)
    cv2.fillConvexPoly(picture, outer, (196, 24, 34, 255), lineType=cv2.LINE_AA)
    cv2.fillConvexPoly(picture, inner, (250, 214, 30, 255), lineType=cv2.LINE_AA)
    return picture


def person(rng: np.random.Generator) -> Image:
    """Draw a person facing the viewer, with a face, 0.6 m by 1.75 m; four channels."""
    picture = np.zeros((350, 120, 4), np.uint8)
    skin = [(224, 180, 150), (186, 136, 104), (126, 86, 62), (238, 200, 176)][int(rng.integers(4))]
    coat = tuple(int(value) for value in rng.integers(30, 190, 3))
    legs = tuple(int(value) for value in rng.integers(20, 90, 3))
    hair = [(40, 30, 24), (110, 80, 48), (196, 170, 110), (120, 118, 116)][int(rng.integers(4))]
    for left in (38, 62):
        cv2.rectangle(picture, (left, 190), (left + 20, 340), (*legs, 255), -1)
        cv2.rectangle(picture, (left - 2, 332), (left + 22, 348), (24, 22, 22, 255), -1)
    body = np.array([[30, 70], [90, 70], [96, 205], [24, 205]], np.int32)
    cv2.fillConvexPoly(picture, body, (*coat, 255), lineType=cv2.LINE_AA)
    for left in (16, 92):
        cv2.rectangle(picture, (left, 76), (left + 13, 180), (*coat, 255), -1)
        cv2.circle(picture, (left + 6, 186), 8, (*skin, 255), -1)
    cv2.rectangle(picture, (52, 52), (68, 74), (*skin, 255), -1)
    cv2.ellipse(picture, (60, 32), (22, 27), 0, 0, 360, (*hair, 255), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (60, 38), (18, 23), 0, 0, 360, (*skin, 255), -1, cv2.LINE_AA)
    for eye in (53, 67):
        cv2.ellipse(picture, (eye, 35), (4, 2), 0, 0, 360, (246, 246, 244, 255), -1, cv2.LINE_AA)
        cv2.circle(picture, (eye, 35), 2, (40, 34, 30, 255), -1, cv2.LINE_AA)
        cv2.line(picture, (eye - 5, 30), (eye + 5, 30), (*hair, 255), 2, cv2.LINE_AA)
    nose = tuple(int(value * 0.82) for value in skin)
    cv2.line(picture, (60, 36), (58, 45), (*nose, 255), 2, cv2.LINE_AA)
    cv2.ellipse(picture, (60, 52), (7, 3), 0, 0, 180, (168, 76, 74, 255), 2, cv2.LINE_AA)
    return picture
