"""How the phone sits in the vehicle, as users write it."""

from __future__ import annotations

from dataclasses import dataclass

from gatusyn.model.checks import require_between


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraParams:
    """How the phone sits in the vehicle.

    Parameters
    ----------
    height_m
        Lens above the road.
    pitch_deg
        How far the view is tilted below the horizon.
    yaw_deg
        How far the view is turned to the right of the direction of travel.
    roll_deg
        How far the view is rolled clockwise, as the driver sees it.
    horizontal_fov_deg
        Width of the view.
    forward_of_antenna_m
        How far the lens is ahead of the positioning antenna.
    """

    height_m: float = 1.6
    pitch_deg: float = 8.0
    yaw_deg: float = 0.0
    roll_deg: float = 0.0
    horizontal_fov_deg: float = 66.0
    forward_of_antenna_m: float = 0.0

    def __post_init__(self) -> None:
        require_between("camera.height_m", self.height_m, 0.3, 6.0)
        require_between("camera.pitch_deg", self.pitch_deg, -10.0, 60.0)
        require_between("camera.yaw_deg", self.yaw_deg, -60.0, 60.0)
        require_between("camera.roll_deg", self.roll_deg, -45.0, 45.0)
        require_between("camera.horizontal_fov_deg", self.horizontal_fov_deg, 20.0, 140.0)
        require_between("camera.forward_of_antenna_m", self.forward_of_antenna_m, -10.0, 10.0)
