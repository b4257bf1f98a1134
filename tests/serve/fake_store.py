"""A store in memory: what the service needs of one, and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import shapely
from tests.serve.fake_lookup import FakeLookup
from tests.serve.fake_news import FakeNews
from tests.serve.fake_webhooks import FakeWebhooks
from tests.serve.made_town import (
    SPRING_S,
    draw_picture,
    make_condition,
    make_finding,
    make_observation,
    town_network,
)

from gatusyn.model import (
    CarriedFacts,
    Coverage,
    DamageKind,
    Direction,
    DriveFacts,
    DriveTrace,
    Finding,
    IdentityEvent,
    Network,
    Observation,
    Pose,
    RecordedFacts,
    RedactedRegion,
    RedactionRecord,
    RegionKind,
    Rejected,
    RejectReason,
    Section,
    SectionCondition,
    SeenFrame,
)
from gatusyn.store import (
    AccountBook,
    DerivedWork,
    FindingLedger,
    PictureLedger,
    ProgrammeBook,
    SentBook,
    SqlStore,
    create_store,
)
from gatusyn.store.protocol import Box, DriveSummary, PictureStage, PictureView

YEAR_S = 365 * 86_400.0


@dataclass
class FakeStore:
    """Serves one made-up town; ``stamp`` may be changed to play a new derivation."""

    folder: Path
    network: Network = field(default_factory=town_network)
    stamp: str | None = "first"
    known: dict[str, tuple[SectionCondition, ...]] = field(default_factory=dict)
    seen: tuple[Finding, ...] = ()
    picture_file: Path = field(init=False)

    def __post_init__(self) -> None:
        self.picture_file = self.folder / "frame.jpg"
        draw_picture(self.picture_file)
        generator = np.random.default_rng(11)
        found: list[Finding] = []
        for period in ("2025", "2026"):
            drift = 0.0 if period == "2025" else 6.0
            rows: list[SectionCondition] = []
            for number, section in enumerate(self.network.sections):
                wave = 62 + 42 * np.sin(number / 5.0) + generator.normal(0, 8) - drift
                unseen = section.section_id.startswith(("Lä", "Åk")) or number % 23 == 0
                index = None if unseen else float(np.clip(wave, 4, 100))
                own: list[Finding] = []
                if index is not None and index < 85:
                    own.append(make_finding(section, DamageKind.LONGITUDINAL_CRACK, 0))
                if index is not None and index < 50:
                    own.append(make_finding(section, DamageKind.POTHOLE, 1))
                rows.append(make_condition(section, index, own, period))
                if period == "2026":
                    found.extend(own)
            self.known[period] = tuple(rows)
        self.seen = tuple(found)

    @cached_property
    def lookup(self) -> FakeLookup:
        return FakeLookup(self)

    @property
    def ledger(self) -> PictureLedger:
        raise NotImplementedError

    @property
    def work(self) -> DerivedWork:
        raise NotImplementedError

    @property
    def finding_ledger(self) -> FindingLedger:
        raise NotImplementedError

    @cached_property
    def news(self) -> FakeNews:
        return FakeNews()

    @cached_property
    def webhooks(self) -> FakeWebhooks:
        return FakeWebhooks()

    @property
    def programmes(self) -> ProgrammeBook:
        raise NotImplementedError

    @cached_property
    def _real(self) -> SqlStore:
        """A store that nothing is shown of but accounts and sent drives."""
        folder = self.folder / "accounts"
        return create_store(folder, organisation="town", network=self.network)

    @property
    def accounts(self) -> AccountBook:
        return self._real.accounts

    @property
    def sent(self) -> SentBook:
        return self._real.sent

    def read_network(self) -> Network:
        return self.network

    def read_delivery(self, version: str) -> Network:
        raise NotImplementedError

    def recorded(self) -> RecordedFacts:
        raise NotImplementedError

    def write_delivery(
        self,
        network: Network,
        carried: CarriedFacts,
        findings: Sequence[Finding],
        conditions: Sequence[SectionCondition],
        events: Sequence[IdentityEvent] = (),
        *,
        stamp_of: Callable[[str], str],
    ) -> None:
        raise NotImplementedError

    def write_network(self, network: Network) -> None:
        self.network = network

    def has_run(self, run_id: str) -> bool:
        return run_id == "run1"

    def inspecting(self) -> AbstractContextManager[None]:
        return nullcontext()

    def stage(self, run_id: str) -> AbstractContextManager[PictureStage]:
        raise NotImplementedError

    def write_drive(self, facts: DriveFacts) -> None:
        raise NotImplementedError

    def drives(self) -> tuple[DriveSummary, ...]:
        return (
            DriveSummary(
                drive_id="d1",
                run_id="run1",
                name="varvet.mp4",
                network_version=self.network.version,
                detector_version="made",
                started_s=SPRING_S,
                ended_s=SPRING_S + 1800,
                distance_m=2100.0,
                received=420,
                accepted=410,
                rejected=10,
                observations=len(self.seen),
                remarks=(),
            ),
        )

    def rejected(self, drive_id: str) -> tuple[Rejected, ...]:
        figures = {"value": 12.0, "limit": 25.0}
        one = Rejected(
            frame_id="a", reason=RejectReason.TOO_DARK, detail="mean grey 12", figures=figures
        )
        return (one,) * 10

    def traces(self, *, now_s: float) -> tuple[DriveTrace, ...]:
        raise NotImplementedError

    def make_coarse(
        self, drive_id: str, *, gap_s: float, reason: str, by: str, now_s: float
    ) -> bool:
        raise NotImplementedError

    def observations(self) -> tuple[tuple[str, Observation], ...]:
        return ()

    def coverage(self) -> tuple[tuple[str, Coverage], ...]:
        return ()

    def facts_stamp(self) -> str:
        return "facts"

    def derived_stamp(self) -> str | None:
        return self.stamp

    def write_derived(
        self,
        findings: Sequence[Finding],
        conditions: Sequence[SectionCondition],
        *,
        stamp: str,
    ) -> None:
        self.seen, self.stamp = tuple(findings), stamp
        self.known = {own.period: () for own in conditions}
        for own in conditions:
            self.known[own.period] += (own,)

    def findings(
        self, *, box: Box | None = None, section_id: str | None = None
    ) -> tuple[Finding, ...]:
        area = None if box is None else shapely.box(*box)
        return tuple(
            own
            for own in self.seen
            if (section_id is None or own.section_id == section_id)
            and (area is None or own.footprint.intersects(area))
        )

    def conditions(
        self, *, period: str | None = None, section_ids: Iterable[str] | None = None
    ) -> tuple[SectionCondition, ...]:
        if not self.known:
            return ()
        wanted = None if section_ids is None else set(section_ids)
        rows = self.known.get(period or max(self.known), ())
        return tuple(own for own in rows if wanted is None or own.section_id in wanted)

    def periods(self) -> tuple[str, ...]:
        return tuple(sorted(self.known))

    def pictures(
        self, section_id: str, *, limit: int = 24, until_s: float | None = None
    ) -> tuple[PictureView, ...]:
        section = next(own for own in self.network.sections if own.section_id == section_id)
        (condition,) = self.conditions(section_ids=[section_id]) or (None,)
        if condition is None or condition.index is None:
            return ()
        own = self.findings(section_id=section_id)
        views = (self._view(section, own if n < 2 else (), n) for n in range(min(4, limit)))
        return tuple(one for one in views if until_s is None or one.frame.pose.time_s < until_s)

    def picture_pair(
        self, section_id: str, *, finding_id: str | None = None, until_s: float | None = None
    ) -> tuple[PictureView, PictureView] | None:
        newest = self.pictures(section_id, limit=1)
        if not newest or (until_s is not None and newest[0].frame.pose.time_s > until_s):
            return None
        (after,) = newest
        pose = replace(after.frame.pose, time_s=SPRING_S - YEAR_S)
        frame = replace(after.frame, pose=pose)
        before = replace(
            after,
            picture_id=after.picture_id.replace("run1/", "run0/"),
            run_id="run0",
            frame=frame,
            observations=(),
        )
        return before, after

    def _view(self, section: Section, findings: Sequence[Finding], number: int) -> PictureView:
        place = section.line.interpolate(0.2 * number, normalized=True)
        frame_id = f"{section.section_id} {number}"
        pose = Pose(
            time_s=SPRING_S + number,
            easting_m=place.x,
            northing_m=place.y,
            bearing_deg=90.0,
            speed_ms=8.0,
            sigma_along_m=1.5,
            sigma_across_m=0.3,
            sigma_bearing_deg=1.0,
            link_id=section.link_id,
            offset_m=section.start_m,
            direction=Direction.WITH,
        )
        plate = RedactedRegion(
            kind=RegionKind.PLATE, x1=1280, y1=480, x2=1360, y2=504, confidence=0.9
        )
        hidden = RedactionRecord(model="made", thresholds=(), regions=(plate,), covered_share=0.001)
        frame = SeenFrame(
            frame_id=frame_id, pose=pose, redaction=hidden, width_px=1920, height_px=1080
        )
        return PictureView(
            picture_id=f"run1/{frame_id}",
            run_id="run1",
            frame=frame,
            scale=0.5,
            observations=tuple(make_observation(own, frame_id) for own in findings),
        )

    def picture_path(self, picture_id: str) -> Path | None:
        return self.picture_file if picture_id.startswith(("run0/", "run1/")) else None

    def close(self) -> None:
        """Nothing is open."""
