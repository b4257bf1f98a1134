"""Reads what must be hidden: plates as CSV, faces marked by eye as JSON."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gatusyn.model import FootageError, RegionKind

_CORNERS = ("x1", "y1", "x2", "y2")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueBox:
    """A face or a plate that is there.

    Parameters
    ----------
    box
        x1, y1, x2, y2 in pixels of the photo.
    view
        From where a face is seen, or what kind of plate it is; empty if nobody said.
    unsure
        Whether whoever marked it doubted, or it shows the back of a head: such boxes are not
        scored, nor held against the redactor.
    """

    kind: RegionKind
    box: tuple[float, float, float, float]
    view: str = ""
    unsure: bool = False

    @property
    def height_px(self) -> float:
        """Its height."""
        return self.box[3] - self.box[1]


Truth = Mapping[str, tuple[TrueBox, ...]]
"""What is there, by the photo's name without ending; a photo with nobody in it has none."""


def read_plates(path: Path) -> Truth:
    """Read a CSV file with the columns image, x1, y1, x2, y2.

    Raises
    ------
    FootageError
        If it cannot be read, or a row is no box; the message names the row.
    """
    found: dict[str, tuple[TrueBox, ...]] = {}
    try:
        with path.open(newline="", encoding="utf-8-sig") as handle:
            reader = csv.DictReader(handle)
            missing = {"image", *_CORNERS} - set(reader.fieldnames or ())
            if missing:
                raise FootageError(path, f"has no column {', '.join(sorted(missing))}")
            for number, row in enumerate(reader, start=2):
                box = _box(path, f"row {number}", [row[name] for name in _CORNERS])
                name = _stem(row["image"])
                found[name] = (*found.get(name, ()), TrueBox(kind=RegionKind.PLATE, box=box))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FootageError(path, f"cannot be read ({error})") from error
    return found


def read_faces(path: Path) -> Truth:
    """Read ``{"frames": [{"frame", "faces": [{"box", "view", "unsure"}]}], "no_people": [...]}``.

    Raises
    ------
    FootageError
        If it cannot be read or has another shape; the message names the frame.
    """
    try:
        document = json.loads(path.read_text("utf-8"))
        frames, nobody = document["frames"], document.get("no_people", [])
        found: dict[str, tuple[TrueBox, ...]] = {_stem(_frame_of(one)): () for one in nobody}
        for one in frames:
            name = _stem(_frame_of(one))
            faces = tuple(_face(path, name, face) for face in one["faces"])
            found[name] = (*found.get(name, ()), *faces)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise FootageError(path, f"cannot be read ({error})") from error
    except KeyError as error:
        raise FootageError(
            path, f"is no list of frames with faces: a {error} is missing"
        ) from error
    except (TypeError, AttributeError) as error:
        raise FootageError(path, "is no list of frames with faces: see docs/commands.md") from error
    return found


def _frame_of(one: Any) -> str:
    return one if isinstance(one, str) else str(one["frame"])


def _stem(name: str) -> str:
    return Path(name).stem if Path(name).suffix.lower() in _ENDINGS else name


_ENDINGS = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp", ".ppm"}


def _face(path: Path, name: str, face: Mapping[str, Any]) -> TrueBox:
    return TrueBox(
        kind=RegionKind.FACE,
        box=_box(path, f"frame {name}", list(face["box"])),
        view=" ".join(str(face[key]) for key in ("view", "kind") if face.get(key)),
        # The back of a head shows no face: it may be hidden and need not be.
        unsure=bool(face.get("unsure", False)) or face.get("view") == "back",
    )


def _box(path: Path, where: str, values: list[Any]) -> tuple[float, float, float, float]:
    try:
        x1, y1, x2, y2 = (float(value) for value in values)
    except (TypeError, ValueError):
        raise FootageError(path, f"{where} is no box of four numbers") from None
    if not all(map(math.isfinite, (x1, y1, x2, y2))) or x1 >= x2 or y1 >= y2:
        raise FootageError(path, f"{where} is no box: {x1:g}, {y1:g}, {x2:g}, {y2:g}")
    return x1, y1, x2, y2
