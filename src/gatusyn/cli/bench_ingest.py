"""The ingest of ``gatusyn bench serve``: drive after drive is written while viewers pan."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import numpy as np

from gatusyn.model import (
    Coverage,
    DriveFacts,
    Finding,
    Grade,
    Network,
    News,
    NewsKind,
    Section,
    SectionCondition,
)
from gatusyn.store import DerivedChanges, DerivedFrom, Store, open_store

LIMITS = ((85, Grade.VERY_GOOD), (70, Grade.GOOD), (50, Grade.FAIR), (30, Grade.POOR))
DRIVE_SECTIONS = 600
"""Of a drive: 12 km of streets of the made-up town."""

GONE, NEW, WORSE = 0.03, 0.03, 0.3
"""Shares: of findings that are gone or that come, and of sections whose grade changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What was written.

    Parameters
    ----------
    seconds
        Of each drive, from its facts to its grades.
    findings
        Written in all.
    """

    drives: int
    seconds: tuple[float, ...]
    findings: int


def ingest(folder: Path, organisation: str, every_s: float, is_over: Event, seed: int) -> Ingested:
    """Write a drive, and what it changes of findings and grades, every so many seconds.

    To be called in a process of its own, as inspecting is. What inspecting finds out is made up
    here, and costs nothing; what it writes is written through the store as it writes it: first the
    facts, then what is derived of them.
    """
    spent: list[float] = []
    written = 0
    with open_store(folder, organisation=organisation) as store:
        network = store.read_network()
        generator = np.random.default_rng(seed)
        while not is_over.wait(every_s):
            began = time.perf_counter()
            written += _drive(store, network, generator, number=len(spent))
            spent.append(time.perf_counter() - began)
    return Ingested(drives=len(spent), seconds=tuple(spent), findings=written)


def _drive(store: Store, network: Network, generator: np.random.Generator, *, number: int) -> int:
    """Write one drive along streets that follow each other; return how many findings changed."""
    first = int(generator.integers(max(1, len(network.sections) - DRIVE_SECTIONS)))
    driven = network.sections[first : first + DRIVE_SECTIONS]
    now_s = time.time()
    store.write_drive(_facts(network, driven, f"bench-{number}", now_s))
    former = [one for section in driven for one in store.findings(section_id=section.section_id)]
    findings = tuple(_changed(former, generator, f"bench-{number}", now_s))
    graded = store.conditions(section_ids=[section.section_id for section in driven])
    changes = DerivedChanges(
        made_from=DerivedFrom(stamp=f"bench {number}", basis="bench", runs={}),
        whole=False,
        findings=findings,
        conditions=tuple(_graded(one, generator, now_s) for one in graded),
        periods=store.periods(),
        news=[News(kind=NewsKind.FINDINGS_CHANGED, time_s=now_s, about={"new": len(findings)})],
    )
    store.work.write(changes, former=store.derived_stamp())
    return len(findings)


def _facts(network: Network, driven: Sequence[Section], name: str, now_s: float) -> DriveFacts:
    return DriveFacts(
        drive_id=name,
        run_id=name,
        name=name,
        network_version=network.version,
        detector_version="made 1",
        started_s=now_s - 3600.0,
        ended_s=now_s,
        distance_m=sum(section.length_m for section in driven),
        received=0,
        frames=(),
        rejected=(),
        observations=(),
        coverage=tuple(
            Coverage(
                frame_id=f"{place}",
                link_id=section.link_id,
                footprint=section.line.buffer(3.5, cap_style="flat"),
                time_s=now_s - 3600.0 + 3.0 * place,
            )
            for place, section in enumerate(driven)
        ),
    )


def _changed(
    former: Sequence[Finding], generator: np.random.Generator, name: str, now_s: float
) -> Iterator[Finding]:
    """Yield findings as they are after a drive: seen again, gone, and new ones beside them."""
    lots = generator.random(len(former))
    for one, lot in zip(former, lots.tolist(), strict=True):
        if not one.is_there:
            continue
        if lot < GONE:
            yield replace(one, gone_s=now_s)
            continue
        yield replace(one, last_seen_s=now_s, confidence=min(1.0, one.confidence + 0.01))
        if lot > 1.0 - NEW:
            yield replace(
                one, finding_id=f"{one.finding_id}-{name}", first_seen_s=now_s, last_seen_s=now_s
            )


def _graded(
    one: SectionCondition, generator: np.random.Generator, now_s: float
) -> SectionCondition:
    if one.index is None or generator.random() > WORSE:
        return replace(one, last_look_s=now_s)
    index = float(np.clip(one.index + generator.normal(-2.0, 4.0), 0.0, 100.0))
    grade = next((grade for low, grade in LIMITS if index >= low), Grade.VERY_POOR)
    return replace(one, index=index, grade=grade, last_look_s=now_s)
