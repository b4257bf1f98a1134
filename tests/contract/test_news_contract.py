"""What every store must do with news."""

from __future__ import annotations

from collections.abc import Callable

from gatusyn.model import KEPT_S, News, NewsKind
from gatusyn.store import Store

NEW, VEHICLE = NewsKind.FINDING_NEW, NewsKind.VEHICLE


def told(kind: NewsKind = NEW, *, time_s: float = 1000.0, name: str = "Åsgatan") -> News:
    return News(kind=kind, time_s=time_s, about={"street": name, "lon": 12.5, "none": None})


def test_news_comes_back_in_order_from_the_piece_that_is_known(store: Store) -> None:
    assert store.news.after(0, limit=10) == ()
    assert store.news.newest() == 0
    store.news.tell([told(name="a"), told(name="b")])
    store.news.tell([told(name="c")])
    every = store.news.after(0, limit=10)
    assert [one.about["street"] for one in every] == ["a", "b", "c"]
    assert every[0].about == told(name="a").about
    assert store.news.newest() == every[-1].number
    assert store.news.after(every[0].number, limit=1) == (every[1],)
    assert store.news.after(every[-1].number, limit=10) == ()


def test_only_some_kinds_can_be_asked_for(store: Store) -> None:
    store.news.tell([told(VEHICLE), told(NEW), told(VEHICLE)])
    assert [one.kind for one in store.news.after(0, limit=9, kinds=[NEW])] == [NEW]
    assert store.news.after(0, limit=9, kinds=[]) == ()


def test_the_last_before_a_time_is_known(store: Store) -> None:
    store.news.tell([told(time_s=10.0), told(time_s=20.0), told(time_s=30.0)])
    first = store.news.after(0, limit=1)[0]
    assert store.news.newest(before_s=15.0) == first.number
    assert store.news.newest(before_s=5.0) == 0


def test_where_a_driver_was_goes_before_what_became_of_a_street(store: Store) -> None:
    store.news.tell([told(VEHICLE, time_s=0.0), told(NEW, time_s=0.0)])
    later_s = KEPT_S[VEHICLE] + 1.0
    assert later_s < KEPT_S[NEW]
    store.news.tell([told(VEHICLE, time_s=later_s)])
    assert [one.kind for one in store.news.after(0, limit=9)] == [NEW, VEHICLE]


def test_a_number_is_never_given_twice_and_who_missed_something_is_told(store: Store) -> None:
    store.news.tell([told(time_s=0.0), told(time_s=0.0)])
    known = store.news.newest()
    assert not store.news.lost_after(0)
    store.news.tell([told(time_s=10 * KEPT_S[NEW])])
    store.news.tell([told(time_s=20 * KEPT_S[NEW])])
    left = store.news.after(0, limit=9)
    assert len(left) == 1
    assert left[0].number > known
    assert store.news.lost_after(known)
    assert not store.news.lost_after(left[0].number)
    assert not store.news.lost_after(left[0].number - 1)


def test_organisations_do_not_hear_each_other_s_news(opener: Callable[[str], Store]) -> None:
    ours, theirs = opener("ours"), opener("theirs")
    ours.news.tell([told(name="ours")])
    theirs.news.tell([told(name="theirs"), told(name="theirs")])
    assert [one.about["street"] for one in ours.news.after(0, limit=9)] == ["ours"]
    ours.news.tell([told(name="ours", time_s=100 * KEPT_S[NEW])])
    assert len(theirs.news.after(0, limit=9)) == 2
    assert not theirs.news.lost_after(0)
