"""The settings of places: the part of the road that is looked at, and how sure a place is."""

from __future__ import annotations

from dataclasses import dataclass

from gatusyn.model.checks import require_between
from gatusyn.model.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class LocateParams:
    """The part of the road ahead that is looked at, and how sure places are.

    Parameters
    ----------
    near_m, far_m
        Metres ahead of the lens.
    lateral_m
        Metres to either side of the direction of travel.
    two_lanes_from_m
        A carriageway for both directions that is at least so wide counts as looked at up to its
        middle; a narrower one is one lane for both, and counts as a whole (our own choice: two cars
        just pass each other).
    beside_m
        Damage farther than this outside a carriageway of known width is not the street's.
    min_road_share
        A frame with less drivable road in that part is off the road.
    max_turn_deg_s
        A frame taken while turning faster has no sure direction and is not used.
    fix_sigma_m
        Standard deviation of a fix where the receiver gives none.
    white_share
        Share of that which is new in every fix, where too few fixes show it; the rest lasts.
    fix_correlation_s
        How long the lasting part of a fix's error lasts.
    clock_sigma_s
        Standard deviation of the frames' times against the fixes'.
    unrest_m2s3
        How quickly a vehicle's speed changes: spectral density of its acceleration, for smoothing.
    lane_sigma_m
        Standard deviation of the vehicle's place across the street around the middle of its lane.
    bearing_sigma_deg
        Standard deviation of the vehicle's direction against that of a street that it follows.
    pitch_sigma_deg, yaw_sigma_deg, roll_sigma_deg, height_sigma_m
        Standard deviations of what the calibration leaves; pitch and roll with what the vehicle's
        body moves on its springs.
    pixel_sigma_px
        Standard deviation of an outline in the picture.
    left_hand_traffic
        Whether the town drives on the left.
    """

    near_m: float = 3.5
    far_m: float = 12.0
    lateral_m: float = 4.0
    two_lanes_from_m: float = 4.5
    beside_m: float = 0.75
    min_road_share: float = 0.15
    max_turn_deg_s: float = 12.0
    fix_sigma_m: float = 2.0
    white_share: float = 0.5
    fix_correlation_s: float = 60.0
    clock_sigma_s: float = 0.1
    unrest_m2s3: float = 2.0
    lane_sigma_m: float = 0.45
    bearing_sigma_deg: float = 1.0
    pitch_sigma_deg: float = 0.5
    yaw_sigma_deg: float = 0.5
    roll_sigma_deg: float = 0.5
    height_sigma_m: float = 0.05
    pixel_sigma_px: float = 2.0
    left_hand_traffic: bool = False

    def __post_init__(self) -> None:
        require_between("locate.near_m", self.near_m, 0.5, 50.0)
        require_between("locate.far_m", self.far_m, 1.0, 100.0)
        require_between("locate.lateral_m", self.lateral_m, 0.5, 20.0)
        require_between("locate.two_lanes_from_m", self.two_lanes_from_m, 0.0, 100.0)
        require_between("locate.beside_m", self.beside_m, 0.0, 50.0)
        require_between("locate.min_road_share", self.min_road_share, 0.0, 1.0)
        require_between("locate.max_turn_deg_s", self.max_turn_deg_s, 0.1, 360.0)
        require_between("locate.fix_sigma_m", self.fix_sigma_m, 0.01, 100.0)
        require_between("locate.white_share", self.white_share, 0.0, 1.0)
        require_between("locate.fix_correlation_s", self.fix_correlation_s, 1.0, 3600.0)
        require_between("locate.clock_sigma_s", self.clock_sigma_s, 0.0, 10.0)
        require_between("locate.unrest_m2s3", self.unrest_m2s3, 0.001, 100.0)
        require_between("locate.lane_sigma_m", self.lane_sigma_m, 0.05, 1000.0)
        for name in ("bearing", "pitch", "yaw", "roll"):
            value = float(getattr(self, f"{name}_sigma_deg"))
            require_between(f"locate.{name}_sigma_deg", value, 0.0, 45.0)
        require_between("locate.height_sigma_m", self.height_sigma_m, 0.0, 2.0)
        require_between("locate.pixel_sigma_px", self.pixel_sigma_px, 0.0, 100.0)
        if self.near_m >= self.far_m:
            raise SettingsError("locate.near_m", "is not below locate.far_m", "Lower it.")
