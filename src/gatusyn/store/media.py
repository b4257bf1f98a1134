"""Blurred pictures on disk: staged unseen, then moved into place with the run's commit."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2

from gatusyn.model import Image, PublicFrame, StoreError
from gatusyn.store.plain_words import in_plain_words

MAX_WIDTH_PX = 960
JPEG_QUALITY = 82


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedPicture:
    """A picture's file in its run's folder, and its size as a share of the frame's."""

    file_name: str
    scale: float


class PictureFolder:
    """A run's staged pictures; only blurred frames come in.

    Parameters
    ----------
    folder
        Where the pictures wait.
    city
        The city folder, for messages.
    """

    def __init__(self, folder: Path, city: Path) -> None:
        self._folder = folder
        self._city = city
        self.pictures: dict[str, StagedPicture] = {}

    def add(self, frame: PublicFrame) -> None:
        """Write a blurred picture to the stage.

        Raises
        ------
        StorageFullError
            If the disk is full.
        TypeError
            If the frame has not been through the privacy stage.
        """
        if not isinstance(frame, PublicFrame):
            raise TypeError(f"only a PublicFrame can be stored, not a {type(frame).__name__}")
        former = self.pictures.get(frame.frame_id)
        # The name is ours: a file name from outside must never become a path or a URL.
        name = former.file_name if former else f"{len(self.pictures):06d}.jpg"
        data, scale = encode_picture(frame.image)
        with in_plain_words(self._city, subject="the drive"):
            write_bytes(self._folder / name, data)
        self.pictures[frame.frame_id] = StagedPicture(file_name=name, scale=scale)

    def keep_only(self, frame_ids: Iterable[str]) -> Mapping[str, StagedPicture]:
        """Remove the pictures of other frames; return those that stay, by frame."""
        wanted = set(frame_ids)
        for frame_id in [name for name in self.pictures if name not in wanted]:
            self.drop(frame_id)
        return self.pictures

    def drop(self, frame_id: str) -> StagedPicture:
        """Take a frame's picture out of the stage again; return what it was."""
        picture = self.pictures.pop(frame_id)
        (self._folder / picture.file_name).unlink(missing_ok=True)
        return picture


def encode_picture(image: Image) -> tuple[bytes, float]:
    """Return a frame as a JPEG without metadata, at most 960 px wide, and its scale.

    Parameters
    ----------
    image
        RGB, uint8 [height, width, 3].
    """
    height, width = image.shape[:2]
    scale = min(1.0, MAX_WIDTH_PX / width)
    picture = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    if scale < 1.0:
        size = (MAX_WIDTH_PX, max(1, round(height * scale)))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    written, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    assert written, "a uint8 RGB image can always be encoded"
    return data.tobytes(), scale


