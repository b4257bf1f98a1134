"""What is told of a drive while it is looked at, and of findings once they are derived."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from tests.made_stages import made_stages
from tests.made_town import PARAMS
from tests.pipeline.test_update import NETWORK, SETTINGS, drive, places_of

from gatusyn.cli.demo import settings_of
from gatusyn.model import News, NewsKind, StorageFullError, VerdictKind
from gatusyn.pipeline import City, bring_up_to_date, create_city, inspect_drives, say_of_finding
from gatusyn.pipeline.news import DriveNews, news_of_findings
from gatusyn.simulate import TownFiles
from gatusyn.store import create_store


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    store = create_store(tmp_path / "city", organisation="town", network=NETWORK)
    yield City(folder=tmp_path / "city", settings=SETTINGS, store=store)
    store.close()


def told(city: City, *kinds: NewsKind) -> tuple[News, ...]:
    return city.store.news.after(0, limit=1000, kinds=kinds or None)


def test_each_new_finding_is_told_once(city: City) -> None:
    city.store.write_drive(drive(1, places_of(7)))
    bring_up_to_date(city, network=NETWORK)
    found = {one.finding_id: one for one in city.store.findings()}
    news = told(city, NewsKind.FINDING_NEW)
    assert sorted(str(one.about["finding_id"]) for one in news) == sorted(found)
    for one in news:
        own = found[str(one.about["finding_id"])]
        assert one.about["kind"] == own.kind.value
        assert one.about["element_id"] == own.element_id
        assert isinstance(one.about["lon"], float)
        assert isinstance(one.about["lat"], float)
    (summary,) = told(city, NewsKind.FINDINGS_CHANGED)
    assert summary.about == {"new": len(found)}
    # The same places again: known findings change, none is new.
    city.store.write_drive(drive(2, places_of(7)))
    bring_up_to_date(city, network=NETWORK)
    assert not {one.finding_id for one in city.store.findings()} - set(found)
    assert len(told(city, NewsKind.FINDING_NEW)) == len(news)
    assert len(told(city, NewsKind.FINDINGS_CHANGED)) == 2


def test_what_a_person_rejects_is_told(city: City) -> None:
    city.store.write_drive(drive(1, places_of(7)))
    bring_up_to_date(city, network=NETWORK)
    first = city.store.findings()[0]
    say_of_finding(city, first.finding_id, VerdictKind.WRONG, why="a joint", by="Åsa", now_s=1e9)
    bring_up_to_date(city, network=NETWORK)
    (news,) = told(city, NewsKind.FINDING_REJECTED)
    assert news.about["finding_id"] == first.finding_id


def test_what_goes_is_told_when_it_goes_and_not_again(city: City) -> None:
    city.store.write_drive(drive(1, places_of(7)))
    bring_up_to_date(city, network=NETWORK)
    before = city.store.findings()
    gone = replace(before[0], gone_s=1e9)
    (news, summary) = news_of_findings(before, [gone, before[1]], NETWORK, now_s=2e9)
    assert (news.kind, news.about["finding_id"]) == (NewsKind.FINDING_GONE, gone.finding_id)
    assert summary.about == {"gone": 1}
    (summary,) = news_of_findings([gone], [gone], NETWORK, now_s=2e9)
    assert summary.about == {}


def test_a_drive_is_told_while_it_is_looked_at(tmp_path: Path, small_town: TownFiles) -> None:
    settings = settings_of(PARAMS)
    city = create_city(tmp_path / "city", network=small_town.network, settings=settings)
    video, _ = small_town.drives[0]
    (outcome,) = inspect_drives(city, [video], stages=made_stages()).outcomes
    assert outcome.facts is not None
    news = told(city)
    assert (news[0].kind, news[0].about["drive"]) == (NewsKind.DRIVE_STARTED, outcome.name)
    (done,) = (one for one in news if one.kind is NewsKind.DRIVE_DONE)
    assert done.about["accepted"] == len(outcome.facts.frames)
    seen = [one for one in news if one.kind is NewsKind.DAMAGE_SEEN]
    assert len(seen) == len(outcome.facts.observations)
    assert news[-1].kind is NewsKind.FINDINGS_CHANGED
    city.store.close()


def test_a_drive_that_fails_is_told_as_failed(
    tmp_path: Path, small_town: TownFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(PARAMS)
    city = create_city(tmp_path / "city", network=small_town.network, settings=settings)

    def full(_: object) -> None:
        raise StorageFullError("disk", "is full")

    monkeypatch.setattr(city.store, "write_drive", full)
    inspect_drives(city, [small_town.drives[0][0]], stages=made_stages())
    assert told(city, NewsKind.DRIVE_FAILED)
    assert not told(city, NewsKind.DRIVE_DONE)
    city.store.close()


class FullBook:
    """Takes no news."""

    asked = 0

    def tell(self, news: Sequence[News]) -> None:
        self.asked += 1
        raise StorageFullError("disk", "is full")

    def after(self, number: int, *, limit: int, kinds: object = None) -> tuple[News, ...]:
        raise NotImplementedError

    def newest(self, *, before_s: float | None = None) -> int:
        raise NotImplementedError

    def lost_after(self, number: int) -> bool:
        raise NotImplementedError


def test_a_store_that_takes_no_news_does_not_stop_a_drive(
    caplog: pytest.LogCaptureFixture,
) -> None:
    book = FullBook()
    news = DriveNews(book, "d", NETWORK.epsg, frames=1)
    news.started()
    news.failed()
    assert book.asked == 1
    assert [one.getMessage() for one in caplog.records] == (
        ["no more news of this drive: disk: is full"]
    )
