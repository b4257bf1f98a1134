"""Find drives on disk: videos and photo folders, and the tracks that belong to them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from gatusyn.capture.sources import DriveKind, DriveSource
from gatusyn.model import DriveFault, FootageError, TrackError

_VIDEOS: Final = frozenset({".mp4", ".mov", ".mkv", ".m4v", ".avi", ".webm"})
_PHOTOS: Final = frozenset(
    {".jpg", ".jpeg", ".jpe", ".png", ".webp", ".tif", ".tiff", ".bmp", ".heic", ".heif"}
)
_TRACKS: Final = frozenset({".gpx", ".nmea", ".nma", ".csv"})
_MAYBE_NMEA: Final = frozenset({".txt", ".log"})
_CHUNK_BYTES: Final = 2**20


def find_drives(path: Path, *, track: Path | None = None) -> tuple[DriveSource, ...]:
    """Find the drives that a path stands for.

    A video is a drive; a folder with videos is as many drives; a folder with photos is one drive.
    A drive's track is the given one, else the one beside the video with its name, else the only
    one in the folder. A drive whose track is missing or unclear is found all the same, and
    ``open_drive`` says so: so one bad drive does not hide the others.

    Parameters
    ----------
    path
        A video file or a folder.
    track
        The track of all drives found.

    Raises
    ------
    FootageError
        If there is no footage at all.
    TrackError
        If the given track does not exist.
    """
    if track is not None and not track.is_file():
        raise TrackError(
            track, "does not exist", "Check the path of the track.", fault=DriveFault.NO_TRACK
        )
    if path.is_file():
        return (_video(path, _list(path.parent), track),)
    if not path.is_dir():
        raise FootageError(
            path,
            "does not exist",
            "Give a video or a folder of photos.",
            fault=DriveFault.NO_FOOTAGE,
        )
    files = _list(path)
    videos = [file for file in files if file.suffix.lower() in _VIDEOS]
    if videos:
        return tuple(_video(video, files, track) for video in videos)
    if not any(file.suffix.lower() in _PHOTOS for file in files):
        inside = sorted(child.name for child in path.iterdir() if child.is_dir())
        hint = f"Give its folders one by one ({', '.join(inside[:5])})." if inside else ""
        raise FootageError(path, "holds no video and no photo", hint, fault=DriveFault.NO_FOOTAGE)
    tracks = [file for file in files if is_track(file)]
    chosen = track or (tracks[0] if len(tracks) == 1 else None)
    return (
        DriveSource(
            footage=path,
            track=chosen,
            kind=DriveKind.PHOTOS,
            name=path.resolve().name,
            candidates=() if chosen else tuple(tracks),
        ),
    )


def _video(path: Path, files: list[Path], track: Path | None) -> DriveSource:
    if path.suffix.lower() not in _VIDEOS:
        kind = "is a single photo" if path.suffix.lower() in _PHOTOS else "is not footage"
        raise FootageError(
            path,
            kind,
            "Give a video (MP4, MOV, MKV, AVI) or a folder of photos.",
            fault=DriveFault.NOT_A_VIDEO,
        )
    tracks = [file for file in files if is_track(file)]
    namesakes = [file for file in tracks if file.stem.lower() == path.stem.lower()]
    candidates = namesakes or tracks
    chosen = track or (candidates[0] if len(candidates) == 1 else None)
    return DriveSource(
        footage=path,
        track=chosen,
        kind=DriveKind.VIDEO,
        name=path.name,
        candidates=() if chosen else tuple(candidates),
    )


def is_track(path: Path) -> bool:
    """Say whether a file is a track, by its ending and, for plain text, its first byte."""
    suffix = path.suffix.lower()
    if suffix in _TRACKS:
        return True
    if suffix not in _MAYBE_NMEA:
        return False
    with path.open("rb") as file:
        return file.read(64).lstrip()[:1] in {b"$", b"!"}


def list_photos(folder: Path) -> list[Path]:
    """Return everything in a photo folder that is no track and not hidden, by name."""
    return [file for file in _list(folder) if not is_track(file)]


def read_drive_id(footage: Iterable[Path], track: Path | None, *, named: bool) -> str:
    """Return the SHA-256 of a drive's content, hexadecimal.

    Parameters
    ----------
    footage
        The files, in order.
    track
        The track's file, if there is one.
    named
        Whether the files' names are content too (they order photos, and tables refer to them).

    Raises
    ------
    FootageError
        If a file cannot be read.
    """
    digest = hashlib.sha256()
    for path in [*footage, *([track] if track else [])]:
        # Lengths before parts: moving bytes from one file to the next changes the hash.
        try:
            digest.update(f"{path.stat().st_size}|".encode())
            if named and path != track:
                digest.update(f"{len(path.name)}|{path.name}|".encode("utf-8", "surrogateescape"))
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK_BYTES):
                    digest.update(chunk)
        except OSError as error:
            reason = error.strerror or "unknown reason"
            raise FootageError(
                path, f"cannot be read ({reason})", "Check the file.", fault=DriveFault.UNREADABLE
            ) from error
    return digest.hexdigest()


def _list(folder: Path) -> list[Path]:
    try:
        files = [file for file in folder.iterdir() if file.is_file()]
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise FootageError(
            folder,
            f"cannot be listed ({reason})",
            "Check the folder.",
            fault=DriveFault.UNREADABLE,
        ) from error
    return sorted(file for file in files if not file.name.startswith("."))
