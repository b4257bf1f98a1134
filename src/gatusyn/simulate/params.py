"""Say what to simulate: the town, its damage, its camera and its receiver."""

import math
from dataclasses import dataclass

from gatusyn.model.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationParams:
    """Settings of a made-up town and its drives.

    Parameters
    ----------
    seed : int
        Seed of everything random; the same settings give the same files.
    blocks_x, blocks_y : int
        Number of blocks from west to east and from south to north.
    block_length_m : float
        Mean side of a block.
    damage_density : float
        Scale of the number of damages; 0 makes a sound town, 1 a typical one.
    drives : int
        Number of drives that share the route over all driven streets.
    fps : float
        Frames per second of the video.
    speed_ms : float
        Cruising speed.
    image_width_px, image_height_px : int
        Frame size, both even.
    camera_height_m, camera_pitch_deg, camera_fov_deg : float
        Height over the road, pitch (down positive) and horizontal field of view.
    camera_yaw_deg, camera_roll_deg : float
        How far the view is turned to the right of the direction of travel, and rolled clockwise as
        the driver sees it.
    camera_shake_deg : float
        Standard deviation of the pitch and roll of a moving vehicle.
    slip_share : float
        Share of each drive's time after which the mount has slipped; 1 means never.
    slip_pitch_deg, slip_yaw_deg, slip_roll_deg : float
        How far it slips.
    bonnet_share : float
        Share of the frame's height that the bonnet hides in the middle.
    gps_white_sigma_m, gps_drift_sigma_m : float
        Standard deviations, per axis, of the white and the slowly varying error.
    gps_drift_tau_s : float
        Correlation time of the slowly varying (first-order Gauss-Markov) error.
    clock_offset_s : float
        Track time minus video time at the same instant.
    """

    seed: int = 7
    blocks_x: int = 3
    blocks_y: int = 2
    block_length_m: float = 90.0
    damage_density: float = 1.0
    drives: int = 2
    fps: float = 3.0
    speed_ms: float = 8.0
    image_width_px: int = 1280
    image_height_px: int = 720
    camera_height_m: float = 2.0
    camera_pitch_deg: float = 10.0
    camera_fov_deg: float = 65.0
    camera_yaw_deg: float = 0.0
    camera_roll_deg: float = 0.0
    camera_shake_deg: float = 0.1
    slip_share: float = 1.0
    slip_pitch_deg: float = 0.0
    slip_yaw_deg: float = 0.0
    slip_roll_deg: float = 0.0
    bonnet_share: float = 0.0
    gps_white_sigma_m: float = 1.0
    gps_drift_sigma_m: float = 1.0
    gps_drift_tau_s: float = 60.0
    clock_offset_s: float = 0.0

    def __post_init__(self) -> None:
        """Refuse settings outside what the simulator can draw, all faults at once."""
        limits: dict[str, tuple[float, float]] = {
            "seed": (0, 2**31 - 1),
            "blocks_x": (1, 12),
            "blocks_y": (1, 12),
            "block_length_m": (50.0, 300.0),
            "damage_density": (0.0, 5.0),
            "drives": (1, 20),
            "fps": (0.5, 60.0),
            "speed_ms": (2.0, 20.0),
            "image_width_px": (64, 3840),
            "image_height_px": (64, 2160),
            "camera_height_m": (0.8, 4.0),
            "camera_pitch_deg": (-5.0, 40.0),
            "camera_fov_deg": (30.0, 110.0),
            "camera_yaw_deg": (-45.0, 45.0),
            "camera_roll_deg": (-20.0, 20.0),
            "camera_shake_deg": (0.0, 2.0),
            "slip_share": (0.0, 1.0),
            "slip_pitch_deg": (-20.0, 20.0),
            "slip_yaw_deg": (-20.0, 20.0),
            "slip_roll_deg": (-20.0, 20.0),
            "bonnet_share": (0.0, 0.6),
            "gps_white_sigma_m": (0.0, 50.0),
            "gps_drift_sigma_m": (0.0, 50.0),
            "gps_drift_tau_s": (1.0, 3600.0),
            "clock_offset_s": (-3600.0, 3600.0),
        }
        faults = [
            f"{name}: {getattr(self, name)} is outside {low} to {high}"
            for name, (low, high) in limits.items()
            if not (math.isfinite(getattr(self, name)) and low <= getattr(self, name) <= high)
        ]
        faults += [
            f"{name}: {getattr(self, name)} is odd; H.264 video needs an even number"
            for name in ("image_width_px", "image_height_px")
            if getattr(self, name) % 2
        ]
        if faults:
            raise SettingsError("simulation settings", "; ".join(faults), "Choose others.")
