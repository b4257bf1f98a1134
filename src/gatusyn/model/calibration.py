"""How the camera sat in the vehicle, as its own drive shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gatusyn.model.camera_params import CameraParams
from gatusyn.model.checks import require_between
from gatusyn.model.drive_remark import DriveRemark


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrateParams:
    """How the camera is found from a drive; a video's only, photos lie too far apart.

    Parameters
    ----------
    mode
        ``auto`` finds it from each drive, ``off`` takes ``[camera]`` as it stands.
    height_sigma_m, pitch_sigma_deg, yaw_sigma_deg, roll_sigma_deg, fov_sigma_deg
        How unsure the values in ``[camera]`` are (standard deviation) before a drive is looked at.
        Lower it where you have measured; 0 keeps the value as it stands.
    every_m
        Metres driven between two looks at how the picture moves, at most: a short drive is looked
        at more often.
    max_looks
        At most so many looks a drive.
    min_looks
        With fewer good looks, the values in ``[camera]`` are kept.
    """

    mode: Literal["auto", "off"] = "auto"
    height_sigma_m: float = 1.0
    pitch_sigma_deg: float = 10.0
    yaw_sigma_deg: float = 10.0
    roll_sigma_deg: float = 5.0
    fov_sigma_deg: float = 10.0
    every_m: float = 40.0
    max_looks: int = 200
    min_looks: int = 12

    def __post_init__(self) -> None:
        require_between("calibrate.height_sigma_m", self.height_sigma_m, 0.0, 10.0)
        require_between("calibrate.pitch_sigma_deg", self.pitch_sigma_deg, 0.0, 45.0)
        require_between("calibrate.yaw_sigma_deg", self.yaw_sigma_deg, 0.0, 45.0)
        require_between("calibrate.roll_sigma_deg", self.roll_sigma_deg, 0.0, 45.0)
        require_between("calibrate.fov_sigma_deg", self.fov_sigma_deg, 0.0, 60.0)
        require_between("calibrate.every_m", self.every_m, 5.0, 10000.0)
        require_between("calibrate.max_looks", self.max_looks, 10, 2000)
        require_between("calibrate.min_looks", self.min_looks, 4, 2000)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSpan:
    """How the camera sat for a time.

    Parameters
    ----------
    from_s, until_s
        Seconds since 1970-01-01 UTC; infinite where the drive begins and ends.
    params
        The values.
    height_se_m, pitch_se_deg, yaw_se_deg, roll_se_deg, fov_se_deg
        Their standard errors.
    looks
        At how many moments of this time the picture's motion was used.
    """

    from_s: float
    until_s: float
    params: CameraParams
    height_se_m: float
    pitch_se_deg: float
    yaw_se_deg: float
    roll_se_deg: float
    fov_se_deg: float
    looks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What a drive shows of its camera.

    Parameters
    ----------
    spans
        One for each way the camera sat, in order of time, without gaps.
    found
        Whether the values are the drive's; else they are the settings'.
    looks
        At how many moments the picture's motion was looked at.
    residual_px
        Standard deviation, in pixels of a frame 1280 wide, between where points went and where
        the found camera says that they go; NaN where nothing was found.
    fitting_share
        Share of the points that move as a still world does, 0..1; NaN likewise.
    shake_deg
        Standard deviation of the view's tilt from moment to moment; NaN likewise.
    remarks
        What the driver and the engineer should know of the mount.
    """

    spans: tuple[CameraSpan, ...]
    found: bool
    looks: int
    residual_px: float
    fitting_share: float
    shake_deg: float
    remarks: tuple[DriveRemark, ...] = ()

    def at(self, time_s: float) -> CameraSpan:
        """Return how the camera sat at a time, seconds since 1970-01-01 UTC."""
        return next((span for span in self.spans if time_s < span.until_s), self.spans[-1])
