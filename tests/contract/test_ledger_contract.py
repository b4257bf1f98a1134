"""What every store must do with people's words on pictures."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.store.made_store import (
    START_S,
    make_coverage,
    make_facts,
    make_finding,
    make_frame,
    make_network,
    make_public_frame,
)

from gatusyn.model import (
    DriveFacts,
    HeldError,
    HoldSubject,
    PictureError,
    PublicFrame,
    RedactedRegion,
    RegionKind,
    RemovalCause,
    StoredPicture,
)
from gatusyn.store import Store, open_store

NOW_S = START_S + 1000.0
DAY_S = 86_400.0


def region(x1: int = 5, y1: int = 6, x2: int = 20, y2: int = 30) -> RedactedRegion:
    return RedactedRegion(
        kind=RegionKind.PLATE, x1=x1, y1=y1, x2=x2, y2=y2, confidence=1.0, marked=True
    )


def blacken(picture: StoredPicture, missed: RedactedRegion) -> PublicFrame:
    """Stand in for the privacy stage, which a store does not know."""
    record = picture.redaction
    return PublicFrame(
        frame_id=picture.frame_id,
        time_s=picture.time_s,
        image=np.zeros((48, 64, 3), np.uint8),
        redaction=dataclasses.replace(record, regions=(*record.regions, missed)),
    )


def write(store: Store, facts: DriveFacts | None = None) -> DriveFacts:
    """Write a drive whose every frame has a picture of its own grey."""
    facts = facts or make_facts()
    with store.stage(facts.run_id) as stage:
        for number, frame in enumerate(facts.frames):
            public = make_public_frame(value=100 + number)
            marked = dataclasses.replace(public, frame_id=frame.frame_id, redaction=frame.redaction)
            stage.add(marked)
        store.write_drive(facts)
    return facts


def shifted(facts: DriveFacts, *, by_s: float, drive: str, run: str) -> DriveFacts:
    """Return the same way driven with frames at other moments."""
    frames = tuple(
        dataclasses.replace(
            frame,
            frame_id=f"other-{frame.frame_id}",
            pose=dataclasses.replace(frame.pose, time_s=frame.pose.time_s + by_s),
        )
        for frame in facts.frames
    )
    coverage = tuple(
        dataclasses.replace(one, frame_id=f"other-{one.frame_id}") for one in facts.coverage
    )
    return dataclasses.replace(
        facts, drive_id=drive, run_id=run, frames=frames, coverage=coverage, observations=()
    )


def content(store: Store, picture_id: str) -> bytes:
    path = store.picture_path(picture_id)
    assert path is not None
    return path.read_bytes()


def names(store: Store) -> set[str]:
    return {picture.picture_id for picture in store.ledger.kept()}


def mark(store: Store, picture_id: str, missed: RedactedRegion | None = None) -> int:
    return store.ledger.mark(picture_id, missed or region(), by="anna", now_s=NOW_S, hide=blacken)


def remove(store: Store, *picture_ids: str, cause: RemovalCause = RemovalCause.REQUEST) -> Any:
    return store.ledger.remove(picture_ids, cause=cause, reason="asked", by="anna", now_s=NOW_S)


def test_a_picture_comes_back_as_it_is_stored(store: Store) -> None:
    write(store)
    picture = store.ledger.picture("run-1/000002")
    assert picture.jpeg == content(store, "run-1/000002")
    frame = make_frame(2)
    assert (picture.frame_id, picture.time_s) == (frame.frame_id, frame.pose.time_s)
    assert (picture.width_px, picture.height_px, picture.scale) == (64, 48, 1.0)
    assert picture.redaction == frame.redaction


def test_a_marked_region_is_hidden_recorded_and_counted(store: Store) -> None:
    write(store)
    before = content(store, "run-1/000001")
    stamps = store.facts_stamp()
    assert mark(store, "run-1/000001") == 1
    after = content(store, "run-1/000001")
    assert after != before
    (view,) = [v for v in store.pictures("link-0/0") if v.picture_id == "run-1/000001"]
    assert view.version == 1
    assert view.frame.redaction.regions == (*make_frame(1).redaction.regions, region())
    (fact,) = store.ledger.marks()
    assert (fact.picture_id, fact.drive_id, fact.frame_id) == ("run-1/000001", "drive-1", "frame-1")
    assert (fact.marked_by, fact.marked_s, fact.model) == ("anna", NOW_S, "centerface 1")
    assert fact.region == region()
    (count,) = store.ledger.misses()
    assert (count.model, count.frames, count.hidden) == ("centerface 1", 6, 6)
    assert count.missed == {RegionKind.PLATE: 1}
    assert store.facts_stamp() == stamps, "nothing that is derived has changed"


def test_the_same_region_twice_is_one_miss(store: Store) -> None:
    write(store)
    assert mark(store, "run-1/000001") == 1
    assert mark(store, "run-1/000001") == 0
    assert mark(store, "run-1/000001", region(30, 5, 40, 10)) == 1
    assert [one.region.x1 for one in store.ledger.marks()] == [5, 30]
    assert store.ledger.misses()[0].missed == {RegionKind.PLATE: 2}


def test_a_region_is_hidden_in_the_superseded_run_s_copy_too(store: Store) -> None:
    write(store, make_facts(run="first"))
    write(store, make_facts(run="second"))
    old = content(store, "first/000003")
    assert mark(store, "second/000003") == 2
    assert content(store, "first/000003") != old
    assert content(store, "first/000002") != content(store, "first/000003")
    assert len(store.ledger.marks()) == 1


def test_a_fault_while_hiding_leaves_everything_as_it_was(store: Store, tmp_path: Path) -> None:
    write(store, make_facts(run="first"))
    write(store, make_facts(run="second"))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.jpg")}
    calls = []

    def fails_on_the_second(picture: StoredPicture, missed: RedactedRegion) -> PublicFrame:
        calls.append(picture.picture_id)
        if len(calls) == 2:
            raise RuntimeError("out of memory")
        return blacken(picture, missed)

    with pytest.raises(RuntimeError):
        store.ledger.mark(
            "second/000003", region(), by="anna", now_s=NOW_S, hide=fails_on_the_second
        )
    assert store.ledger.marks() == ()
    with store.inspecting():
        pass
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.jpg")} == before
    assert mark(store, "second/000003") == 2


def test_only_a_public_frame_replaces_a_picture(store: Store) -> None:
    write(store)
    raw: Any = lambda picture, missed: picture.jpeg  # noqa: E731
    with pytest.raises(TypeError, match="PublicFrame"):
        store.ledger.mark("run-1/000001", region(), by="anna", now_s=NOW_S, hide=raw)


@pytest.mark.parametrize("name", ["run-1/999999", "nothing", "", "../x/000000", "run-9/000000"])
def test_what_is_no_picture_is_named(store: Store, name: str) -> None:
    write(store)
    for act in (store.ledger.picture, lambda n: mark(store, n), lambda n: remove(store, n)):
        with pytest.raises(PictureError, match="is no picture"):
            act(name)
    assert store.ledger.removal_of(name) is None


def test_a_removed_picture_is_gone_and_its_measurement_stays(store: Store, tmp_path: Path) -> None:
    write(store)
    observations, coverage = store.observations(), store.coverage()
    (note,) = remove(store, "run-1/000000")
    assert store.picture_path("run-1/000000") is None
    assert len(list(tmp_path.rglob("*.jpg"))) == 5
    assert "run-1/000000" not in {view.picture_id for view in store.pictures("link-0/0")}
    assert (store.observations(), store.coverage()) == (observations, coverage)
    assert (note.cause, note.reason, note.removed_by) == (RemovalCause.REQUEST, "asked", "anna")
    assert (note.removed_s, note.time_s) == (NOW_S, START_S)
    assert store.ledger.removals() == (note,)
    assert store.ledger.removal_of("run-1/000000") == note
    assert remove(store, "run-1/000000") == (), "a second time changes nothing"
    assert store.ledger.removals() == (note,)
    with pytest.raises(PictureError, match=r"was removed \(asked\)"):
        mark(store, "run-1/000000")


def test_pictures_are_removed_all_or_none(store: Store) -> None:
    write(store)
    with pytest.raises(PictureError):
        remove(store, "run-1/000000", "run-1/999999")
    assert len(names(store)) == 6
    assert store.ledger.removals() == ()


def test_a_request_takes_the_copies_in_other_runs_too(store: Store) -> None:
    facts = make_facts(run="first", frames=4)
    write(store, facts)
    write(store, shifted(facts, by_s=0.4, drive="drive-1", run="denser"))
    write(store, make_facts(run="third", frames=4))
    taken = {one.picture_id: one.cause for one in remove(store, "third/000001")}
    assert taken["third/000001"] == taken["first/000001"] == RemovalCause.REQUEST
    near = {name for name, cause in taken.items() if cause is RemovalCause.SAME_MOMENT}
    assert near == {"denser/000000", "denser/000001"}, "1.4 s and 0.4 s: within a second of 1.0 s"


def test_retention_takes_what_it_names_and_no_more(store: Store) -> None:
    write(store, make_facts(run="first"))
    write(store, make_facts(run="second"))
    remove(store, "first/000001", cause=RemovalCause.RETENTION)
    assert names(store) >= {"second/000001", "first/000002"}
    assert "first/000001" not in names(store)


def test_a_removed_picture_does_not_come_back(store: Store, tmp_path: Path) -> None:
    write(store)
    remove(store, "run-1/000001")
    write(store, make_facts(run="run-2"))
    assert names(store) == {f"run-{r}/00000{n}" for r in (1, 2) for n in (0, 2, 3, 4, 5)}
    assert len(list(tmp_path.rglob("*.jpg"))) == 10
    note = store.ledger.removal_of("run-2/000001")
    assert note is not None
    assert note.reason == "removed before: asked"
    assert len(store.coverage()) == 6, "the frame is measured all the same"


def test_nor_does_one_of_the_same_moment(store: Store) -> None:
    facts = make_facts(frames=4)
    write(store, facts)
    remove(store, "run-1/000003")
    denser = shifted(facts, by_s=-0.5, drive="drive-1", run="run-2")
    write(store, denser)
    assert {n for n in names(store) if n.startswith("run-2")} == {
        "run-2/000000",
        "run-2/000001",
        "run-2/000002",
    }, "2.5 s is within a second of 3.0 s, 1.5 s is not"
    write(store, dataclasses.replace(denser, run_id="run-3"))
    assert "run-3/000003" not in names(store), "nor in a third run with that frame"
    again = shifted(facts, by_s=0.0, drive="another-name", run="run-4")
    write(store, again)
    assert "run-4/000003" not in names(store), "nor as part of another drive"


def test_a_neighbour_that_was_kept_is_kept_again(store: Store) -> None:
    facts = make_facts(frames=4)
    close = tuple(
        dataclasses.replace(f, pose=dataclasses.replace(f.pose, time_s=START_S + 0.3 * n))
        for n, f in enumerate(facts.frames)
    )
    facts = dataclasses.replace(facts, frames=close)
    write(store, facts)
    remove(store, "run-1/000001")
    assert len(names(store)) == 3, "neighbours of the same run are for people to judge"
    write(store, dataclasses.replace(facts, run_id="run-2"))
    assert {n for n in names(store) if n.startswith("run-2")} == {
        "run-2/000000",
        "run-2/000002",
        "run-2/000003",
    }


def test_what_retention_took_comes_back_only_where_a_newer_run_still_has_it(store: Store) -> None:
    write(store, make_facts(run="first"))
    write(store, make_facts(run="second"))
    remove(store, "first/000001", "first/000002", "second/000002", cause=RemovalCause.RETENTION)
    write(store, make_facts(run="third"))
    assert "third/000001" in names(store), "the second run's picture of it is kept"
    assert "third/000002" not in names(store)


def test_a_new_run_must_hide_what_was_marked(store: Store) -> None:
    facts = write(store)
    mark(store, "run-1/000002")
    assert store.ledger.marked_in("drive-1") == {"frame-2": (region(),)}
    assert store.ledger.marked_in("drive-2") == {}
    write(store, dataclasses.replace(facts, run_id="forgets"))
    assert "forgets/000002" not in names(store)


def test_a_new_run_that_hides_what_was_marked_keeps_its_picture(store: Store) -> None:
    facts = write(store)
    mark(store, "run-1/000002")
    record = make_frame(2).redaction
    hidden = dataclasses.replace(record, regions=(*record.regions, region()))
    frames = tuple(
        dataclasses.replace(f, redaction=hidden) if f.frame_id == "frame-2" else f
        for f in facts.frames
    )
    write(store, dataclasses.replace(facts, run_id="run-2", frames=frames))
    assert "run-2/000002" in names(store)
    assert len(store.ledger.marks()) == 1, "hiding it again is no new miss"
    assert mark(store, "run-2/000002") == 0


def test_a_mark_removes_other_pictures_of_the_moment_in_superseded_runs(store: Store) -> None:
    facts = make_facts(run="first", frames=4)
    write(store, shifted(facts, by_s=0.5, drive="drive-1", run="older"))
    write(store, facts)
    mark(store, "first/000003")
    assert {n for n in names(store) if n.startswith("older")} == {"older/000000", "older/000001"}
    write(store, shifted(facts, by_s=0.3, drive="drive-1", run="newer"))
    assert not {"newer/000002", "newer/000003"} & names(store)


def test_a_mark_does_not_take_a_held_picture_away(store: Store) -> None:
    facts = make_facts(run="first", frames=4)
    write(store, shifted(facts, by_s=0.5, drive="drive-1", run="older"))
    store.ledger.place_hold(
        HoldSubject.PICTURE, "older/000003", reason="r", until_s=9e9, by="a", now_s=NOW_S
    )
    write(store, facts)
    mark(store, "first/000003")
    assert "older/000003" in names(store)
    assert "older/000002" not in names(store)


def test_people_who_mark_at_once_do_not_undo_each_other(store: Store) -> None:
    write(store)
    wanted = [region(x, 3, x + 4, 9) for x in range(0, 60, 5)]
    with ThreadPoolExecutor(4) as pool:
        copies = list(pool.map(lambda one: mark(store, "run-1/000001", one), wanted))
    assert copies == [1] * len(wanted)
    picture = store.ledger.picture("run-1/000001")
    assert {own.x1 for own in picture.redaction.regions if own.marked} == set(range(0, 60, 5))
    assert picture.version == len(store.ledger.marks()) == len(wanted)


def test_holds_keep_pictures_from_requests_and_retention(store: Store) -> None:
    write(store)
    hold = store.ledger.place_hold(
        HoldSubject.PICTURE,
        "run-1/000001",
        reason="claim 12",
        until_s=NOW_S + DAY_S,
        by="anna",
        now_s=NOW_S,
    )
    assert hold.number == 1
    assert hold.frames == {("drive-1", "frame-1")}
    assert store.ledger.held(now_s=NOW_S) == {("drive-1", "frame-1"): (1,)}
    for cause in (RemovalCause.REQUEST, RemovalCause.RETENTION):
        with pytest.raises(HeldError, match=r"hold 1 \(claim 12\)"):
            remove(store, "run-1/000000", "run-1/000001", cause=cause)
    assert len(names(store)) == 6
    assert mark(store, "run-1/000001") == 1, "hiding a face keeps what the hold is for"
    ended = store.ledger.release_hold(1, by="bo", now_s=NOW_S + 5)
    assert ended.released_s == NOW_S + 5
    assert store.ledger.release_hold(1, by="bo", now_s=NOW_S + 9).released_s == NOW_S + 5
    assert store.ledger.holds() == (ended,)
    assert store.ledger.held(now_s=NOW_S) == {}
    assert len(remove(store, "run-1/000001")) == 1


def test_a_hold_ends_at_its_date(store: Store) -> None:
    write(store)
    until_s = NOW_S + DAY_S
    store.ledger.place_hold(
        HoldSubject.SECTION, "link-0/0", reason="case", until_s=until_s, by="a", now_s=NOW_S
    )
    held = {("drive-1", f"frame-{n}") for n in range(4)}
    assert store.ledger.held(now_s=until_s - 1e-3).keys() == held
    assert store.ledger.held(now_s=until_s) == {}


def test_a_hold_covers_what_comes_later_and_what_it_had(store: Store) -> None:
    write(store, make_facts(frames=2))
    store.write_derived((make_finding(0),), (), stamp="one")
    for subject, name in ((HoldSubject.SECTION, "link-0/0"), (HoldSubject.FINDING, "finding-0-0")):
        store.ledger.place_hold(
            subject, name, reason="case", until_s=NOW_S + DAY_S, by="a", now_s=NOW_S
        )
    assert store.ledger.held(now_s=NOW_S) == {
        ("drive-1", "frame-0"): (1, 2),
        ("drive-1", "frame-1"): (1,),
    }
    write(store, make_facts(drive="drive-2", run="run-2", frames=1, start_s=START_S + 500))
    assert store.ledger.held(now_s=NOW_S)["drive-2", "frame-0"] == (1,)
    store.write_derived((), (), stamp="two")
    store.write_network(make_network(shift_m=20.0))
    assert store.ledger.held(now_s=NOW_S) == {
        ("drive-1", "frame-0"): (1, 2),
        ("drive-1", "frame-1"): (1,),
    }, "the finding and the section's coverage are gone; what they had stays held"


@pytest.mark.parametrize("subject", HoldSubject)
def test_a_hold_on_nothing_is_refused(store: Store, subject: HoldSubject) -> None:
    with pytest.raises(PictureError, match=f"is no {subject.value}"):
        store.ledger.place_hold(subject, "x", reason="r", until_s=NOW_S, by="a", now_s=NOW_S)
    with pytest.raises(PictureError, match="Hold 7: is not known"):
        store.ledger.release_hold(7, by="a", now_s=NOW_S)


def test_kept_pictures_say_what_retention_needs(store: Store) -> None:
    write(store, make_facts(run="first", frames=2))
    write(store, make_facts(run="second", frames=2))
    pictures = {one.picture_id: one for one in store.ledger.kept()}
    assert set(pictures) == {f"{run}/00000{n}" for run in ("first", "second") for n in (0, 1)}
    assert pictures["second/000000"].observation_ids == ("frame-0/0",)
    assert pictures["second/000001"].observation_ids == ()
    assert pictures["second/000001"].time_s == START_S + 1
    assert [pictures[f"{run}/000000"].shown for run in ("first", "second")] == [False, True]
    assert pictures["second/000000"].on_current
    store.write_network(make_network(shift_m=20.0))
    late = {one.picture_id: one for one in store.ledger.kept()}["second/000000"]
    assert (late.shown, late.on_current) == (True, False)


def test_an_organisation_s_ledger_is_its_own(opener: Callable[[str], Store]) -> None:
    first, second = opener("first"), opener("second")
    write(first)
    write(second)
    mine = content(second, "run-1/000001")
    mark(first, "run-1/000001")
    remove(first, "run-1/000000")
    first.ledger.place_hold(
        HoldSubject.PICTURE, "run-1/000002", reason="r", until_s=NOW_S + 9, by="a", now_s=NOW_S
    )
    assert not second.ledger.marks()
    assert not second.ledger.removals()
    assert not second.ledger.holds()
    assert second.ledger.held(now_s=NOW_S) == {}
    assert content(second, "run-1/000001") == mine
    assert len(names(second)) == 6
    assert second.ledger.misses()[0].missed == {}
    assert len(remove(second, "run-1/000002")) == 1


def test_a_frame_name_that_is_no_text_is_no_way_round(store: Store) -> None:
    name = b"gata-\xe5.jpg".decode("utf-8", "surrogateescape")
    facts = make_facts(frames=1)
    frames = (dataclasses.replace(facts.frames[0], frame_id=name),)
    coverage = (dataclasses.replace(make_coverage(0), frame_id=name),)
    odd = dataclasses.replace(facts, frames=frames, coverage=coverage, observations=())
    write(store, odd)
    remove(store, "run-1/000000")
    write(store, dataclasses.replace(odd, run_id="run-2"))
    assert names(store) == set()


def test_the_ledger_outlives_its_store(store: Store, database: str | None, tmp_path: Path) -> None:
    write(store)
    mark(store, "run-1/000001")
    remove(store, "run-1/000000")
    store.close()
    with open_store(tmp_path / "city", organisation="town", postgis=database) as again:
        assert len(again.ledger.marks()) == len(again.ledger.removals()) == 1
        assert again.ledger.picture("run-1/000001").redaction.regions[-1] == region()
