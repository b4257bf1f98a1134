"""The audit log's page: filtered, paged, as a file; strange texts stay texts."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import pytest
from tests.serve.gated import THERE, Gated, make_gate

from gatusyn.model import AuditEntry

STRANGE = '<script>alert("x")</script>'


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    made = make_gate(tmp_path_factory.mktemp("gated"))
    made.here.accounts.note(
        [
            AuditEntry(time_s=1e9 + number, who="old", what=f"PUT /{number}", about="=1+1")
            for number in range(25)
        ]
    )
    made.here.accounts.note(
        [AuditEntry(time_s=1.7e9, who="mal", what="GET", about=STRANGE, outcome="failed (404)")]
    )
    yield made
    made.close()


def rows_of(text: str) -> list[str]:
    return re.findall(r"<td>(PUT /\d+)</td>", text)


def test_texts_are_escaped_and_outcomes_are_words(gated: Gated) -> None:
    page = gated.browser("administrator").get("/audit", accept_language="sv")
    assert page.status_code == 200
    assert STRANGE not in page.text
    assert "&lt;script&gt;" in page.text
    assert "misslyckades" in page.text
    assert "<td>404</td>" in page.text
    assert "Revisionslogg" in page.text


def test_older_entries_follow_without_a_gap_or_one_twice(gated: Gated) -> None:
    browser = gated.browser("administrator")
    address, seen = "/audit?who=old&size=10", []
    while True:
        text = browser.get(address).text
        seen += rows_of(text)
        older = re.search(r'rel="next" href="([^"]+)"', text)
        if older is None:
            break
        address = older[1].replace("&amp;", "&")
    assert seen == [f"PUT /{number}" for number in reversed(range(25))]


def test_who_and_since_choose(gated: Gated) -> None:
    browser = gated.browser("administrator")
    assert rows_of(browser.get("/audit?who=mal").text) == []
    assert rows_of(browser.get("/audit?who=old&since=2020-01-01").text) == []
    assert len(rows_of(browser.get("/audit?who=old&since=2001-01-01").text)) == 25
    for wrong in ("since=yesterday", "before=x", "before=-1", "size=1e9"):
        assert browser.get(f"/audit?{wrong}").status_code in (400, 422), wrong


def test_all_of_them_as_a_file_with_no_formula(gated: Gated) -> None:
    browser = gated.browser("administrator")
    answer = browser.get("/audit/export.csv?who=old&before=3", accept_language="en")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 26
    assert rows[1][3] == "'=1+1"
    assert browser.get("/audit/export.xlsx?who=old").content[:2] == b"PK"


def test_only_who_may_see_it_does_and_only_their_own_town(gated: Gated) -> None:
    for role in ("viewer", "engineer", "contractor"):
        assert gated.browser(role).get("/audit").status_code == 403
        assert 'href="/audit"' not in gated.browser(role).get("/").text
    assert gated.browser().get("/audit").status_code == 401
    assert rows_of(gated.browser("administrator", town=THERE).get("/audit?who=old").text) == []
