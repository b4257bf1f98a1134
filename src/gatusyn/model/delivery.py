"""A new delivery of the network, and where the facts of former ones lie on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gatusyn.model.checks import require_between
from gatusyn.model.damage import PixelClass, Rates
from gatusyn.model.drive import Coverage, Observation
from gatusyn.model.network import Direction, Side
from gatusyn.model.track import Pose

LARGEST_SHIFT_M = 25.0
"""No shape is ever moved farther than this with its line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryParams:
    """When a place on a former delivery is the same place on a new one.

    Parameters
    ----------
    max_shift_m
        What lies farther than this from its new link is not carried over. Lines of the same street
        in two sources, or before and after it was surveyed anew, differ by a few metres; parallel
        carriageways lie 8 m or more apart.
    max_turn_deg
        Nor is what runs in another direction by more than this.
    min_overlap
        A delivery on which less than this share of the former one's metres is found again is of
        another place.
    """

    max_shift_m: float = 10.0
    max_turn_deg: float = 50.0
    min_overlap: float = 0.3

    def __post_init__(self) -> None:
        require_between("carry.max_shift_m", self.max_shift_m, 0.5, LARGEST_SHIFT_M)
        require_between("carry.max_turn_deg", self.max_turn_deg, 5.0, 60.0)
        require_between("carry.min_overlap", self.min_overlap, 0.0, 1.0)


class Loss(StrEnum):
    """Why a place has none on a new delivery."""

    CLOSED = "no street is there any more"
    TOO_FAR = "its link has moved farther than the limit"
    OTHER_TYPE = "only a link for others (cars, cycles or walkers) is there"
    OTHER_WAY = "only a street in another direction is there"
    TAKEN = "only the street beside it is there, which was there before"


class FactKind(StrEnum):
    """What has a place on the network; a frame's coverage has the frame's."""

    FRAME = "frame"
    OBSERVATION = "observation"


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedPlace:
    """Where a fact lies on a delivery other than the one it was recorded on. Derived.

    Parameters
    ----------
    run_id, fact_id
        The run, and the frame's or the observation's id in it.
    link_id, element_id, section_id, offset_m, measure, side, direction
        As in ``Observation``; a frame has no side.
    shift_m
        East and north, metres: what brings a shape recorded relative to the former line to the same
        place relative to the new one.
    """

    kind: FactKind
    run_id: str
    fact_id: str
    link_id: str
    element_id: str
    section_id: str
    offset_m: float
    measure: float
    side: Side | None
    direction: Direction
    shift_m: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedFacts:
    """What is carried over to a delivery: the runs, and the places of those facts that have one."""

    run_ids: tuple[str, ...]
    places: tuple[CarriedPlace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedFacts:
    """The facts of every drive's newest run with the places that were recorded.

    Parameters
    ----------
    versions
        The network's version by run: the delivery that the places are on.
    rates
        What the model of each run was measured to get right.
    observations, coverage
        With their run's id, oldest first.
    poses
        (run_id, frame_id) to the frame's pose.
    placeless
        Those of them whose place and time were taken away with the drive's details.
    """

    versions: Mapping[str, str]
    rates: Mapping[str, Mapping[PixelClass, Rates]]
    observations: tuple[tuple[str, Observation], ...]
    coverage: tuple[tuple[str, Coverage], ...]
    poses: Mapping[tuple[str, str], Pose]
    placeless: frozenset[tuple[str, str]] = frozenset()
