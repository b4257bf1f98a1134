"""Columns of sightings and looks are in the order that their definitions say."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.made_facts import look

from gatusyn.findings.seen import SeenColumns
from gatusyn.model import TRACKS_A_RUN, LookColumns, Sighting, SightingColumns

RUNS = {1: "b", 2: "a", 3: "c"}


@st.composite
def groups(draw: st.DrawFn) -> list[list[tuple[int, list[Sighting]]]]:
    """Return groups of tracks, each with its number and its sightings; many of one moment."""
    made = []
    for group in range(draw(st.integers(1, 4))):
        own = []
        for place in range(draw(st.integers(1, 4))):
            number = draw(st.sampled_from(sorted(RUNS))) * TRACKS_A_RUN + 10 * group + place
            times = draw(st.lists(st.integers(0, 2), min_size=1, max_size=4))
            own.append(
                (
                    number,
                    [
                        Sighting(f"f{at % 2}/{number}-{at}", f"f{at % 2}", float(time_s), 0.5)
                        for at, time_s in enumerate(times)
                    ],
                )
            )
        made.append(own)
    return made


@given(groups())
def test_sightings_of_a_group_come_by_time_run_and_observation(
    made: list[list[tuple[int, list[Sighting]]]],
) -> None:
    numbers = [[number for number, _ in own] for own in made]
    every = SightingColumns.of([one for own in made for _, one in own])
    seen = SeenColumns.of(numbers, every, RUNS)
    for place, own in enumerate(made):
        expected = sorted(
            (one.time_s, RUNS[number // TRACKS_A_RUN], one.observation_id, member, one.frame_id)
            for member, (number, sightings) in enumerate(own)
            for one in sightings
        )
        rows = slice(seen.starts[place], seen.starts[place + 1])
        assert seen.keys(rows) == [(run_id, name) for _, run_id, name, _, _ in expected]
        assert seen.member[rows].tolist() == [member for *_, member, _ in expected]
        assert seen.columns.time_s[rows].tolist() == [time_s for time_s, *_ in expected]
        assert seen.frames(rows) == len({(one[1], one[-1]) for one in expected})


@given(st.integers(0, 1000), st.booleans())
def test_looks_come_oldest_first_and_those_of_one_moment_by_name(seed: int, coarse: bool) -> None:
    chance = random.Random(seed)
    made = [
        (
            chance.choice("abc"),
            replace(look(f"f{at}", 5.0 * at), time_s=float(at // 4 if coarse else at)),
        )
        for at in range(12)
    ]
    expected = sorted((one.time_s, run_id, one.frame_id) for run_id, one in made)
    chance.shuffle(made)
    found = LookColumns.of(made).in_order()
    names = zip(
        found.time_s.tolist(), found.run_ids.tolist(), found.frame_ids.tolist(), strict=True
    )
    assert list(names) == expected
    both = LookColumns.joined([found.rows(np.arange(5)), found.rows(np.arange(5, 12))])
    assert both.footprints.tolist() == found.footprints.tolist()
    assert not len(LookColumns.joined([]))
