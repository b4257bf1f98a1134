"""Brings photos, truth and calls together, frame by frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gatusyn.capture.read_photos import read_photo
from gatusyn.evaluate.callers import Caller, require_size
from gatusyn.evaluate.cells import FrameCells, frame_cells, mask_values
from gatusyn.evaluate.light import Light, light_of
from gatusyn.evaluate.read_masks import read_mask
from gatusyn.evaluate.regions import JudgedRegion, judged_regions
from gatusyn.model import FootageError, Image, PixelClass, Rejected, RejectReason

PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp"})

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A frame that was accepted: its cells, what was called in it, and its light."""

    cells: FrameCells
    regions: tuple[JudgedRegion, ...]
    photo: Path
    light: Light


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Every frame that was received: accepted or rejected.

    Parameters
    ----------
    missing_calls
        Accepted frames without a predicted mask: nothing is called in them.
    """

    accepted: tuple[Scored, ...]
    rejected: tuple[Rejected, ...]
    missing_calls: int = 0

    @property
    def received(self) -> int:
        """Frames that were named, or found as a photo or a truth."""
        return len(self.accepted) + len(self.rejected)


def photos_in(folder: Path) -> dict[str, Path]:
    """Return the photos of a folder by their names without endings.

    Raises
    ------
    FootageError
        If it is no folder or holds no photo.
    """
    if not folder.is_dir():
        raise FootageError(folder, "is not a folder", "Name the folder that holds the photos.")
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in PHOTO_SUFFIXES)
    if not files:
        raise FootageError(folder, "holds no photos", "Name the folder that holds the photos.")
    return {path.stem: path for path in files}


def truth_in(folder: Path, ending: str) -> dict[str, Path]:
    """Return the files of a folder with an ending, by their names without it.

    Raises
    ------
    FootageError
        If it is no folder or holds no such file.
    """
    if not folder.is_dir():
        raise FootageError(folder, "is not a folder", "Name the folder that holds the truth.")
    files = {path.stem: path for path in sorted(folder.iterdir()) if path.suffix.lower() == ending}
    if not files:
        raise FootageError(folder, f"holds no {ending} files", "Name the folder with the truth.")
    return files


def read_frames(
    photos: Mapping[str, Path],
    truth: Mapping[str, Path],
    caller: Caller,
    *,
    names: Sequence[str] | None = None,
    on_progress: Progress | None = None,
) -> Reading:
    """Read frames and what is called in them.

    Parameters
    ----------
    names
        The frames; by default all that have a photo or a truth.
    on_progress
        Called with (done, total).
    """
    wanted = names if names is not None else sorted({*photos, *truth})
    accepted: list[Scored] = []
    rejected: list[Rejected] = []
    missing = 0
    for done, name in enumerate(wanted, start=1):
        try:
            image, mask = _pair(name, photos, truth)
            look = caller.look(name, image)
        except FootageError as error:
            rejected.append(unreadable(name, error))
        else:
            missing += look is None
            nothing = dict.fromkeys(PixelClass, np.zeros(mask.shape, bool))
            cells = frame_cells(name, mask, look.values if look else nothing)
            accepted.append(
                Scored(
                    cells=cells,
                    regions=judged_regions(cells, look.regions if look else ()),
                    photo=photos[name],
                    light=light_of(image),
                )
            )
        if on_progress:
            on_progress(done, len(wanted))
    return Reading(accepted=tuple(accepted), rejected=tuple(rejected), missing_calls=missing)


def pixels_of(path: Path) -> Image:
    """Read a photo's pixels.

    Raises
    ------
    FootageError
        If it cannot be read.
    """
    image = read_photo(path)
    if isinstance(image, Rejected):
        raise FootageError(path, f"the photo cannot be read ({image.detail})")
    return image


def compare_masks(
    names: Sequence[str], called: Path, truth: Path, *, classes: Sequence[PixelClass]
) -> tuple[tuple[FrameCells, ...], tuple[Rejected, ...]]:
    """Return the cells of frames whose masks lie in two folders, and what cannot be used."""
    accepted, rejected = [], []
    for name in names:
        try:
            mask, other = read_mask(truth / f"{name}.png"), read_mask(called / f"{name}.png")
            require_size(called / f"{name}.png", other, mask.shape)
        except FootageError as error:
            rejected.append(unreadable(name, error))
        else:
            accepted.append(frame_cells(name, mask, mask_values(other, classes)))
    return tuple(accepted), tuple(rejected)


def unreadable(name: str, error: FootageError) -> Rejected:
    """Return the record of a frame that cannot be used."""
    return Rejected(frame_id=name, reason=RejectReason.UNREADABLE, detail=str(error))


def _pair(
    name: str, photos: Mapping[str, Path], truth: Mapping[str, Path]
) -> tuple[Image, NDArray[np.uint8]]:
    if name not in truth:
        raise FootageError(name, "has no mask of the truth")
    if name not in photos:
        raise FootageError(name, "has no photo")
    image, mask = pixels_of(photos[name]), read_mask(truth[name])
    require_size(truth[name], mask, image.shape[:2])
    return image, mask
