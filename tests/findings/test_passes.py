"""Passes are laid over each other: one damage stays one finding, neighbours stay two."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box
from tests.made_facts import look, seen
from tests.made_network import EAST, NORTH, network_of, street

from gatusyn.findings import derive_findings
from gatusyn.model import Coverage, Finding, FindingParams, Observation, PixelClass, RecordParams

NETWORK = network_of(street())
PARAMS = FindingParams(doubt=0.0, pothole_min_confidence=0.3, crack_min_confidence=0.3)

Facts = tuple[list[tuple[str, Observation]], list[tuple[str, Coverage]]]


def drive(
    number: int,
    places: Sequence[tuple[float, float]],
    *,
    off: tuple[float, float] = (0.0, 0.0),
    side_m: float = 0.8,
    pixel_class: PixelClass = PixelClass.POTHOLE,
) -> Facts:
    """Return one pass over the street that sees potholes north and east of its start.

    Parameters
    ----------
    off
        How wrong its places are, north and east.
    """
    run, day = f"r{number:03d}", 86_400.0 * number
    observations, looks = [], []
    for place in range(10, 100, 10):
        frame, time_s = f"f{place}", day + place / 10.0
        looks.append((run, look(frame, place + off[0], time_s=time_s)))
        observations += [
            (
                run,
                seen(
                    frame,
                    north + off[0],
                    east=east + off[1],
                    time_s=time_s,
                    side_m=side_m,
                    pixel_class=pixel_class,
                    sigma_m=3.0,
                ),
            )
            for north, east in places
            if place - 5 <= north < place + 5
        ]
    return observations, looks


def derived(drives: Sequence[Facts]) -> tuple[Finding, ...]:
    observations = [one for own, _ in drives for one in own]
    looks = [one for _, own in drives for one in own]
    return derive_findings(observations, looks, NETWORK, PARAMS, RecordParams())


def test_seen_a_hundred_times_is_one_finding() -> None:
    rng = np.random.default_rng(5)
    places = [(20.0, 1.0), (41.0, 2.0), (43.0, 2.0), (70.0, -1.0)]
    drives = [
        drive(number, places, off=(float(rng.normal(0, 3.0)), float(rng.normal(0, 0.4))))
        for number in range(100)
    ]
    found = derived(drives)
    assert [len(one.observation_ids) for one in found] == [100] * 4
    north = sorted(one.footprint.centroid.y - NORTH for one in found)
    assert north == pytest.approx([20, 41, 43, 70], abs=1.0)
    assert np.diff(north) == pytest.approx([21, 2, 27], abs=0.1), "what is common goes first"


def test_potholes_two_metres_apart_stay_two_even_if_a_pass_misses_one() -> None:
    both = [(40.0, 1.0), (42.0, 1.0)]
    rest = [(15.0, 2.0), (70.0, -1.0)]
    drives = [drive(number, both + rest, off=(0.7 * number - 2.0, 0.0)) for number in range(5)]
    drives += [drive(5, [both[0], *rest], off=(1.5, 0.0)), drive(6, [both[1], *rest])]
    found = derived(drives)
    assert sorted(len(one.observation_ids) for one in found) == [6, 6, 7, 7]


def test_what_one_pass_saw_in_two_pieces_is_one_crack() -> None:
    rest = [(15.0, 2.0), (80.0, -1.0)]

    def cracked(number: int, ends: Sequence[tuple[float, float]], off: float) -> Facts:
        observations, looks = drive(number, rest, off=(off, 0.0))
        for low, high in ends:
            whole = seen("f50", 50.0, pixel_class=PixelClass.CRACK, sigma_m=3.0)
            polygon = box(EAST + 1.0, NORTH + off + low, EAST + 1.3, NORTH + off + high)
            named = replace(
                whole,
                observation_id=f"f50/{low}",
                footprint=polygon,
                time_s=86_400.0 * number + 5.0,
            )
            observations.append((f"r{number:03d}", named))
        return observations, looks

    whole, pieces = [(47.0, 53.0)], [(47.0, 49.0), (50.5, 53.0)]
    drives = [cracked(n, pieces if n == 2 else whole, 0.5 * n - 1.0) for n in range(5)]
    cracks = [one for one in derived(drives) if one.kind.pixel_class is PixelClass.CRACK]
    assert len(cracks) == 1
    assert len(cracks[0].observation_ids) == 6
    assert cracks[0].length_m == pytest.approx(6.0, abs=0.4)


def test_a_hole_and_a_wide_break_up_near_it_are_two() -> None:
    drives = []
    for number in range(4):
        small, looks = drive(number, [(40.0, 1.0), (15.0, 2.0)], off=(number - 1.5, 0.0))
        wide, _ = drive(number, [(42.6, 1.0)], off=(number - 1.5, 0.0), side_m=2.5)
        drives.append((small + wide, looks))
    areas = sorted(one.area_m2 for one in derived(drives))
    assert areas == pytest.approx([0.64, 0.64, 6.25])


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.floats(-3, 3), min_size=2, max_size=6),
    st.lists(st.tuples(st.floats(8, 92), st.floats(-3, 3)), min_size=1, max_size=8, unique=True),
    st.randoms(use_true_random=False),
)
def test_the_order_of_drives_does_not_matter(
    offs: list[float], places: list[tuple[float, float]], shuffler: random.Random
) -> None:
    drives = [drive(number, places, off=(off, 0.0)) for number, off in enumerate(offs)]
    found = derived(drives)
    shuffled = list(drives)
    shuffler.shuffle(shuffled)
    assert derived(shuffled) == found
    used = [one for finding in found for one in finding.observation_ids]
    assert len(used) == len(set(used)), "an observation is of one thing"
