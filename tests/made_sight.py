"""A detector, a mount and a camera without any error, for tests of what errors do."""

from __future__ import annotations

from gatusyn.simulate.sightings import SightParams

SURE = SightParams(
    height_off_m=0.0,
    pitch_off_deg=0.0,
    yaw_off_deg=0.0,
    roll_off_deg=0.0,
    shake_deg=0.0,
    dive_deg=0.0,
    wider_px=0.0,
    outline_px=0.0,
    shift_px=0.0,
    false_per_frame=0.0,
)
