"""The town as it was at a month's end: what was known then, and never today's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.serve.conftest import Client
from tests.serve.fake_store import FakeStore
from tests.serve.test_serve_themes import columns
from tests.serve.test_serve_tiles import address

from gatusyn.serve.past import known_by, month_end_s, month_of

DAY_S = 86_400.0
NAN = float("nan")


@given(st.floats(0.0, 4e9))
def test_a_moment_is_before_its_months_end_and_after_the_last(time_s: float) -> None:
    month = month_of(time_s)
    assert time_s < month_end_s(month)
    assert month_of(month_end_s(month) - 1.0) == month
    assert month_of(month_end_s(month)) > month


def test_a_grade_that_later_looks_have_a_part_in_was_not_known() -> None:
    first = columns(
        grades=[2, 2, 0, 3], indices=[70.0, 70.0, NAN, 60.0], last_looks_s=[10.0, 10.0, 10.0, 10.0]
    )
    second = columns(
        grades=[5, 5, 4, 0], indices=[20.0, 20.0, 40.0, NAN], last_looks_s=[99.0, 50.0, 50.0, 50.0]
    )
    past = known_by([first, second], 60.0)
    assert past.columns.grades.tolist() == [2, 5, 4, 3]
    assert past.period_of.tolist() == [0, 1, 1, 0], "too short a look takes no grade away"
    assert known_by([first, second], 5.0).columns.grades.tolist() == [0, 0, 0, 0]
    assert known_by([first, second], 5.0).period_of.tolist() == [-1] * 4
    assert known_by([first, second], 1e9).columns.grades.tolist() == [5, 5, 4, 3]


@pytest.fixture
def surveyed(store: FakeStore) -> FakeStore:
    """The made-up town, surveyed in May 2025 and in May 2026; some pots were new in 2026."""
    for period in ("2025", "2026"):
        day_s = month_end_s(f"{period}-05") - 2 * DAY_S
        store.known[period] = tuple(
            replace(own, last_look_s=None if own.grade.number == 0 else day_s)
            for own in store.known[period]
        )
    years = {"longitudinal_crack": "2025", "pothole": "2026"}
    store.seen = tuple(
        replace(own, first_seen_s=month_end_s(f"{years[own.kind.value]}-05") - 2 * DAY_S)
        for own in store.seen
    )
    store.stamp = "surveyed"
    return store


def test_before_the_first_look_everything_is_unknown(client: Client, surveyed: FakeStore) -> None:
    town = client.get("/api/v1/city?at=2025-04").json()
    assert town["at"] == "2025-04"
    assert town["graded_km"] == 0.0
    assert town["findings"] == 0
    assert (town["drives"], town["last_driven_s"]) == (0, None)
    page = client.get("/api/v1/sections?at=2025-04&grade=1&grade=5").json()
    assert page["total"] == 0
    themed = client.get("/api/v1/theme?theme=seen&at=2025-04").json()
    assert {one["number"] for one in themed["classes"] if one["km"]} == {0}


def test_between_surveys_the_town_is_that_of_the_first(client: Client, surveyed: FakeStore) -> None:
    first = client.get("/api/v1/city?period=2025").json()["legend"]
    then = client.get("/api/v1/city?at=2026-04").json()
    assert then["legend"] == first
    cracks = [own for own in surveyed.seen if own.kind.value == "longitudinal_crack"]
    assert then["findings"] == len(cracks)
    now = client.get("/api/v1/city").json()["legend"]
    assert now != first
    late = client.get("/api/v1/city?at=2026-05").json()["legend"]
    assert late != first


def test_a_card_of_then_knows_nothing_of_later(client: Client, surveyed: FakeStore) -> None:
    row = client.get("/api/v1/sections?limit=1").json()["items"][0]
    address = f"/api/v1/section?section_id={row['section_id'].replace('#', '%23')}"
    now, then = client.get(address).json(), client.get(f"{address}&at=2026-04").json()
    assert (now["grade_period"], then["grade_period"]) == ("2026", "2025")
    assert [own["period"] for own in then["history"]] == ["2025"]
    assert {own["kind"] for own in now["findings"]} == {"longitudinal_crack", "pothole"}
    assert {own["kind"] for own in then["findings"]} == {"longitudinal_crack"}
    assert now["pictures"]
    assert then["pictures"] == []


def test_what_ended_later_was_there(client: Client, surveyed: FakeStore) -> None:
    moment = month_end_s("2026-01")
    surveyed.seen = tuple(replace(own, gone_s=moment - 5.0) for own in surveyed.seen)
    section_id = next(own.section_id for own in surveyed.seen).replace("#", "%23")
    address = f"/api/v1/section?section_id={section_id}"
    then = client.get(f"{address}&at=2025-12").json()["findings"]
    assert {own["state"] for own in then} == {"new"}
    assert client.get(f"{address}&at=2026-01").json()["findings"] == []
    assert client.get("/api/v1/findings?at=2025-12&limit=1").json()["total"] > 0
    assert client.get("/api/v1/findings?at=2026-01").json()["total"] == 0


def test_change_needs_a_grade_made_anew(client: Client, surveyed: FakeStore) -> None:
    def classes(at: str) -> set[int]:
        themed = client.get(f"/api/v1/theme?theme=change&at={at}").json()
        return {one["number"] for one in themed["classes"] if one["km"]}

    assert classes("2026-06") - {0}
    assert classes("2026-04") == {0}, "no new grade since April 2025, when there was none"
    assert classes("2025-12") == {0}


def test_months_have_tiles_of_their_own(client: Client, surveyed: FakeStore) -> None:
    url = address(client, 14)
    tags = {client.get(f"{url}{at}").headers["etag"] for at in ("", "?at=2025-06", "?at=2026-06")}
    assert len(tags) == 3
    for odd in ("2025-13", "2025", "x", "0000-01", "2025-06-01"):
        assert client.get(f"{url}?at={odd}").status_code == 422


def test_a_town_without_grades_has_no_past(client: Client, store: FakeStore) -> None:
    store.known, store.seen, store.stamp = {}, (), None
    town = client.get("/api/v1/city?at=2025-06").json()
    assert town["graded_km"] == 0.0
    assert np.isfinite(town["total_km"])
