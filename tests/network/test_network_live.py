"""A track matched while it is driven: settled in time, once, and in the end as the whole is."""

from __future__ import annotations

import itertools
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.network.test_network_matching import along, network_of, track_of

from gatusyn.model import GroundTrack, MatchedTrack, MatchParams
from gatusyn.network import LiveMatcher, Matcher

# A street that splits at a small angle: which branch was taken shows some time afterwards.
FORK = network_of(
    [(0, 0), (300, 0)], [(300, 0), (500, 0), (700, 0)], [(300, 0), (500, 20), (700, 120)]
)
MATCHER = Matcher(FORK, MatchParams())


def drive() -> GroundTrack:
    noise = np.random.default_rng(3).normal(0.0, 3.0, (88, 2))
    return track_of(along([(0, 0), (300, 0), (500, 20), (690, 115)], 8.0)[:88] + noise)


def chunks(track: GroundTrack, cuts: list[int]) -> list[GroundTrack]:
    bounds = [0, *sorted({*cuts} - {0, len(track)}), len(track)]
    return [track.part(np.arange(first, stop)) for first, stop in itertools.pairwise(bounds)]


def joined(parts: list[MatchedTrack]) -> MatchedTrack:
    return MatchedTrack(
        **{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(parts[0])}
    )


@given(st.lists(st.integers(1, 87), max_size=20), st.sampled_from([0.0, 5.0, 200.0]))
def test_every_fix_is_settled_once_and_within_the_delay(cuts: list[int], delay_s: float) -> None:
    track = drive()
    live = LiveMatcher(MATCHER, delay_s=delay_s)
    settled: list[float] = []
    for chunk in chunks(track, cuts):
        now_s = chunk.time_s[-1]
        settled += live.add(chunk)[0].time_s.tolist()
        assert all(time_s <= now_s - delay_s for time_s in settled)
        assert len(settled) == (track.time_s <= now_s - delay_s).sum()
    settled += live.finish()[0].time_s.tolist()
    assert settled == track.time_s.tolist()
    assert len(live.finish()[0]) == 0


def test_with_all_that_comes_after_it_is_as_when_the_whole_is_matched() -> None:
    track = drive()
    live = LiveMatcher(MATCHER, delay_s=200.0)
    parts = [live.add(chunk)[1] for chunk in chunks(track, list(range(0, 88, 7)))]
    matched, whole = joined([*parts, live.finish()[1]]), MATCHER.match(track).track
    for field in fields(whole):
        np.testing.assert_array_equal(getattr(matched, field.name), getattr(whole, field.name))


def test_a_longer_delay_tells_branches_apart_that_none_does_not() -> None:
    track, truth = drive(), MATCHER.match(drive()).track.link_index

    def right(delay_s: float) -> float:
        live = LiveMatcher(MATCHER, delay_s=delay_s)
        parts = [live.add(chunk)[1] for chunk in chunks(track, list(range(len(track))))]
        return float((joined([*parts, live.finish()[1]]).link_index == truth).mean())

    assert right(0.0) < right(15.0)
    assert right(15.0) > 0.97


def test_memory_does_not_grow_with_the_drive() -> None:
    live = LiveMatcher(MATCHER, delay_s=5.0, history_s=20.0)
    for chunk in chunks(drive(), list(range(len(drive())))):
        live.add(chunk)
        assert live._window is not None
        assert len(live._window) <= 26


def test_a_fix_that_is_not_later_is_refused_and_nothing_is_lost() -> None:
    track = drive()
    live = LiveMatcher(MATCHER, delay_s=5.0)
    first, second = chunks(track, [40])
    done = len(live.add(first)[0])
    with pytest.raises(ValueError, match="order of time"):
        live.add(first)
    done += len(live.add(second)[0]) + len(live.finish()[0])
    assert done == len(track)


def test_nothing_comes_of_nothing() -> None:
    track, matched = LiveMatcher(MATCHER, delay_s=5.0).finish()
    assert len(track) == 0 == matched.link_index.size
