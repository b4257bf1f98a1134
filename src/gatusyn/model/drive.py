"""A drive and what one processing run made of it: the facts, written in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shapely import Polygon

from gatusyn.model.damage import PixelClass, Rates
from gatusyn.model.drive_remark import DriveRemark
from gatusyn.model.frames import RedactionRecord
from gatusyn.model.network import Direction, Side
from gatusyn.model.track import Pose


class RejectReason(StrEnum):
    """Why a frame was not used."""

    UNREADABLE = "unreadable"
    NOT_AN_IMAGE = "not_an_image"
    TOO_SMALL = "too_small"
    NO_POSITION = "no_position"
    NO_TRACK = "outside_track"
    TOO_CLOSE = "too_close"
    TOO_DARK = "too_dark"
    BLURRED = "blurred"
    TURNING = "turning"
    OFF_ROAD = "off_road"
    OFF_NETWORK = "off_network"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A frame that was received and not used: received = accepted + rejected.

    Parameters
    ----------
    frame_id
        The frame's name within its drive.
    reason
        Why.
    detail
        The reader's own words behind the reason, in English.
    figures
        ``value``, what was measured, and the ``limit`` that it did not keep; empty where nothing
        is measured. Grey 0..255, the sharpness of ``capture.quality``, degrees a second, the
        shorter side in pixels, metres, seconds or a share of the road ahead, as the reason has it.
    """

    frame_id: str
    reason: RejectReason
    detail: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One damage seen in one frame, on the road plane and on the network. A fact.

    Parameters
    ----------
    observation_id
        The frame's number in its run and the detection's in its frame; in a run they are in the
        order of time.
    pixel_class
        What the pixels were taken for; what it is, is said of the finding.
    footprint
        Outline on the road, easting and northing in the network's system, metres.
    outline_px
        The same on the picture as stored: x, y in pixels, flat tuple x0, y0, x1, y1, ...
    confidence
        The detector's, 0..1.
    sigma_along_m, sigma_across_m
        Standard deviations of the place along the link and across it.
    link_id, element_id, offset_m, measure, section_id
        The place of the footprint's centre on the network; metres from the link's start, and the
        normalised measure on the link sequence.
    side
        The side of the link on which the centre lies.
    direction
        The vehicle's direction on the link.
    length_m
        Longest extent on the road plane.
    area_m2
        Area on the road plane.
    time_s
        Seconds since 1970-01-01 UTC; where the drive was made coarse, the start of that day and
        thousandths that keep the order of the day's drives.
    way_m
        Metres driven since the drive's first frame, as ``gatusyn.store`` counts them when it makes
        the drive coarse; None while the time is known.
    """

    observation_id: str
    frame_id: str
    pixel_class: PixelClass
    footprint: Polygon
    outline_px: tuple[float, ...]
    confidence: float
    sigma_along_m: float
    sigma_across_m: float
    link_id: str
    element_id: str
    section_id: str
    offset_m: float
    measure: float
    side: Side
    direction: Direction
    length_m: float
    area_m2: float
    time_s: float
    way_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The road that one frame looked at. A fact.

    Parameters
    ----------
    footprint
        What counts: easting and northing in the network's system, metres.
    link_id
        The link the vehicle was on.
    shown
        All the road that the picture showed near by, that of the other lane too; None where it is
        the footprint.
    sharpness, light
        How sharp and how light the road is in the picture, as ``locate.measure_look`` says; None
        where it was not measured.
    distance_m
        From the lens to the middle of the footprint; None where it was not kept.
    """

    frame_id: str
    link_id: str
    footprint: Polygon
    time_s: float
    shown: Polygon | None = None
    sharpness: float | None = None
    light: float | None = None
    distance_m: float | None = None

    @property
    def in_view(self) -> Polygon:
        """The road on which damage would be told of: where it may be found, or be missed."""
        return self.footprint if self.shown is None else self.shown


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFrame:
    """An accepted frame: where it was taken and what was hidden in it."""

    frame_id: str
    pose: Pose
    redaction: RedactionRecord
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveFacts:
    """Everything that one run says of one drive.

    Parameters
    ----------
    drive_id
        SHA-256 of the drive's content (footage and track), hexadecimal.
    run_id
        Hash of the drive, the model versions, the calibration, the settings and the network.
    name
        The footage's file or folder name.
    started_s, ended_s
        First and last used fix, seconds since 1970-01-01 UTC.
    distance_m
        Metres driven on the network.
    received
        Frames sampled; equals ``len(frames) + len(rejected)``.
    rates
        What the detector's model was measured to get right, by class; empty if nobody measured.
    remarks
        What a person should know of the drive (a jump in the track, an estimated clock).
    """

    drive_id: str
    run_id: str
    name: str
    network_version: str
    detector_version: str
    started_s: float
    ended_s: float
    distance_m: float
    received: int
    frames: tuple[SeenFrame, ...]
    rejected: tuple[Rejected, ...]
    observations: tuple[Observation, ...]
    coverage: tuple[Coverage, ...]
    rates: Mapping[PixelClass, Rates] = field(default_factory=dict)
    remarks: tuple[DriveRemark, ...] = ()

    def __post_init__(self) -> None:
        assert self.received == len(self.frames) + len(self.rejected), (
            f"{self.name}: {self.received} frames received, {len(self.frames)} accepted, "
            f"{len(self.rejected)} rejected"
        )
