"""What a drive changes is derived alone, and comes out as if everything had been derived."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.made_facts import look, seen
from tests.made_network import network_of, street

from gatusyn.findings import derive_findings
from gatusyn.model import (
    CitySettings,
    Coverage,
    DriveFacts,
    Finding,
    Observation,
    PixelClass,
    SectionCondition,
)
from gatusyn.pipeline import City, bring_up_to_date
from gatusyn.store import create_store

NETWORK = network_of(street(length_m=700.0))
SETTINGS = CitySettings()
YEAR_S = 365.25 * 86_400.0


def drive(
    number: int,
    places: Sequence[tuple[float, float, PixelClass]],
    *,
    span: tuple[int, int] = (0, 700),
    off: tuple[float, float] = (0.0, 0.0),
    start_s: float | None = None,
    run: str | None = None,
) -> DriveFacts:
    """Return a drive up the street that sees what lies there, wrong by the same all along."""
    run, day = run or f"r{number:03d}", start_s if start_s is not None else 86_400.0 * number
    observations: list[Observation] = []
    looks: list[Coverage] = []
    for place in range(span[0] + 5, span[1], 5):
        frame, time_s = f"f{place:04d}", day + place / 10.0
        looks.append(look(frame, place + off[0], time_s=time_s))
        observations += [
            seen(
                frame,
                north + off[0],
                east=east + off[1],
                time_s=time_s,
                pixel_class=kind,
                side_m=0.8 + 0.1 * (number % 3),
                sigma_m=2.0,
            )
            for north, east, kind in places
            if abs(north - place) <= 4
        ]
    return DriveFacts(
        drive_id=f"d{number:03d}",
        run_id=run,
        name=f"drive {number}",
        network_version=NETWORK.version,
        detector_version="made 1",
        started_s=day,
        ended_s=day + 70.0,
        distance_m=700.0,
        received=0,
        frames=(),
        rejected=(),
        observations=tuple(observations),
        coverage=tuple(looks),
    )


def places_of(seed: int, count: int = 24) -> list[tuple[float, float, PixelClass]]:
    rng = np.random.default_rng(seed)
    kinds = list(PixelClass)
    return [
        (float(rng.uniform(3, 697)), float(rng.uniform(-3, 3)), kinds[int(rng.integers(3))])
        for _ in range(count)
    ]


def drives_of(seed: int, count: int) -> list[DriveFacts]:
    rng = np.random.default_rng([seed, 1])
    places = places_of(seed)
    made = []
    for number in range(count):
        low = int(rng.integers(0, 4)) * 100
        high = low + 100 * int(rng.integers(1, 4))
        off = (float(rng.normal(0, 1.0)), float(rng.normal(0, 0.3)))
        kept = [place for place in places if rng.random() < 0.85]
        made.append(
            drive(number, kept, span=(low, high), off=off, start_s=float(rng.integers(90)) * 1e6)
        )
    return made


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    yield from made_city(tmp_path / "city")


def made_city(folder: Path) -> Iterator[City]:
    store = create_store(folder, organisation="town", network=NETWORK)
    yield City(folder=folder, settings=SETTINGS, store=store)
    store.close()


Derived = tuple[tuple[Finding, ...], tuple[SectionCondition, ...]]


def derived(city: City) -> Derived:
    store = city.store
    every = [one for period in store.periods() for one in store.conditions(period=period)]
    return store.findings(), tuple(every)


def derived_whole(city: City) -> Derived:
    """Derive everything once more, from the same findings before."""
    city.store.work.forget()
    assert bring_up_to_date(city, network=NETWORK)
    return derived(city)


def in_memory(city: City) -> list[Finding]:
    return [
        without_name(one)
        for one in derive_findings(
            city.store.observations(),
            city.store.coverage(),
            NETWORK,
            SETTINGS.findings,
            SETTINGS.records,
        )
    ]


def without_name(finding: Finding) -> Finding:
    return replace(finding, finding_id="")


def by_place(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(map(without_name, findings), key=lambda one: (one.observation_ids, one.offset_m))


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_drives_one_by_one_in_any_order_give_what_all_at_once_give(
    tmp_path_factory: pytest.TempPathFactory, seed: int, shuffler: random.Random
) -> None:
    drives = drives_of(seed, 6)
    shuffler.shuffle(drives)
    for city in made_city(tmp_path_factory.mktemp("town") / "city"):
        for number, facts in enumerate(drives):
            city.store.write_drive(facts)
            assert bring_up_to_date(city, network=NETWORK)
            if number == 3:
                again = replace(
                    facts, run_id=f"{facts.run_id}b", observations=facts.observations[1:]
                )
                city.store.write_drive(again)
                assert bring_up_to_date(city, network=NETWORK)
        step_by_step = derived(city)
        assert not bring_up_to_date(city, network=NETWORK)
        assert by_place(step_by_step[0]) == by_place(in_memory(city))
        assert derived_whole(city) == step_by_step
