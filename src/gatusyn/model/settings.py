"""What users edit: one frozen ``Params`` per algorithm, together a city's ``gatusyn.toml``."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from gatusyn.model.checks import require_between
from gatusyn.model.damage import DamageKind, PixelClass
from gatusyn.model.errors import SettingsError
from gatusyn.model.record_params import RecordParams


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
    horizontal_fov_deg
        Width of the view.
    forward_of_antenna_m
        How far the lens is ahead of the positioning antenna.
    """

    height_m: float = 1.6
    pitch_deg: float = 8.0
    yaw_deg: float = 0.0
    horizontal_fov_deg: float = 66.0
    forward_of_antenna_m: float = 0.0

    def __post_init__(self) -> None:
        require_between("camera.height_m", self.height_m, 0.3, 6.0)
        require_between("camera.pitch_deg", self.pitch_deg, -10.0, 60.0)
        require_between("camera.yaw_deg", self.yaw_deg, -60.0, 60.0)
        require_between("camera.horizontal_fov_deg", self.horizontal_fov_deg, 20.0, 140.0)
        require_between("camera.forward_of_antenna_m", self.forward_of_antenna_m, -10.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureParams:
    """Which frames are taken, and which are good enough.

    Parameters
    ----------
    spacing_m
        Metres driven between two frames.
    clock_offset_s
        Seconds added to the footage's times to get the track's; not set estimates it.
    min_brightness
        Mean grey level 0..255 below which a frame is too dark.
    min_sharpness
        Variance of the Laplacian at 640 px width below which a frame is blurred.
    max_gap_s
        A track's gap longer than this is not bridged.
    max_speed_ms
        A fix that would need a higher speed is a jump and is left out.
    """

    spacing_m: float = 5.0
    clock_offset_s: float | None = None
    min_brightness: float = 25.0
    min_sharpness: float = 12.0
    max_gap_s: float = 10.0
    max_speed_ms: float = 60.0

    def __post_init__(self) -> None:
        require_between("capture.spacing_m", self.spacing_m, 0.5, 100.0)
        if self.clock_offset_s is not None:
            require_between("capture.clock_offset_s", self.clock_offset_s, -1e7, 1e7)
        require_between("capture.min_brightness", self.min_brightness, 0.0, 255.0)
        require_between("capture.min_sharpness", self.min_sharpness, 0.0, 1e6)
        require_between("capture.max_gap_s", self.max_gap_s, 1.0, 600.0)
        require_between("capture.max_speed_ms", self.max_speed_ms, 1.0, 100.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyParams:
    """What is hidden as a face or a number plate.

    Parameters
    ----------
    face_confidence, plate_confidence
        Confidence from which a face or a plate is hidden; lower hides more.
    margin
        A hidden region reaches beyond what was found by this share of its size on every side.
    """

    face_confidence: float = 0.2
    plate_confidence: float = 0.9
    margin: float = 0.25

    def __post_init__(self) -> None:
        require_between("privacy.face_confidence", self.face_confidence, 0.01, 1.0)
        require_between("privacy.plate_confidence", self.plate_confidence, 0.01, 1.0)
        require_between("privacy.margin", self.margin, 0.0, 2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectParams:
    """Which model finds damage, and what counts as damage.

    Parameters
    ----------
    model
        A model file (TOML; see docs/guides/models.md), its path seen from the city's folder; not
        set takes the model that Gatusyn carries.
    crack_threshold, pothole_threshold, patch_threshold
        Probability from which a pixel is damaged, or repaired; not set takes the one that came with
        the weights.
    min_region_px
        Regions of fewer pixels (at the model's input size) are left out.
    min_on_road_share
        A region of which less lies in road or right beside it, as the model sees road, is left out.
    min_road_ahead_share
        A frame whose lower middle shows less road has no damage.
    top_share
        So much of the frame's height is not looked at above, which saves time; not set takes what
        lies above the camera's horizon.
    """

    model: str | None = None
    crack_threshold: float | None = None
    pothole_threshold: float | None = None
    patch_threshold: float | None = None
    min_region_px: int = 60
    min_on_road_share: float = 0.5
    min_road_ahead_share: float = 0.15
    top_share: float | None = None

    def __post_init__(self) -> None:
        for name, value in (
            ("detect.crack_threshold", self.crack_threshold),
            ("detect.pothole_threshold", self.pothole_threshold),
            ("detect.patch_threshold", self.patch_threshold),
        ):
            if value is not None:
                require_between(name, value, 0.01, 0.99)
        require_between("detect.min_region_px", self.min_region_px, 1, 1e6)
        require_between("detect.min_on_road_share", self.min_on_road_share, 0.0, 1.0)
        require_between("detect.min_road_ahead_share", self.min_road_ahead_share, 0.0, 1.0)
        if self.top_share is not None:
            require_between("detect.top_share", self.top_share, 0.0, 0.7)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocateParams:
    """The part of the road ahead that is looked at, and how sure places are.

    Parameters
    ----------
    near_m, far_m
        Metres ahead of the lens.
    lateral_m
        Metres to either side of the direction of travel.
    beside_m
        Damage farther than this outside a carriageway of known width is not the street's.
    min_road_share
        A frame with less drivable road in that part is off the road.
    max_turn_deg_s
        A frame taken while turning faster has no sure direction and is not used.
    fix_sigma_m
        Standard deviation of a fix where the receiver gives none.
    acceleration_ms2
        Standard deviation of the vehicle's acceleration, for smoothing.
    lane_sigma_m
        Standard deviation of the vehicle's place across the street around the middle of its lane.
    left_hand_traffic
        Whether the town drives on the left.
    """

    near_m: float = 3.5
    far_m: float = 12.0
    lateral_m: float = 4.0
    beside_m: float = 0.75
    min_road_share: float = 0.15
    max_turn_deg_s: float = 12.0
    fix_sigma_m: float = 2.0
    acceleration_ms2: float = 1.5
    lane_sigma_m: float = 1.5
    left_hand_traffic: bool = False

    def __post_init__(self) -> None:
        require_between("locate.near_m", self.near_m, 0.5, 50.0)
        require_between("locate.far_m", self.far_m, 1.0, 100.0)
        require_between("locate.lateral_m", self.lateral_m, 0.5, 20.0)
        require_between("locate.beside_m", self.beside_m, 0.0, 50.0)
        require_between("locate.min_road_share", self.min_road_share, 0.0, 1.0)
        require_between("locate.max_turn_deg_s", self.max_turn_deg_s, 0.1, 360.0)
        require_between("locate.fix_sigma_m", self.fix_sigma_m, 0.01, 100.0)
        require_between("locate.acceleration_ms2", self.acceleration_ms2, 0.05, 20.0)
        require_between("locate.lane_sigma_m", self.lane_sigma_m, 0.05, 1000.0)
        if self.near_m >= self.far_m:
            raise SettingsError("locate.near_m", "is not below locate.far_m", "Lower it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkParams:
    """How sections are cut, and the width where the source has none.

    Parameters
    ----------
    section_length_m
        Length that sections are cut to, as nearly as each link allows.
    default_width_m
        Carriageway width where the network has none.
    default_path_width_m
        Width of foot and cycle paths where the network has none.
    """

    section_length_m: float = 20.0
    default_width_m: float = 6.5
    default_path_width_m: float = 2.5

    def __post_init__(self) -> None:
        require_between("network.section_length_m", self.section_length_m, 5.0, 500.0)
        require_between("network.default_width_m", self.default_width_m, 2.0, 40.0)
        require_between("network.default_path_width_m", self.default_path_width_m, 0.5, 20.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchParams:
    """Map matching (hidden Markov model after Newson and Krumm 2009).

    Parameters
    ----------
    sigma_m
        Standard deviation of a fix where the receiver gives none.
    beta_m
        Scale of the difference between driven and straight distance.
    search_m
        Links farther than this from a fix are not candidates.
    bearing_sigma_deg
        Standard deviation of the direction of travel against the link's.
    """

    sigma_m: float = 4.0
    beta_m: float = 5.0
    search_m: float = 35.0
    bearing_sigma_deg: float = 30.0

    def __post_init__(self) -> None:
        require_between("match.sigma_m", self.sigma_m, 0.1, 100.0)
        require_between("match.beta_m", self.beta_m, 0.1, 100.0)
        require_between("match.search_m", self.search_m, 1.0, 500.0)
        require_between("match.bearing_sigma_deg", self.bearing_sigma_deg, 1.0, 180.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingParams:
    """When observations are the same damage, and when that damage is believed.

    Parameters
    ----------
    join_m
        Observations of a kind in one pass whose footprints are nearer than this are one finding.
    join_sigmas
        Between passes the distance may be larger by so many standard deviations of their places.
    pass_gap_s
        Observations of a drive farther apart in time belong to different passes.
    crack_min_confidence, pothole_min_confidence, patch_min_confidence
        A finding is believed from this confidence: the mean of the detector's in its sightings,
        times the share of the frames that looked at the place and saw it. A pothole is small and
        more often missed in a look, so it needs less.
    doubt
        Looks that saw nothing, added to those that were: one sighting in one look is not certain.
    min_size_m
        Findings shorter than this are left out.
    """

    join_m: float = 0.8
    join_sigmas: float = 1.0
    pass_gap_s: float = 20.0
    crack_min_confidence: float = 0.4
    pothole_min_confidence: float = 0.25
    patch_min_confidence: float = 0.55
    doubt: float = 0.5
    min_size_m: float = 0.2

    def __post_init__(self) -> None:
        require_between("findings.join_m", self.join_m, 0.0, 20.0)
        require_between("findings.join_sigmas", self.join_sigmas, 0.0, 5.0)
        require_between("findings.pass_gap_s", self.pass_gap_s, 1.0, 3600.0)
        require_between("findings.doubt", self.doubt, 0.0, 10.0)
        require_between("findings.crack_min_confidence", self.crack_min_confidence, 0.0, 1.0)
        require_between("findings.pothole_min_confidence", self.pothole_min_confidence, 0.0, 1.0)
        require_between("findings.patch_min_confidence", self.patch_min_confidence, 0.0, 1.0)
        require_between("findings.min_size_m", self.min_size_m, 0.0, 10.0)

    def min_confidence(self, pixel_class: PixelClass) -> float:
        """Return the confidence from which a finding of a class is believed."""
        return float(getattr(self, f"{pixel_class}_min_confidence"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionParams:
    """The open condition index (ours, not a standard's).

    Parameters
    ----------
    longitudinal_crack_weight, transverse_crack_weight, crazing_weight
        Deduct when the whole observed surface has that damage, as a share of the index.
    pothole_weight, surface_loss_weight, patch_weight
        Likewise.
    longitudinal_crack_full_share, transverse_crack_full_share, crazing_full_share
        Share of the observed surface from which the full weight is deducted.
    pothole_full_share, surface_loss_full_share, patch_full_share
        Likewise.
    severity_factors
        What a square metre of severity 1, 2 and 3 counts.
    curve_exponent
        Below that share the deduct grows with this power of it: small extents weigh more than
        their share, as in the published deduct curves.
    min_observed_share
        A section of which less was looked at is unknown.
    common_misses
        Share of what one look misses that every look misses: faint, stained or strange damage. Not
        measured, an assumption.
    grade_limits
        Lowest index of grades 1 to 4, falling; below the last it is grade 5.
    """

    longitudinal_crack_weight: float = 0.5
    longitudinal_crack_full_share: float = 0.35
    transverse_crack_weight: float = 0.5
    transverse_crack_full_share: float = 0.35
    crazing_weight: float = 0.8
    crazing_full_share: float = 0.35
    pothole_weight: float = 1.0
    pothole_full_share: float = 0.08
    surface_loss_weight: float = 0.8
    surface_loss_full_share: float = 0.2
    patch_weight: float = 0.3
    patch_full_share: float = 0.5
    severity_factors: tuple[float, float, float] = (0.33, 0.66, 1.0)
    curve_exponent: float = 0.5
    min_observed_share: float = 0.25
    common_misses: float = 0.5
    grade_limits: tuple[float, float, float, float] = (85.0, 70.0, 50.0, 30.0)

    def __post_init__(self) -> None:
        for kind in DamageKind:
            weight, full_share = self.of(kind)
            require_between(f"condition.{kind}_weight", weight, 0.0, 1.0)
            require_between(f"condition.{kind}_full_share", full_share, 0.001, 1.0)
        for factor in self.severity_factors:
            require_between("condition.severity_factors", factor, 0.0, 1.0)
        require_between("condition.curve_exponent", self.curve_exponent, 0.1, 1.0)
        require_between("condition.min_observed_share", self.min_observed_share, 0.0, 1.0)
        require_between("condition.common_misses", self.common_misses, 0.0, 1.0)
        limits = (100.0, *self.grade_limits, 0.0)
        if any(high <= low for high, low in pairwise(limits)):
            raise SettingsError(
                "condition.grade_limits", "are not falling between 100 and 0", "Order them."
            )

    def of(self, kind: DamageKind) -> tuple[float, float]:
        """Return a kind's weight and the share from which it is deducted in full."""
        return getattr(self, f"{kind}_weight"), getattr(self, f"{kind}_full_share")


@dataclass(frozen=True, slots=True, kw_only=True)
class CitySettings:
    """Everything in a city's ``gatusyn.toml``; each table is one algorithm's ``Params``.

    Parameters
    ----------
    name
        The town's name, shown on the map and in reports.
    organisation
        Whose rows these are in the store.
    keep_pictures
        Whether blurred pictures are kept for looking at.
    """

    name: str = "Town"
    organisation: str = "town"
    keep_pictures: bool = True
    camera: CameraParams = field(default_factory=CameraParams)
    capture: CaptureParams = field(default_factory=CaptureParams)
    privacy: PrivacyParams = field(default_factory=PrivacyParams)
    detect: DetectParams = field(default_factory=DetectParams)
    locate: LocateParams = field(default_factory=LocateParams)
    network: NetworkParams = field(default_factory=NetworkParams)
    match: MatchParams = field(default_factory=MatchParams)
    findings: FindingParams = field(default_factory=FindingParams)
    records: RecordParams = field(default_factory=RecordParams)
    condition: ConditionParams = field(default_factory=ConditionParams)
