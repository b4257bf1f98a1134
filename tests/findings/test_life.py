"""A finding's life: seen of looks, gone, repaired, growing, and what people say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from scipy.stats import linregress
from shapely import box
from tests.made_facts import look, seen
from tests.made_network import EAST, NORTH, network_of, street
from tests.store.made_store import make_finding

from gatusyn.condition.derive import counts_in
from gatusyn.findings import derive_findings, judged, with_each_other
from gatusyn.findings.life import Trend, trend_of
from gatusyn.model import (
    Coverage,
    DamageKind,
    Finding,
    FindingParams,
    FindingState,
    Growth,
    Observation,
    PixelClass,
    Rates,
    RecordParams,
    SeverityReason,
    Verdict,
    VerdictKind,
)

NETWORK = network_of(street())
PARAMS = FindingParams()
DAY_S = 86_400.0


def derived(
    visits: Sequence[tuple[PixelClass | None, ...]],
    *,
    recall: float = 0.8,
    params: FindingParams = PARAMS,
) -> list[Finding]:
    """Derive from one drive a day: of each, what its two frames saw at 30 m."""
    observations: list[tuple[str, Observation]] = []
    looks: list[tuple[str, Coverage]] = []
    for number, classes in enumerate(visits):
        run, day_s = f"r{number:02d}", DAY_S * number
        for frame in (0, 1):
            looks.append((run, look(f"f{frame}", 30.0, time_s=day_s + frame)))
            observations += [
                (run, seen(f"f{frame}", 30.0, pixel_class=one, time_s=day_s + frame))
                for one in classes
                if one is not None
            ]
    rates = {name: Rates(precision=0.9, recall=recall) for name in PixelClass}
    return list(
        derive_findings(
            observations,
            looks,
            NETWORK,
            params,
            RecordParams(),
            {f"r{number:02d}": rates for number in range(len(visits))},
        )
    )


HOLE, NOTHING, PATCH = (PixelClass.POTHOLE,), (None,), (PixelClass.PATCH,)


def test_it_says_how_often_it_was_seen_of_how_often_it_could_have_been() -> None:
    (found,) = derived([HOLE, NOTHING, HOLE])
    assert (found.sightings, found.looks, found.drives) == (4, 6, 2)
    assert (found.first_seen_s, found.last_seen_s) == (0.0, 2 * DAY_S + 1.0)
    assert found.state is FindingState.CONFIRMED


def test_one_drive_makes_it_new_and_a_second_confirms() -> None:
    assert [one.state for one in derived([HOLE])] == [FindingState.NEW]
    assert [one.state for one in derived([HOLE, HOLE])] == [FindingState.CONFIRMED]


def test_it_is_gone_when_chance_would_hardly_miss_it_so_often() -> None:
    # After three sightings in three drives each later one sees it with (2 * 0.8 + 3) / 5 = 0.92.
    (there,) = derived([HOLE] * 3 + [NOTHING])
    assert there.gone_s is None
    (gone,) = derived([HOLE] * 3 + [NOTHING] * 2)
    assert gone.state is FindingState.GONE
    assert gone.ended_s == 4 * DAY_S
    (doubted,) = derived([HOLE] * 3 + [NOTHING] * 2, recall=0.3)
    assert doubted.gone_s is None, "(2 * 0.3 + 3) / 5 = 0.72 each: missed twice by 0.08"


def test_what_was_often_missed_before_is_not_gone_so_soon() -> None:
    found = derived([HOLE, NOTHING, NOTHING, HOLE, HOLE, NOTHING, NOTHING])
    assert [one.gone_s for one in found] == [None]


def test_what_comes_back_is_not_gone() -> None:
    (back,) = derived([HOLE] * 3 + [NOTHING] * 2 + [HOLE])
    assert back.state is FindingState.CONFIRMED


def test_looks_long_before_do_not_hide_new_damage_and_a_blink_is_still_not_believed() -> None:
    assert not derived([NOTHING] * 20 + [HOLE] + [NOTHING] * 20)
    (new,) = derived([NOTHING] * 20 + [HOLE] * 3)
    assert new.state is FindingState.CONFIRMED
    assert new.looks == 46


def test_a_later_patch_on_it_makes_it_repaired() -> None:
    found = derived([HOLE] * 2 + [PATCH] * 4)
    states = {one.kind: one.state for one in found}
    assert states == {
        DamageKind.POTHOLE: FindingState.REPAIRED,
        DamageKind.PATCH: FindingState.CONFIRMED,
    }
    assert next(one.ended_s for one in found if one.kind is DamageKind.POTHOLE) == 2 * DAY_S
    patch = next(one for one in found if one.kind is DamageKind.PATCH)
    assert patch.severity_reason is SeverityReason.SOUND_PATCH, "the hole below is no more"


def test_a_patch_that_was_there_before_repairs_nothing() -> None:
    found = derived([PATCH, (*HOLE, *PATCH), (*HOLE, *PATCH)])
    states = {one.kind: one.state for one in found}
    assert states[DamageKind.POTHOLE] is FindingState.CONFIRMED


def grown(time_s: NDArray[np.float64], area_m2: NDArray[np.float64]) -> Trend:
    return trend_of(time_s.tolist(), area_m2.tolist(), PARAMS)


def days(count: int, apart: int) -> NDArray[np.float64]:
    return np.arange(count, dtype=np.float64) * apart * DAY_S


@pytest.mark.parametrize(
    ("slope", "noise", "growth"),
    [
        (0.5, 0.02, Growth.GROWING),
        (-0.5, 0.02, Growth.SHRINKING),
        (0.0, 0.1, Growth.UNKNOWN),
        (0.05, 0.5, Growth.UNKNOWN),
    ],
)
def test_growth_is_said_only_where_chance_does_not_explain_it(
    slope: float, noise: float, growth: Growth
) -> None:
    years = np.linspace(0.0, 2.0, 12).astype(np.float64)
    area = 2.0 + slope * years + np.random.default_rng(3).normal(0.0, noise, 12)
    trend = grown(years * 365.25 * DAY_S, area)
    assert trend.growth is growth
    assert trend.m2_year == pytest.approx(slope, abs=4 * (trend.sigma_m2_year or 0.0))


def test_constant_areas_hardly_ever_grow() -> None:
    rng = np.random.default_rng(8)
    times = days(10, 40)
    said = [
        grown(times, rng.normal(1.0, 0.2, 10)).growth is not Growth.UNKNOWN for _ in range(1000)
    ]
    assert sum(said) <= 6


@settings(max_examples=50, deadline=None)
@given(
    hnp.arrays(np.float64, st.integers(5, 12), elements=st.floats(0.0, 9.0)),
    st.integers(30, 400),
)
def test_growth_is_that_of_a_line_by_least_squares(area: NDArray[np.float64], apart: int) -> None:
    assume(np.ptp(area) > 1e-3)
    times = days(len(area), apart)
    trend = grown(times, area)
    line = linregress(times / (365.25 * DAY_S), area)
    assert trend.m2_year == pytest.approx(line.slope, rel=1e-6, abs=1e-9)
    assert trend.sigma_m2_year == pytest.approx(line.stderr, rel=1e-6, abs=1e-6)
    assert (trend.growth is not Growth.UNKNOWN) is bool(line.pvalue <= PARAMS.growth_chance)


def test_an_area_that_stays_the_same_does_not_grow() -> None:
    trend = grown(days(6, 40), np.full(6, 2.5))
    assert (trend.growth, trend.m2_year, trend.sigma_m2_year) == (Growth.UNKNOWN, 0.0, 0.0)


def test_few_passes_or_a_short_time_say_nothing_of_growth() -> None:
    assert grown(days(4, 90), np.arange(4.0)).m2_year is None
    assert grown(days(9, 1), np.arange(9.0)).m2_year is None


def verdict(kind: VerdictKind, finding: Finding, **more: object) -> Verdict:
    return replace(
        Verdict(
            finding_id=finding.finding_id,
            verdict=kind,
            kind=finding.kind,
            footprint=finding.footprint,
            why="looked",
            by="bo",
            said_s=1.0,
        ),
        **more,  # type: ignore[arg-type]
    )


def at(name: str, east: float, kind: DamageKind = DamageKind.POTHOLE) -> Finding:
    shape = box(EAST + east, NORTH, EAST + east + 1.0, NORTH + 1.0)
    return replace(make_finding(), finding_id=name, kind=kind, footprint=shape)


def test_what_is_rejected_is_so_under_its_id_and_in_its_place() -> None:
    said = [verdict(VerdictKind.WRONG, at("shadow", 0.0))]
    again = [
        at("shadow", 9.0),
        at("other-id", 0.2),
        at("beside", 0.8),
        at("patch", 0.0, DamageKind.PATCH),
    ]
    states = [one.state for one in judged(again, said, RecordParams())]
    new = FindingState.NEW
    assert states == [FindingState.REJECTED, FindingState.REJECTED, new, new]


def test_the_last_word_holds() -> None:
    one = at("x", 0.0)
    said = [verdict(VerdictKind.WRONG, one), verdict(VerdictKind.RIGHT, one)]
    (found,) = judged([one], said, RecordParams())
    assert found.state is FindingState.CONFIRMED


def test_what_was_taken_back_is_not_said() -> None:
    one = at("one", 0.0)
    said = [verdict(VerdictKind.WRONG, one), verdict(VerdictKind.WITHDRAWN, one)]
    assert judged([one], said, RecordParams()) == [one]


def test_another_kind_has_that_kinds_measures() -> None:
    one = at("x", 0.0, DamageKind.PATCH)
    other = verdict(VerdictKind.OTHER_KIND, one, said_kind=DamageKind.TRANSVERSE_CRACK)
    (found,) = judged([one], [other], RecordParams())
    assert found.kind is DamageKind.TRANSVERSE_CRACK
    assert found.area_m2 == pytest.approx(found.length_m * RecordParams().linear_width_m)


def test_what_a_person_rejected_says_nothing_of_its_neighbours() -> None:
    hole = replace(at("hole", 0.0), said=VerdictKind.WRONG)
    patch = replace(at("patch", 0.0, DamageKind.PATCH), severity_reason=SeverityReason.SOUND_PATCH)
    (_, found) = with_each_other([hole, patch], PARAMS, RecordParams())
    assert found.severity_reason is SeverityReason.SOUND_PATCH
    (_, worse) = with_each_other([replace(hole, said=None), patch], PARAMS, RecordParams())
    assert worse.severity_reason is SeverityReason.BROKEN_PATCH


def test_it_counts_in_the_years_in_which_it_was_there() -> None:
    year_s = 365.25 * DAY_S
    one = replace(at("x", 0.0), first_seen_s=54.6 * year_s, last_seen_s=56.2 * year_s)
    assert [counts_in(one, year) for year in ("2023", "2024", "2026", "2027")] == [
        False,
        True,
        True,
        False,
    ]
    gone = replace(one, gone_s=56.4 * year_s)
    assert [counts_in(gone, year) for year in ("2024", "2025", "2026")] == [True, True, False]
    assert not counts_in(replace(one, said=VerdictKind.WRONG), "2024")
