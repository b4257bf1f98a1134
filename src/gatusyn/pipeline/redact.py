"""Blurs a folder of photos: what could not be checked is told of and not written."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gatusyn.capture import RawFrame, read_photo
from gatusyn.capture.exif import PhotoTags
from gatusyn.capture.read_photos import read_photo_tags
from gatusyn.model import (
    FootageError,
    RedactionRecord,
    Rejected,
    RejectReason,
    SettingsError,
    StorageFullError,
    StoreError,
    UncheckedError,
)
from gatusyn.pipeline.photo_file import encode_photo, file_name_for
from gatusyn.pipeline.progress import Progress, SilentProgress
from gatusyn.privacy import Redactor

_MAX_SIDE_PX = 20_000
"""No photo is made smaller; huge ones are refused when they are read."""

_MIN_SIDE_PX = 16
"""A face or a plate in a smaller picture tells nobody anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactedPhoto:
    """What became of one file.

    Parameters
    ----------
    name
        The file's name.
    written
        The blurred picture; None if it was rejected.
    record
        What was hidden, in pixels of the upright picture.
    size_px
        Width and height of the upright picture.
    rejected
        Why there is no picture.
    """

    name: str
    written: Path | None = None
    record: RedactionRecord | None = None
    size_px: tuple[int, int] = (0, 0)
    rejected: Rejected | None = None


def redact_photos(
    folder: Path,
    out: Path,
    *,
    redactor: Redactor,
    keep_time: bool = False,
    keep_position: bool = False,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Iterator[RedactedPhoto]:
    """Write a blurred copy of every photo of a folder, and yield what became of each file.

    Every file in the folder is received (hidden ones and folders are not). The copy is made of the
    blurred pixels alone: nothing that the file said of itself comes along unless asked for.

    Parameters
    ----------
    out
        Where the copies go; never the folder itself.
    keep_time, keep_position
        Write when, and where, a photo was taken into the copy.
    overwrite
        Whether ``out`` may hold files already; those of the same names are replaced.

    Raises
    ------
    FootageError
        If the folder is none or holds no file.
    SettingsError
        If ``out`` is the folder itself, or holds files and ``overwrite`` is not set.
    StoreError
        If a copy cannot be written.
    """
    files = received_files(folder)
    _prepare(folder, out, overwrite=overwrite)
    steps = progress or SilentProgress()
    taken: set[str] = set()
    for number, file in enumerate(files, start=1):
        name = file_name_for(file)
        if name.casefold() in taken:
            yield _refused(file, RejectReason.UNREADABLE, f"another file becomes {name} too")
        else:
            taken.add(name.casefold())
            yield _one(file, out / name, redactor, keep_time=keep_time, keep_position=keep_position)
        steps.step("photos", number, len(files))


def received_files(folder: Path) -> list[Path]:
    """Return the files of a folder in the order of their names.

    Raises
    ------
    FootageError
        If it is no folder or holds none.
    """
    if not folder.is_dir():
        raise FootageError(folder, "is not a folder", "Name the folder that holds the photos.")
    files = [path for path in folder.iterdir() if path.is_file() and path.name[0] != "."]
    if not files:
        raise FootageError(folder, "holds no photos", "Name the folder that holds the photos.")
    return sorted(files)


def _prepare(folder: Path, out: Path, *, overwrite: bool) -> None:
    if out.resolve() == folder.resolve():
        raise SettingsError(
            "--out", "is the folder of the photos", "Name another: originals are never replaced."
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
        is_used = any(out.iterdir())
    except OSError as error:
        raise StoreError(out, f"cannot be written ({error.strerror})") from error
    if is_used and not overwrite:
        raise SettingsError(out, "is not empty", "Name a new folder, or add --overwrite.")


def _one(
    file: Path, target: Path, redactor: Redactor, *, keep_time: bool, keep_position: bool
) -> RedactedPhoto:
    image = read_photo(file, max_side_px=_MAX_SIDE_PX, min_side_px=_MIN_SIDE_PX)
    if isinstance(image, Rejected):
        return RedactedPhoto(name=file.name, rejected=image)
    height, width = image.shape[:2]
    try:
        public = redactor.redact(RawFrame(frame_id=file.name, time_s=0.0, image=image))
    except UncheckedError as error:
        return _refused(file, RejectReason.UNCHECKED, error.problem)
    del image
    tags = read_photo_tags(file) if keep_time or keep_position else None
    said = tags if isinstance(tags, PhotoTags) else None
    data = encode_photo(
        public,
        jpeg=target.suffix.lower() in {".jpg", ".jpeg"},
        time_s=said.time_s if said and keep_time else None,
        lon_lat_deg=(said.lon_deg, said.lat_deg) if said and keep_position else None,
    )
    _write(target, data)
    return RedactedPhoto(
        name=file.name, written=target, record=public.redaction, size_px=(width, height)
    )


def _write(target: Path, data: bytes) -> None:
    """Write a file whole or not at all; a link of its name is replaced, not followed."""
    part = target.with_name(f".{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        part.write_bytes(data)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFullError(
                target, "the disk is full", "Free some space and run again with --overwrite."
            ) from error
        words = error.strerror or os.strerror(errno.EIO)
        raise StoreError(target, f"cannot be written ({words})") from error


def _refused(file: Path, reason: RejectReason, detail: str) -> RedactedPhoto:
    return RedactedPhoto(
        name=file.name, rejected=Rejected(frame_id=file.name, reason=reason, detail=detail)
    )
