"""What users edit: one frozen ``Params`` per algorithm, together a city's ``gatusyn.toml``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from gatusyn.model.calibration import CalibrateParams
from gatusyn.model.camera_params import CameraParams
from gatusyn.model.checks import require_between
from gatusyn.model.condition_params import ConditionParams
from gatusyn.model.economy_params import EconomyParams
from gatusyn.model.errors import SettingsError
from gatusyn.model.finding_params import FindingParams
from gatusyn.model.locate_params import LocateParams
from gatusyn.model.login_params import LoginParams, PublicParams
from gatusyn.model.look_params import LookParams
from gatusyn.model.programme_params import ProgrammeParams
from gatusyn.model.record_params import RecordParams
from gatusyn.model.retention_params import RetentionParams
from gatusyn.model.store_params import StoreParams
from gatusyn.model.upload_params import UploadParams


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
        A hidden region reaches beyond what was found by this share of its size on every side; a
        plate in a photo, whose edges are plain, by 0.6 of it.
    neighbour_s
        A video's frames so many seconds before and after each one are looked at, too: what both
        show is hidden in between, what one shows is believed sooner. Hides more, and takes two to
        three times as long. 0 looks at none; photos have none.
    """

    face_confidence: float = 0.4
    plate_confidence: float = 0.85
    margin: float = 0.25
    neighbour_s: float = 0.067

    def __post_init__(self) -> None:
        require_between("privacy.face_confidence", self.face_confidence, 0.01, 1.0)
        require_between("privacy.plate_confidence", self.plate_confidence, 0.01, 1.0)
        require_between("privacy.margin", self.margin, 0.0, 2.0)
        require_between("privacy.neighbour_s", self.neighbour_s, 0.0, 0.25)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectParams:
    """Which model finds damage, and what counts as damage.

    Parameters
    ----------
    model
        A model file (TOML; see docs/guides/models.md), its path seen from the city's folder; not
        set takes the model that Gatusyn carries.
    precision
        ``float32``, ``int8``, or ``auto``: int8 if the model has it and the processor counts so
        exactly. Results differ a little; the run's identity says which it was.
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
    precision: Literal["auto", "float32", "int8"] = "auto"
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
class NetworkParams:
    """How sections are cut, whose are counted, and the width where the source has none.

    Parameters
    ----------
    section_length_m
        Length that sections are cut to, as nearly as each link allows.
    road_keepers
        Whose sections are graded and counted: `municipal`, `state`, `private`, `unknown`, or a road
        keeper's name; the others are there for matching only. None named counts all.
    main_width_m
        Width of main streets (functional class 0 to 5, or tertiary and above) where the network has
        none: that of a usual municipal section, 20 m x 7 m.
    local_width_m
        The same of other streets: what a waste lorry needs on a two-way street (Lerum).
    one_way_width_m
        The same of one-way streets: what a waste lorry needs there (Lerum).
    default_width_m
        The same of streets of unknown class (our own choice).
    default_path_width_m
        Width of foot and cycle paths where the network has none (our own choice).
    """

    section_length_m: float = 20.0
    road_keepers: tuple[str, ...] = ()
    main_width_m: float = 7.0
    local_width_m: float = 5.5
    one_way_width_m: float = 3.5
    default_width_m: float = 6.5
    default_path_width_m: float = 2.5

    def __post_init__(self) -> None:
        require_between("network.section_length_m", self.section_length_m, 5.0, 500.0)
        for name in ("main", "local", "one_way", "default"):
            value = getattr(self, f"{name}_width_m")
            require_between(f"network.{name}_width_m", value, 2.0, 40.0)
        require_between("network.default_path_width_m", self.default_path_width_m, 0.5, 20.0)
        if any(not keeper.strip() for keeper in self.road_keepers):
            raise SettingsError("network.road_keepers", "has an empty name", "Remove it.")


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
    calibrate: CalibrateParams = field(default_factory=CalibrateParams)
    capture: CaptureParams = field(default_factory=CaptureParams)
    privacy: PrivacyParams = field(default_factory=PrivacyParams)
    detect: DetectParams = field(default_factory=DetectParams)
    locate: LocateParams = field(default_factory=LocateParams)
    looks: LookParams = field(default_factory=LookParams)
    network: NetworkParams = field(default_factory=NetworkParams)
    match: MatchParams = field(default_factory=MatchParams)
    findings: FindingParams = field(default_factory=FindingParams)
    records: RecordParams = field(default_factory=RecordParams)
    condition: ConditionParams = field(default_factory=ConditionParams)
    economy: EconomyParams = field(default_factory=EconomyParams)
    programme: ProgrammeParams = field(default_factory=ProgrammeParams)
    retention: RetentionParams = field(default_factory=RetentionParams)
    store: StoreParams = field(default_factory=StoreParams)
    login: LoginParams = field(default_factory=LoginParams)
    public: PublicParams = field(default_factory=PublicParams)
    uploads: UploadParams = field(default_factory=UploadParams)
