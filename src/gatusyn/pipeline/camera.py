"""The camera of one drive: found from the drive, or as the settings say."""

from __future__ import annotations

import math
from dataclasses import replace

from gatusyn.capture import OpenDrive
from gatusyn.locate import calibrate, kept, mount_remarks
from gatusyn.model import (
    Calibration,
    CameraParams,
    CitySettings,
    DriveNote,
    DriveRemark,
    GroundTrack,
)

_EXIF_SIGMA_DEG = 3.0
"""Makers round the equivalent focal length, and crop some photos after it."""


def find_camera(drive: OpenDrive, ground: GroundTrack, settings: CitySettings) -> Calibration:
    """Return how the camera sat, with what the driver should know of its mount.

    The motion of the picture is measured at some moments before the frames are taken: so that
    hiding, finding and placing all know where the horizon is, whatever the settings say. Only the
    surroundings of those moments are decoded for it.
    """
    params = settings.calibrate
    if params.mode == "off":
        return kept(settings.camera, params, looks=0)
    camera, said = _with_stated_view(drive, settings)
    flows = list(drive.flows(ground, params))
    found = calibrate(flows, ground, camera, params)
    remarks = mount_remarks(found, flows, settings.camera, settings.locate)
    return replace(found, remarks=(*said, *remarks))


def _with_stated_view(
    drive: OpenDrive, settings: CitySettings
) -> tuple[CameraParams, tuple[DriveRemark, ...]]:
    """Weigh the settings' field of view with what the footage states of itself."""
    camera, sigma = settings.camera, settings.calibrate.fov_sigma_deg
    if drive.fov_deg is None or sigma <= 0:
        return camera, ()
    ours, theirs = sigma**-2, _EXIF_SIGMA_DEG**-2
    fov = (ours * camera.horizontal_fov_deg + theirs * drive.fov_deg) / (ours + theirs)
    fov = min(max(round(fov, 2), 20.0), 140.0)
    if math.isclose(fov, camera.horizontal_fov_deg, abs_tol=0.5):
        return camera, ()
    remark = DriveRemark(
        note=DriveNote.VIEW_STATED,
        figures={
            "stated_deg": float(drive.fov_deg),
            "settings_deg": float(camera.horizontal_fov_deg),
            "taken_deg": fov,
        },
    )
    return replace(camera, horizontal_fov_deg=fov), (remark,)
