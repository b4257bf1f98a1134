"""What changed between two months, by street: only of what was looked at in both."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pytest
from tests.serve.conftest import Client
from tests.serve.fake_store import FakeStore

from gatusyn.serve.past import month_end_s
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.street_changes import street_changes

DAY_S = 86_400.0
ASKED = "since=2025-06&until=2026-06"


@pytest.fixture
def surveyed(store: FakeStore) -> FakeStore:
    """The made-up town, graded in May 2025; of 2026 only Storgatan's looks are new."""
    streets = {own.link_id: own.street_name for own in store.network.links}
    on = {own.section_id: streets[own.link_id] for own in store.network.sections}
    for period in ("2025", "2026"):
        rows = []
        for own in store.known[period]:
            year = "2026" if period == "2026" and on[own.section_id] == "Storgatan" else "2025"
            day_s = month_end_s(f"{year}-05") - 2 * DAY_S
            rows.append(replace(own, last_look_s=None if own.grade.number == 0 else day_s))
        store.known[period] = tuple(rows)
    store.stamp = "surveyed"
    return store


def test_only_what_was_seen_in_both_is_compared(surveyed: FakeStore) -> None:
    reader = CityReader(surveyed)
    before, after = reader.index(at="2025-06"), reader.index(at="2026-06")
    rows = {own.street: own for own in street_changes(before, after, month_end_s("2025-06"))}
    old, new = (
        {own.section_id: own for own in surveyed.known[period]} for period in ("2025", "2026")
    )
    streets = {own.link_id: own.street_name for own in surveyed.network.links}
    own = [
        section
        for section in surveyed.network.sections
        if streets[section.link_id] == "Storgatan" and new[section.section_id].grade.number
    ]
    length_m = sum(section.length_m for section in own)
    main = rows["Storgatan"]
    assert main.compared_m == pytest.approx(length_m)
    for value, known in ((main.before, old), (main.after, new)):
        sums = [(known[one.section_id].index or 0.0) * one.length_m for one in own]
        assert value == pytest.approx(sum(sums) / length_m)
    assert main.before is not None
    assert main.after is not None
    assert main.difference == pytest.approx(main.after - main.before)
    assert main.worse_m + main.better_m <= main.compared_m
    assert (main.new_m, main.unseen_m) == (0.0, 0.0)
    for name, other in rows.items():
        if name != "Storgatan":
            assert (other.compared_m, other.difference) == (0.0, None)
            assert other.worse_m == other.better_m == 0.0
    assert sum(other.unseen_m for other in rows.values()) > 0


def test_from_before_the_first_look_everything_is_new(surveyed: FakeStore) -> None:
    reader = CityReader(surveyed)
    before, after = reader.index(at="2024-06"), reader.index(at="2026-06")
    rows = street_changes(before, after, month_end_s("2024-06"))
    assert sum(own.compared_m for own in rows) == 0.0
    graded_m = sum(own.graded_m for own in after.summaries)
    assert sum(own.new_m for own in rows) == pytest.approx(graded_m)


def test_the_page_and_its_file_say_the_same(client: Client, surveyed: FakeStore) -> None:
    page = client.get(f"/streets/changes?{ASKED}", accept_language="sv").text
    assert "Vad som har ändrats, per gata" in page
    assert 'type="month" name="since" value="2025-06"' in page
    first = re.search(r"<tbody>\s*<tr>\s*<th[^>]*><a[^>]*>([^<]+)", page)
    assert first is not None
    assert first[1] == "Storgatan", "streets that cannot be compared come last"
    answer = client.get(f"/streets/changes/export.csv?{ASKED}", accept_language="en")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert float(rows[0]["Change of index"]) < 0
    assert rows[1]["Change of index"] == ""
    assert client.get(f"/streets/changes/export.xlsx?{ASKED}").content[:2] == b"PK"


def test_months_are_chosen_where_none_is_given(client: Client, surveyed: FakeStore) -> None:
    page = client.get("/streets/changes").text
    found = re.findall(r'name="(?:since|until)" value="(\d{4}-\d\d)"', page)
    assert len(found) == 2
    assert found[0] < found[1]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=2026-13", "Från: är ingen månad"),
        ("until=%3Cb%3E", "Till: är ingen månad"),
        ("since=2026-06&until=2026-06", "Den första månaden måste vara före den sista"),
    ],
)
def test_strange_months_are_told(
    client: Client, surveyed: FakeStore, query: str, words: str
) -> None:
    answer = client.get(f"/streets/changes?{query}", accept="text/html", accept_language="sv")
    assert answer.status_code == 400
    assert words in answer.text


def test_a_town_without_grades_says_so(client: Client, store: FakeStore) -> None:
    store.known = {}
    store.stamp = None
    page = client.get("/streets/changes", accept_language="sv")
    assert page.status_code == 200
    assert "Storgatan" not in page.text or "–" in page.text
