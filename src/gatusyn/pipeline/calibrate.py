"""Finds the camera of drives without inspecting them, and draws what was found."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gatusyn.capture import DriveSource, OpenDrive, RawFrame, find_drives, open_drive
from gatusyn.geo import Projection, utm_epsg
from gatusyn.locate import Camera, smooth_track
from gatusyn.model import (
    Calibration,
    CameraSpan,
    CitySettings,
    FootageError,
    GatusynError,
    GroundTrack,
    Image,
    UncheckedError,
)
from gatusyn.pipeline.camera import find_camera
from gatusyn.pipeline.progress import Progress, SilentProgress
from gatusyn.privacy import load_redactor

_HORIZON_RGB = (255, 214, 10)
_AHEAD_RGB = (10, 200, 255)
_FRAMES = 10
"""The picture is the last of so many frames that can be blurred: a drive begins at a kerb."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraOutcome:
    """What one drive says of its camera, or why it says nothing.

    Parameters
    ----------
    name
        The footage's name.
    size_px
        Width and height of its frames.
    """

    name: str
    size_px: tuple[int, int] = (0, 0)
    calibration: Calibration | None = None
    error: GatusynError | None = None


def calibrate_drives(
    path: Path,
    *,
    settings: CitySettings,
    track: Path | None = None,
    picture: Path | None = None,
    progress: Progress | None = None,
) -> list[CameraOutcome]:
    """Find the camera of each drive that a path stands for.

    Parameters
    ----------
    path
        A video, a folder of videos, or a folder of photos.
    settings
        What is believed of the camera before.
    track
        The track of the only drive, where it does not lie beside the footage.
    picture
        A JPEG file for a blurred frame of the first drive with horizon and vanishing point.

    Raises
    ------
    GatusynError
        If there is no footage, or the picture cannot be made.
    """
    steps = progress or SilentProgress()
    outcomes: list[CameraOutcome] = []
    for source in find_drives(path, track=track):
        steps.step(f"{source.name}: finding the camera", 0, 0)
        try:
            drive, ground = _opened(source, settings)
            found = find_camera(drive, ground, settings)
        except GatusynError as error:
            outcomes.append(CameraOutcome(name=source.name, error=error))
            continue
        outcomes.append(CameraOutcome(name=source.name, size_px=drive.size_px, calibration=found))
        if picture is not None:
            steps.step(f"{source.name}: drawing", 0, 0)
            _write_picture(picture, drive, ground, found, settings)
            picture = None
    return outcomes


def _opened(source: DriveSource, settings: CitySettings) -> tuple[OpenDrive, GroundTrack]:
    drive = open_drive(source, settings.capture)
    middle = float(np.median(drive.track.lon_deg)), float(np.median(drive.track.lat_deg))
    return drive, smooth_track(drive.track, Projection(utm_epsg(*middle)), settings.locate)


def camera_toml(span: CameraSpan) -> str:
    """Return the lines for a city's settings that hold the found values."""
    params = span.params
    return "\n".join(
        (
            "[camera]",
            f"height_m = {params.height_m:.2f}",
            f"pitch_deg = {params.pitch_deg:.1f}",
            f"yaw_deg = {params.yaw_deg:.1f}",
            f"roll_deg = {params.roll_deg:.1f}",
            f"horizontal_fov_deg = {params.horizontal_fov_deg:.1f}",
            "",
            "[calibrate]",
            f"height_sigma_m = {max(span.height_se_m, 0.05):.2f}",
            f"fov_sigma_deg = {max(span.fov_se_deg, 0.5):.1f}",
        )
    )


def _write_picture(
    path: Path,
    drive: OpenDrive,
    ground: GroundTrack,
    found: Calibration,
    settings: CitySettings,
) -> None:
    """Write a blurred frame from the middle of the drive, with lines drawn on it."""
    redactor = load_redactor(settings.privacy, horizon_share=None)
    raws = (item for item in drive.frames(ground) if isinstance(item, RawFrame))
    for raw in reversed(list(islice(raws, _FRAMES))):
        try:
            frame = redactor.redact(raw)
        except UncheckedError:
            continue
        height, width = frame.image.shape[:2]
        camera = Camera(params=found.at(frame.time_s).params, width_px=width, height_px=height)
        _save(path, draw_camera(frame.image, camera))
        return
    raise FootageError(drive.name, "has no frame that could be blurred for the picture")


def draw_camera(image: Image, camera: Camera) -> Image:
    """Return a copy of a blurred frame with horizon, vanishing point and 5 m lines of the road."""
    drawn = image.copy()
    far = camera.to_pixels(np.array([(1e5, -2e5), (1e5, 0.0), (1e5, 2e5)]))
    _line(drawn, far[[0, 2]], _HORIZON_RGB)
    for ahead in (5.0, 10.0, 15.0, 20.0):
        _line(drawn, camera.to_pixels(np.array([(ahead, -2.0), (ahead, 2.0)])), _AHEAD_RGB)
    for aside in (-2.0, 2.0):
        _line(drawn, camera.to_pixels(np.array([(5.0, aside), (20.0, aside)])), _AHEAD_RGB)
    if np.isfinite(far[1]).all():
        focus = np.clip(np.rint(far[1]), -30_000, 30_000).astype(int).tolist()
        cv2.drawMarker(drawn, focus, _HORIZON_RGB, cv2.MARKER_CROSS, 40, 3)
    return drawn


def _line(image: Image, ends: NDArray[np.float64], colour: tuple[int, int, int]) -> None:
    if np.isfinite(ends).all():
        first, second = np.clip(np.rint(ends), -30_000, 30_000).astype(int).tolist()
        cv2.line(image, first, second, colour, 2, cv2.LINE_AA)


def _save(path: Path, image: Image) -> None:
    done, packed = cv2.imencode(".jpg", image[..., ::-1])
    assert done
    try:
        path.write_bytes(packed.tobytes())
    except OSError as error:
        raise FootageError(path, f"cannot be written ({error.strerror})") from error
