"""A folder of photos with their positions, ready to be sampled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gatusyn.capture.exif import PhotoTags
from gatusyn.capture.fixes import Fixes, clean_track
from gatusyn.capture.frames import RawFrame
from gatusyn.capture.photo_positions import TimedPhotos, from_exif, from_table, on_track
from gatusyn.capture.quality import judge
from gatusyn.capture.read_photos import read_oldest_s, read_photo, read_photo_tags
from gatusyn.capture.read_sources import list_photos
from gatusyn.capture.sampling import in_gap
from gatusyn.model import (
    CalibrateParams,
    CaptureParams,
    DriveFault,
    DriveRemark,
    Flow,
    FootageError,
    GroundTrack,
    Rejected,
    RejectReason,
    Track,
)

_BURST_SHARE: Final = 0.7
"""Photos nearer than this share of the spacing are too close; less would be the noise of fixes."""


class PhotoDrive:
    """A folder of photos whose times and positions are known.

    Parameters
    ----------
    folder
        Where the photos are.
    files
        Everything received, by name.
    rejected
        What is already known to be unusable, by file name.
    time_s
        Seconds since 1970-01-01 UTC on the track's clock, by file name.
    clock_offset_s
        Seconds that were added to the photos' own times.
    size_px
        Width and height of the first photo that can be read.
    fov_deg
        How wide the photos say that their view is; None where they do not.
    track, drive_id, params, remarks
        As in ``VideoDrive``.
    """

    def __init__(
        self,
        *,
        folder: Path,
        files: Sequence[Path],
        rejected: Mapping[str, Rejected],
        time_s: Mapping[str, float],
        clock_offset_s: float,
        size_px: tuple[int, int],
        track: Track,
        drive_id: str,
        params: CaptureParams,
        remarks: Sequence[DriveRemark],
        fov_deg: float | None = None,
    ) -> None:
        self.name = folder.resolve().name
        self.fov_deg = fov_deg
        self.drive_id = drive_id
        self.track = track
        self.clock_offset_s = clock_offset_s
        self.size_px = size_px
        self.remarks = tuple(remarks)
        self._params = params
        self._rejected = [rejected[file.name] for file in files if file.name in rejected]
        usable = [file for file in files if file.name not in rejected]
        self._unplaced = [file for file in usable if file.name not in time_s]
        placed = [(time_s[file.name], file) for file in usable if file.name in time_s]
        self._photos = sorted(placed, key=lambda photo: (photo[0], photo[1].name))

    def sample_times(self, ground: GroundTrack) -> NDArray[np.float64]:
        """Return one time for each item to come, NaN where a file has none, shape [n]."""
        del ground  # photos are taken as they come
        nothing = np.full(len(self._rejected) + len(self._unplaced), np.nan)
        return np.concatenate([nothing, np.array([time for time, _ in self._photos])])

    def frames(
        self, ground: GroundTrack, *, neighbour_s: float = 0.0
    ) -> Iterator[RawFrame | Rejected]:
        """Give one item for each file in the folder, those without a place first.

        Parameters
        ----------
        ground
            The smoothed track.
        neighbour_s
            Of no use here: the photos before and after were taken too far away.
        """
        del neighbour_s
        yield from self._rejected
        for file in self._unplaced:
            yield _reject(file, RejectReason.NO_POSITION, "no position or no time")
        last_m = -np.inf
        for time_s, file in self._photos:
            if in_gap(time_s, ground.time_s, max_gap_s=self._params.max_gap_s):
                yield _reject(file, RejectReason.NO_TRACK, "outside the track or in a gap of it")
                continue
            here_m = float(np.interp(time_s, ground.time_s, ground.distance_m))
            if here_m - last_m < _BURST_SHARE * self._params.spacing_m:
                yield Rejected(
                    frame_id=file.name,
                    reason=RejectReason.TOO_CLOSE,
                    detail=f"{here_m - last_m:.1f} m after the one before",
                    figures={
                        "value": here_m - last_m,
                        "limit": _BURST_SHARE * self._params.spacing_m,
                    },
                )
                continue
            item = self._read(file, time_s)
            if isinstance(item, RawFrame):
                last_m = here_m
            yield item

    def flows(self, ground: GroundTrack, params: CalibrateParams) -> Iterator[Flow]:
        """Give nothing: photos are metres apart, too far to follow the road between them."""
        del ground, params
        return iter(())

    def _read(self, file: Path, time_s: float) -> RawFrame | Rejected:
        image = read_photo(file)
        if isinstance(image, Rejected):
            return image
        fault = judge(image, self._params, frame_id=file.name)
        if fault is not None:
            return fault
        return RawFrame(frame_id=file.name, time_s=time_s, image=image)


def open_photos(
    folder: Path, fixes: Fixes | None, *, track_name: str, drive_id: str, params: CaptureParams
) -> PhotoDrive:
    """Open a folder of photos and find their times and positions.

    Parameters
    ----------
    folder
        Where the photos are.
    fixes
        Those of the drive's track or table; None if the photos bring their own.
    track_name
        The name of the file they came from, for messages.
    drive_id, params
        As in ``VideoDrive``.

    Raises
    ------
    FootageError
        If no photo can be read.
    TrackError
        If the photos cannot be placed.
    """
    files = list_photos(folder)
    looked = {file.name: read_photo_tags(file) for file in files}
    rejected = {name: item for name, item in looked.items() if isinstance(item, Rejected)}
    tags = {name: item for name, item in looked.items() if isinstance(item, PhotoTags)}
    size_px = next((size for file in files if file.name in tags and (size := _size(file))), None)
    if size_px is None:
        raise FootageError(
            folder,
            f"holds {len(files)} files, none of which is a readable photo",
            "Copy it again.",
            fault=DriveFault.PHOTOS_UNREADABLE,
            figures={"count": len(files)},
        )
    track, timed, offset_s, remarks = _place(
        tags, fixes, track_name, params, source=folder.name, fallback_s=read_oldest_s(files)
    )
    return PhotoDrive(
        folder=folder,
        files=files,
        rejected=rejected,
        time_s={name: time + offset_s for name, time in timed.time_s.items()},
        clock_offset_s=offset_s,
        size_px=size_px,
        track=track,
        drive_id=drive_id,
        params=params,
        remarks=remarks,
        fov_deg=_fov_deg([tag.focal_35mm for tag in tags.values()], size_px),
    )


def _fov_deg(focals_35mm: Sequence[float], size_px: tuple[int, int]) -> float | None:
    """Return the horizontal field of view that the photos state, if they agree.

    The equivalent focal length is that of the same diagonal angle on a frame of 36 x 24 mm (CIPA
    DCG-001).
    """
    stated = [focal for focal in focals_35mm if np.isfinite(focal)]
    if not stated or max(stated) > 1.05 * min(stated):
        return None
    focal_px = stated[0] * float(np.hypot(*size_px)) / float(np.hypot(36.0, 24.0))
    return float(2.0 * np.degrees(np.arctan(size_px[0] / 2.0 / focal_px)))


def _place(
    tags: Mapping[str, PhotoTags],
    fixes: Fixes | None,
    track_name: str,
    params: CaptureParams,
    *,
    source: str,
    fallback_s: float,
) -> tuple[Track, TimedPhotos, float, tuple[DriveRemark, ...]]:
    gap_s, speed_ms = params.max_gap_s, params.max_speed_ms
    if fixes is not None and not set(fixes.names) & set(tags):
        track, remarks = clean_track(fixes, source=track_name, max_speed_ms=speed_ms)
        timed, offset_s = on_track(tags, track, source=source, offset_s=params.clock_offset_s)
        return track, timed, offset_s, (*remarks, *timed.remarks)
    if fixes is None:
        timed = from_exif(tags, source=source, fallback_s=fallback_s, max_gap_s=gap_s)
    else:
        timed = from_table(fixes, tags, source=source, fallback_s=fallback_s, max_gap_s=gap_s)
    assert timed.fixes is not None
    name = source if fixes is None else track_name
    track, remarks = clean_track(timed.fixes, source=name, max_speed_ms=speed_ms)
    return track, timed, 0.0, (*timed.remarks, *remarks)


def _size(file: Path) -> tuple[int, int] | None:
    image = read_photo(file)
    return None if isinstance(image, Rejected) else (image.shape[1], image.shape[0])


def _reject(file: Path, reason: RejectReason, detail: str) -> Rejected:
    return Rejected(frame_id=file.name, reason=reason, detail=detail)
