"""Places against truth: errors are those that were put in, and wrong findings are counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from tests.made_sight import SURE

from gatusyn.evaluate.made_drives import (
    MadePass,
    MadeTown,
    Receiver,
    camera_settings,
    make_pass,
    make_town,
)
from gatusyn.evaluate.places import (
    common_and_own_m,
    joined,
    observation_errors,
    score_findings,
)
from gatusyn.findings import derive_findings
from gatusyn.model import Finding

EXACT = Receiver(sigma_m=0.05, clock_off_s=0.0, clock_jitter_s=0.0)


@pytest.fixture(scope="module")
def town() -> MadeTown:
    return make_town(100, camera_settings(SURE), per_lane_km=15.0)


@pytest.fixture(scope="module")
def exact(town: MadeTown) -> MadePass:
    return make_pass(town, seed=100, number=0, receiver=EXACT, sight=SURE)


def derived(town: MadeTown, passes: Sequence[MadePass]) -> tuple[Finding, ...]:
    return derive_findings(
        [(made.run_id, one) for made in passes for one in made.observations],
        [(made.run_id, one) for made in passes for one in made.coverage],
        town.network,
        town.settings.findings,
        town.settings.records,
    )


def test_without_errors_places_are_right(town: MadeTown, exact: MadePass) -> None:
    errors = observation_errors(town, exact)
    assert len(errors.along_m) > 150
    assert np.median(np.abs(errors.along_m)) < 0.15
    assert np.median(np.abs(errors.across_m)) < 0.25
    assert errors.right_link[~errors.near_node].mean() > 0.99
    assert errors.distance_m.min() > 3.0
    assert errors.distance_m.max() < 18.0


def test_a_late_clock_moves_places_along_the_street(town: MadeTown, exact: MadePass) -> None:
    late = make_pass(town, seed=100, number=0, receiver=replace(EXACT, clock_off_s=0.3), sight=SURE)
    before, after = (np.array([one.along_m for one in made.poses]) for made in (exact, late))
    assert np.median(np.abs(after)) > np.median(np.abs(before)) + 0.5
    assert len(joined([observation_errors(town, made) for made in (exact, late)]).along_m) == sum(
        len(observation_errors(town, made).along_m) for made in (exact, late)
    )


def test_a_pass_is_the_same_again(town: MadeTown, exact: MadePass) -> None:
    again = make_pass(town, seed=100, number=0, receiver=EXACT, sight=SURE)
    assert [one.footprint.wkb for one in again.observations] == [
        one.footprint.wkb for one in exact.observations
    ]


def test_findings_are_counted_found_twice_or_merged(town: MadeTown, exact: MadePass) -> None:
    findings = derived(town, [exact])
    score = score_findings(town, [exact], findings)
    assert score.found / score.looked_at > 0.6
    assert score.duplicates == 0

    rich = max(findings, key=lambda one: len(one.observation_ids))
    half = len(rich.observation_ids) // 2
    assert half >= 1
    twice = [
        *(one for one in findings if one is not rich),
        replace(rich, finding_id="a", observation_ids=rich.observation_ids[:half]),
        replace(rich, finding_id="b", observation_ids=rich.observation_ids[half:]),
    ]
    assert score_findings(town, [exact], twice).duplicates == 1

    others = [
        one
        for one in findings
        if exact.truth[one.observation_ids[0][1]].damage
        != exact.truth[rich.observation_ids[0][1]].damage
        and len(one.observation_ids) >= 2
    ]
    mixed = replace(rich, observation_ids=rich.observation_ids + others[0].observation_ids)
    merged = [*(one for one in findings if one is not rich), mixed]
    assert score_findings(town, [exact], merged).merges == score.merges + 1


def test_a_finding_that_is_gone_is_missed(town: MadeTown, exact: MadePass) -> None:
    findings = derived(town, [exact])
    full = score_findings(town, [exact], findings)
    half = score_findings(town, [exact], findings[::2])
    assert half.found < full.found
    assert half.figures()["missed_percent"] > full.figures()["missed_percent"]


def test_what_looks_share_is_told_from_what_is_each_ones() -> None:
    rng = np.random.default_rng(1)
    damage = np.repeat(np.arange(3000), 3)
    error = rng.normal(0.0, 2.0, 3000)[damage] + rng.normal(0.0, 0.5, len(damage))
    assert common_and_own_m(error, damage) == pytest.approx((2.0, 0.5), rel=0.05)
    assert np.isnan(common_and_own_m(error[:3], np.arange(3))).all()