class Media:
    """One organisation's pictures: ``media/ORGANISATION/RUN/NUMBER.jpg`` in the city folder.

    Parameters
    ----------
    city
        The city folder.
    organisation
        The organisation's number in the store.
    """

    def __init__(self, city: Path, organisation: int) -> None:
        self._city = city
        self._root = city / "media" / str(organisation)
        self._staging = self._root / ".staging"

    def open_stage(self, run_id: str) -> PictureFolder:
        """Make an empty stage for a run."""
        folder = self._staging / safe_name(run_id, self._city)
        folder.mkdir(parents=True)
        return PictureFolder(folder, self._city)

    def drop_stage(self, run_id: str) -> None:
        """Remove a run's stage, if it is still there."""
        shutil.rmtree(self._staging / safe_name(run_id, self._city), ignore_errors=True)

    def publish(self, run_id: str) -> None:
        """Move a run's stage into place, on disk when this returns."""
        staged = self._staging / safe_name(run_id, self._city)
        for file in staged.iterdir():
            sync(file)
        sync(staged)
        staged.rename(self._root / run_id)
        for folder in (self._staging, self._root, self._root.parent, self._city):
            sync(folder)

    def withdraw(self, run_id: str) -> None:
        """Remove a run's pictures: its run was not committed."""
        shutil.rmtree(self._root / safe_name(run_id, self._city), ignore_errors=True)

    def path(self, run_id: str, file_name: str) -> Path | None:
        """Return the file of a picture, None if it is not there."""
        path = (self._root / run_id / file_name).resolve()
        inside = path.is_relative_to((self._root / run_id).resolve())
        return path if inside and path.is_file() else None

    def picture_file(self, picture_id: str, version: int) -> Path:
        """Return where a version of a picture lies."""
        run_id, number = picture_id.split("/")
        return self._root / safe_name(run_id, self._city) / file_name(number, version)

    def rewrite(self, picture_id: str, version: int, frame: PublicFrame) -> None:
        """Write a picture's new version beside the former, on disk when this returns.

        Parameters
        ----------
        frame
            The stored picture with more hidden in it, of its size.

        Raises
        ------
        TypeError
            If the frame has not been through the privacy stage.
        """
        if not isinstance(frame, PublicFrame):
            raise TypeError(f"only a PublicFrame can be stored, not a {type(frame).__name__}")
        path = self.picture_file(picture_id, version)
        data, _ = encode_picture(frame.image)
        write_bytes(path, data)
        sync(path)
        sync(path.parent)

    def erase(self, picture_id: str, *, keep: int | None) -> None:
        """Delete all versions of a picture but one; their bytes are overwritten first.

        Overwriting reaches the old bytes on a disk that writes in place; a solid-state disk or a
        file system that copies on write may keep them until it needs the room.

        Parameters
        ----------
        keep
            The version that stays; None if none does.
        """
        _, number = picture_id.split("/")
        kept = None if keep is None else file_name(number, keep)
        folder = self.picture_file(picture_id, 0).parent
        for path in (folder / file_name(number, 0), *sorted(folder.glob(f"{number}-*.jpg"))):
            if path.name != kept and path.is_file():
                overwrite(path)
                path.unlink()
        if folder.is_dir():
            sync(folder)

    def sweep_versions(self, known: Container[Path]) -> None:
        """Remove rewritten pictures that a killed program never made known.

        Parameters
        ----------
        known
            The files of rewritten pictures that the store knows.
        """
        for path in self._root.glob("*/*-*.jpg"):
            if path not in known:
                path.unlink(missing_ok=True)

    def sweep(self, is_committed: Callable[[str], bool]) -> None:
        """Remove what killed runs left behind; only the holder of the inspect lock may."""
        if not self._root.is_dir():
            return
        shutil.rmtree(self._staging, ignore_errors=True)
        for folder in self._root.iterdir():
            if folder.is_dir() and not folder.is_symlink() and not is_committed(folder.name):
                shutil.rmtree(folder, ignore_errors=True)


def files_there(city: Path, organisation: str = "*") -> frozenset[str]:
    """Return the pictures' files, by path within the city folder; staged ones are not among them.

    Parameters
    ----------
    organisation
        The number of the one whose files are asked for; by default all.
    """
    return frozenset(
        path.relative_to(city).as_posix()
        for path in (city / "media").glob(f"{organisation}/*/*.jpg")
        if ".staging" not in path.parts
    )


def file_name(number: str, version: int) -> str:
    """Return the file's name of a version of a picture."""
    return f"{number}-{version}.jpg" if version else f"{number}.jpg"


def overwrite(path: Path) -> None:
    """Put zeros in the place of a file's bytes, on disk when this returns."""
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())


def safe_name(run_id: str, city: Path) -> str:
    """Return a run's id if it can name a folder.

    Raises
    ------
    StoreError
        If it could lead elsewhere.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", run_id):
        raise StoreError(city, f"{run_id!r} cannot name a run", "Use letters, digits, - and _.")
    return run_id


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file; raise ``OSError`` if the disk is full."""
    path.write_bytes(data)


def sync(path: Path) -> None:
    """Have a file or a folder on disk, so that a power cut after the commit takes nothing."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
