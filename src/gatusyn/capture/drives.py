"""Open a drive: footage and track together, checked, hashed, and with one clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gatusyn.capture.fixes import clean_track
from gatusyn.capture.frames import RawFrame
from gatusyn.capture.photo_drive import open_photos
from gatusyn.capture.read_sources import list_photos, read_drive_id
from gatusyn.capture.read_track import read_fixes
from gatusyn.capture.sources import DriveKind, DriveSource
from gatusyn.capture.video_drive import open_video
from gatusyn.model import (
    CalibrateParams,
    CaptureParams,
    DriveFault,
    DriveRemark,
    Flow,
    GroundTrack,
    Rejected,
    Track,
    TrackError,
)

DegreeBox = tuple[float, float, float, float]
"""West, south, east, north in WGS 84 degrees."""


class OpenDrive(Protocol):
    """A drive that is ready to be sampled."""

    @property
    def name(self) -> str:
        """The footage's file or folder name."""

    @property
    def drive_id(self) -> str:
        """SHA-256 of the drive's content, hexadecimal."""

    @property
    def track(self) -> Track:
        """In order of time, without jumps."""

    @property
    def clock_offset_s(self) -> float:
        """Seconds added to the footage's own times to get the track's."""

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the frames (photos may differ from the first)."""

    @property
    def fov_deg(self) -> float | None:
        """How wide the footage says that its view is, degrees; None where it does not say."""

    @property
    def remarks(self) -> tuple[DriveRemark, ...]:
        """What a person should know; complete when all frames have been given."""

    def sample_times(self, ground: GroundTrack) -> NDArray[np.float64]:
        """Return one time for each item that ``frames`` will give; NaN where it has none."""

    def frames(
        self, ground: GroundTrack, *, neighbour_s: float = 0.0
    ) -> Iterator[RawFrame | Rejected]:
        """Give exactly one item for each frame received; a video's with its neighbours."""

    def flows(self, ground: GroundTrack, params: CalibrateParams) -> Iterator[Flow]:
        """Measure how a video's picture moves at some moments, without pixels; photos give none."""


def open_drive(
    source: DriveSource, params: CaptureParams, *, network_box: DegreeBox | None = None
) -> OpenDrive:
    """Open a drive: read its header and track, and settle its clock.

    Parameters
    ----------
    source
        From ``find_drives``.
    params
        Which frames are taken, and which are good enough.
    network_box
        The town's network: west, south, east, north in WGS 84 degrees. A drive of which no fix
        lies in it is refused.

    Raises
    ------
    FootageError
        If the footage cannot be used.
    TrackError
        If the track is missing, unclear or unusable, does not overlap the footage, or lies outside
        the town.
    """
    if source.candidates:
        names = ", ".join(path.name for path in source.candidates)
        raise TrackError(
            source.footage,
            f"has more than one track that could be its own ({names})",
            "Name it.",
            fault=DriveFault.SEVERAL_TRACKS,
        )
    photos = source.kind is DriveKind.PHOTOS
    files = list_photos(source.footage) if photos else [source.footage]
    drive_id = read_drive_id(files, source.track, named=photos)
    drive: OpenDrive
    if photos:
        fixes = read_fixes(source.track) if source.track else None
        name = source.track.name if source.track else source.name
        drive = open_photos(
            source.footage, fixes, track_name=name, drive_id=drive_id, params=params
        )
    else:
        track, remarks = _video_track(source, params)
        drive = open_video(source.footage, track, drive_id=drive_id, params=params, remarks=remarks)
    if network_box is not None:
        _check_in_town(drive.track, network_box)
    return drive


def _video_track(
    source: DriveSource, params: CaptureParams
) -> tuple[Track, tuple[DriveRemark, ...]]:
    if source.track is None:
        raise TrackError(
            source.footage,
            "is a video without a track, so nobody knows where it was recorded",
            "Put the drive's GPX, NMEA or CSV track beside it under the same name.",
            fault=DriveFault.NO_TRACK,
        )
    fixes = read_fixes(source.track)
    return clean_track(fixes, source=source.track.name, max_speed_ms=params.max_speed_ms)


def _check_in_town(track: Track, box: DegreeBox) -> None:
    west, south, east, north = box

    def inside(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> bool:
        return bool(((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)).any())

    if inside(track.lon_deg, track.lat_deg):
        return
    where = f"around {np.median(track.lat_deg):.4f} N, {np.median(track.lon_deg):.4f} E"
    if inside(track.lat_deg, track.lon_deg):
        raise TrackError(
            track.source,
            f"lies {where}: latitude and longitude are swapped",
            "Swap them.",
            fault=DriveFault.TRACK_SWAPPED,
        )
    raise TrackError(
        track.source,
        f"lies {where}, outside the town's network (latitude {south:.4f} to {north:.4f}, "
        f"longitude {west:.4f} to {east:.4f})",
        "Check that this drive belongs to this town.",
        fault=DriveFault.OUTSIDE_TOWN,
    )
