"""Draw the textures of houses, roofs, hedges and trees."""

import cv2
import numpy as np

from .arrays import Image


def facade(rng: np.random.Generator, width_m: float, height_m: float) -> Image:
    """Draw a house front with windows in storeys and a door; 40 pixels a metre."""
    scale = 40
    rows, columns = int(height_m * scale), int(width_m * scale)
    wall = [
        (178, 92, 66), (214, 196, 160), (196, 190, 178), (150, 70, 58),
        (222, 205, 140), (170, 178, 182), (232, 228, 216), (140, 112, 92),
    ][int(rng.integers(8))]  # fmt: skip
    picture = np.empty((rows, columns, 3), np.uint8)
    picture[:] = wall
    if rng.random() < 0.5:  # boards or courses
        step = int(rng.integers(7, 14))
        picture[:, ::step] = (picture[:, ::step] * 0.86).astype(np.uint8)
    else:
        step = int(rng.integers(4, 7))
        picture[::step] = (picture[::step] * 0.88).astype(np.uint8)
    speckle = rng.normal(0, 5, (rows, columns, 1))
    picture = np.clip(picture + speckle, 0, 255).astype(np.uint8)
    picture[-scale // 2 :] = (120, 118, 114)
    storey = 2.8 * scale
    frame_colour = [(238, 238, 232), (90, 60, 50), (60, 74, 84)][int(rng.integers(3))]
    pane = [(46, 54, 64), (66, 80, 96), (34, 36, 40)][int(rng.integers(3))]
    wide = rng.uniform(0.9, 1.4) * scale
    count = max(2, int(columns / (wide * 2.1)))
    door = int(rng.integers(count))
    for level in range(max(1, int(rows // storey))):
        bottom = rows - int(level * storey) - int(0.95 * scale)
        for index in range(count):
            middle = int((index + 0.5) * columns / count)
            left, right = int(middle - wide / 2), int(middle + wide / 2)
            if level == 0 and index == door:
                cv2.rectangle(picture, (middle - 20, rows - 92), (middle + 20, rows - 8),
                              (70, 54, 44), -1)  # fmt: skip
                continue
            top = bottom - int(1.35 * scale)
            cv2.rectangle(picture, (left - 3, top - 3), (right + 3, bottom + 3), frame_colour, -1)
            cv2.rectangle(picture, (left, top), (right, bottom), pane, -1)
            glint = tuple(int(value * 1.5) for value in pane)
            cv2.line(picture, (left + 4, bottom - 8), (right - 6, top + 6), glint, 3)
            cv2.line(picture, (middle, top), (middle, bottom), frame_colour, 2)
    return picture


def roof(rng: np.random.Generator) -> Image:
    """Draw rows of tiles."""
    colour = [(150, 74, 52), (84, 80, 80), (120, 64, 50), (62, 62, 66)][int(rng.integers(4))]
    picture = np.empty((128, 256, 3), np.uint8)
    picture[:] = colour
    picture[::6] = (picture[::6] * 0.7).astype(np.uint8)
    noise = rng.normal(0, 7, (128, 256, 1))
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def gable(front: Image) -> Image:
    """Cut a triangle out of a wall for the house's end."""
    rows, columns = 96, 192
    wall = cv2.resize(front[: max(8, front.shape[0] // 10)], (columns, rows))
    alpha = np.zeros((rows, columns), np.uint8)
    cv2.fillConvexPoly(
        alpha, np.array([[0, rows], [columns, rows], [columns // 2, 0]], np.int32), (255,)
    )
    return np.dstack([wall, alpha]).astype(np.uint8)


def hedge(rng: np.random.Generator) -> Image:
    """Draw leaves close together, opaque."""
    noise = rng.normal(0, 1, (64, 512)).astype(np.float32)
    rough = cv2.GaussianBlur(noise, (0, 0), 1.2) * 60 + cv2.GaussianBlur(noise, (0, 0), 4) * 150
    base = np.array([64, 88, 44]) + rng.normal(0, 8, 3)
    fade = np.linspace(1.15, 0.7, 64)[:, None, None]
    return np.clip((base + rough[..., None]) * fade, 0, 255).astype(np.uint8)


def tree(rng: np.random.Generator) -> Image:
    """Draw a crown of many lit and shaded clumps on a trunk; four channels."""
    rows, columns = 384, 288
    picture = np.zeros((rows, columns, 4), np.uint8)
    cv2.fillConvexPoly(
        picture,
        np.array([[134, 383], [154, 383], [148, 190], [140, 190]], np.int32),
        (74, 60, 48, 255),
    )
    autumn = rng.random()
    green = np.array([70 + 80 * autumn**3, 92, 44]) * rng.uniform(0.8, 1.15)
    clumps = 420
    angle, reach = rng.uniform(0, 2 * np.pi, clumps), np.sqrt(rng.uniform(0, 1, clumps))
    x = 144 + np.cos(angle) * reach * 120
    y = 138 + np.sin(angle) * reach * 118 + 14 * np.cos(x / 23.0)
    order = np.argsort(rng.normal(0, 40, clumps) - y)
    for index in order:
        light = 1.18 - 0.55 * (y[index] / 270) + rng.normal(0, 0.14)
        colour = np.clip(green * light, 0, 255)
        size = (int(rng.integers(6, 17)), int(rng.integers(5, 13)))
        cv2.ellipse(
            picture,
            (int(x[index]), int(y[index])),
            size,
            float(rng.uniform(0, 180)),
            0,
            360,
            (*(int(value) for value in colour), 255),
            -1,
        )
    leaves = rng.normal(0, 12, (rows, columns, 1))
    picture[..., :3] = np.clip(picture[..., :3] + leaves, 0, 255).astype(np.uint8)
    return picture
