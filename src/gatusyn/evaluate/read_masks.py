"""Reads masks, lists of frames and the groups that frames belong to."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from gatusyn.detect import MASK_VALUES
from gatusyn.evaluate.cells import LANE_VALUE
from gatusyn.model import FootageError, GatusynError

_ALL_VALUES = LANE_VALUE + sum(MASK_VALUES.values())


def read_mask(path: Path) -> NDArray[np.uint8]:
    """Read a mask, uint8 [height, width], values added: 1 lane, 2 crack, 4 pothole, 8 patch.

    Raises
    ------
    FootageError
        If it is missing, cannot be read, is no 8-bit grey PNG, or holds other values.
    """
    try:
        with Image.open(path, formats=("PNG",)) as picture:
            mode = picture.mode
            # A palette's indices are the values; its colours are for people.
            mask = np.array(picture) if mode in {"L", "P"} else None
    except FileNotFoundError as error:
        raise FootageError(path, "the mask is missing") from error
    except UnidentifiedImageError as error:
        raise FootageError(path, "is no PNG picture, so no mask") from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise FootageError(path, f"the mask cannot be read ({error})") from error
    if mask is None:
        raise FootageError(path, f"is no mask: its pixels are {mode}, not 8-bit grey")
    values = mask.astype(np.uint8)
    largest = int(values.max(initial=0))
    if largest > _ALL_VALUES:
        problem = f"is no mask: it holds the value {largest}, and 1, 2, 4 and 8 add up to 15"
        raise FootageError(path, problem)
    return values


def read_names(path: Path) -> tuple[str, ...]:
    """Read a list of frames, one name a line, each once and in the list's order.

    Raises
    ------
    GatusynError
        If it cannot be read or is empty.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise GatusynError(path, f"the list of frames cannot be read ({error})") from error
    names = tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if not names:
        raise GatusynError(path, "names no frames", "Write one frame's name a line.")
    return names


def read_groups(path: Path, column: str) -> Mapping[str, str]:
    """Read from a CSV file which group (survey line, say) each frame belongs to.

    Parameters
    ----------
    column
        The column of the groups; frames are named in the column ``frame``.

    Raises
    ------
    GatusynError
        If it cannot be read or lacks a column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            table = csv.DictReader(stream)
            missing = {"frame", column} - set(table.fieldnames or ())
            if missing:
                there = ", ".join(table.fieldnames or ()) or "none"
                raise GatusynError(
                    path, f"lacks the column {', '.join(sorted(missing))}", f"It has: {there}."
                )
            return {row["frame"]: row[column] or "" for row in table}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise GatusynError(path, f"the table of groups cannot be read ({error})") from error
