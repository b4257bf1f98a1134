"""What every store must do with drives that are sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from gatusyn.model import (
    Cause,
    DriveFault,
    SentDrive,
    SentFile,
    SentState,
    UploadConflictError,
    UploadTooLargeError,
)
from gatusyn.store import NewFile, SentLimits, Store

LIMITS = SentLimits(drive_bytes=1000, files=3, waiting_bytes=1500)
HASHES = {"a": "a" * 64, "b": "b" * 64}


def begin(
    store: Store, name: str = "a.mp4", size: int = 100, *, drive: str = "d1", sender: str = "bo"
) -> SentFile:
    wanted = NewFile(sender=sender, client_key=drive, name=name, size=size)
    return store.sent.begin(wanted, LIMITS, now_s=10.0, expires_s=50.0)[0]


def arrive(store: Store, file: SentFile, sha256: str) -> None:
    assert store.sent.advance(
        file.upload_id, before=0, taken=file.size, sealed=999, sha256=sha256, expires_s=60.0
    )


def whole(store: Store, drive: str = "d1", *, sha256: str = "a", sender: str = "bo") -> SentDrive:
    arrive(store, begin(store, drive=drive, sender=sender), HASHES[sha256])
    claimed = {"a.mp4": (100, HASHES[sha256])}
    return store.sent.complete(sender, drive, claimed, content=f"of {sha256}", now_s=20.0)


def test_a_file_is_begun_once_and_grows_in_order(store: Store) -> None:
    wanted = NewFile(sender="bo", client_key="d1", name="ö.mp4", size=100)
    file, is_new = store.sent.begin(wanted, LIMITS, now_s=10.0, expires_s=50.0)
    assert is_new
    kept = replace(file, expires_s=99.0)
    assert store.sent.begin(wanted, LIMITS, now_s=11.0, expires_s=99.0) == (kept, False)
    assert store.sent.advance(
        file.upload_id, before=0, taken=40, sealed=70, sha256="", expires_s=60.0
    )
    assert not store.sent.advance(
        file.upload_id, before=0, taken=50, sealed=80, sha256="", expires_s=60.0
    )
    found = store.sent.file(file.upload_id)
    assert found is not None
    grown, drive = found
    assert (grown.name, grown.taken, grown.sealed, grown.expires_s) == ("ö.mp4", 40, 70, 60.0)
    assert (drive.sender, drive.client_key, drive.state) == ("bo", "d1", SentState.ARRIVING)
    assert drive.files == (grown,)
    assert store.sent.file("none") is None
    with pytest.raises(UploadConflictError, match="other content"):
        begin(store, "ö.mp4", 101)


def test_too_much_is_refused_and_leaves_nothing(store: Store) -> None:
    with pytest.raises(UploadTooLargeError, match="larger than"):
        begin(store, size=1001)
    assert store.sent.drives() == ()
    for name in ("1", "2", "3"):
        begin(store, name)
    with pytest.raises(UploadTooLargeError, match="3 files"):
        begin(store, "4")
    begin(store, size=1000, drive="d2")
    with pytest.raises(UploadTooLargeError, match="that waits"):
        begin(store, size=201, drive="d3", sender="eva")
    begin(store, size=200, drive="d3", sender="eva")


def test_a_drive_is_whole_when_every_file_is_and_is_what_it_is_said_to_be(store: Store) -> None:
    file = begin(store)
    claimed = {"a.mp4": (100, HASHES["a"])}

    def complete(said: dict[str, tuple[int, str]]) -> SentDrive:
        return store.sent.complete("bo", "d1", said, content="c", now_s=20.0)

    for said, words in (
        (claimed, "is not whole: a.mp4 has 0 of 100"),
        ({}, "has a.mp4, which is not listed"),
        (claimed | {"b.gpx": (1, HASHES["b"])}, "lacks b.gpx"),
    ):
        with pytest.raises(UploadConflictError, match=words):
            complete(said)
    arrive(store, file, HASHES["a"])
    with pytest.raises(UploadConflictError, match="another SHA-256"):
        complete({"a.mp4": (100, HASHES["b"])})
    drive = complete(claimed)
    assert (drive.state, drive.completed_s, drive.is_checked) == (SentState.WAITING, 20.0, True)
    assert complete(claimed) == drive
    with pytest.raises(UploadConflictError, match="whole already"):
        begin(store, "late.gpx")
    assert not store.sent.remove_file(file.upload_id)
    with pytest.raises(UploadConflictError, match="no file here"):
        store.sent.complete("eva", "d1", claimed, content="c", now_s=20.0)


def test_the_same_content_is_the_same_drive(store: Store) -> None:
    first = whole(store)
    assert whole(store, "d2") == first
    assert whole(store, "d1", sender="eva") == first
    assert whole(store, "d3", sha256="b") != first
    doubles = [one for one in store.sent.drives() if one.state is SentState.REJECTED]
    assert [one.reason for one in doubles] == [f"the same as {first.key}"] * 2
    assert [one.cause for one in doubles] == [Cause(fault=DriveFault.SAME)] * 2


def test_what_was_thrown_away_has_no_receipt_and_can_be_sent_again(store: Store) -> None:
    first = whole(store)
    assert store.sent.finish(
        first.key, "", SentState.REJECTED, now_s=30.0, reason="waited too long"
    )
    claimed = {"a.mp4": (100, HASHES["a"])}
    with pytest.raises(UploadConflictError, match="waited too long"):
        store.sent.complete("bo", "d1", claimed, content="of a", now_s=40.0)
    again = whole(store)
    assert (again.state, again.client_key) == (SentState.WAITING, "d1")
    assert again.key != first.key
    states = {one.key: one.state for one in store.sent.drives()}
    assert states == {first.key: SentState.REJECTED, again.key: SentState.WAITING}
    double = whole(store, "d2")
    assert double == again
    assert store.sent.complete("bo", "d2", claimed, content="of a", now_s=50.0) == again


def test_content_that_nobody_checked_stands_for_no_other(store: Store) -> None:
    file = begin(store)
    arrive(store, file, "")
    claimed = {"a.mp4": (100, HASHES["a"])}
    unchecked = store.sent.complete("bo", "d1", claimed, content="of a", now_s=20.0)
    assert not unchecked.is_checked
    checked = whole(store, "d2")
    assert checked.key != unchecked.key
    assert checked.state is SentState.WAITING


def test_one_worker_at_a_time_has_a_drive_and_one_that_was_killed_loses_it(store: Store) -> None:
    assert store.sent.lease("w1", now_s=30.0, until_s=90.0) is None
    first, second = whole(store), whole(store, "d2", sha256="b")
    held = store.sent.lease("w1", now_s=30.0, until_s=90.0)
    assert held is not None
    assert (held.key, held.state, held.tries) == (first.key, SentState.WORKING, 1)
    other = store.sent.lease("w2", now_s=31.0, until_s=90.0)
    assert other is not None
    assert other.key == second.key
    assert store.sent.lease("w3", now_s=89.0, until_s=99.0) is None
    assert store.sent.extend(second.key, "w2", until_s=200.0)
    again = store.sent.lease("w3", now_s=90.0, until_s=150.0)
    assert again is not None
    assert (again.key, again.tries) == (first.key, 2)
    # Who was taken for dead and comes back has no say any more.
    assert not store.sent.extend(first.key, "w1", until_s=300.0)
    assert not store.sent.finish(first.key, "w1", SentState.INSPECTED, now_s=91.0)
    assert not store.sent.give_back(first.key, "w1", reason="", after_s=0.0, tried=True)
    assert store.sent.finish(first.key, "w3", SentState.INSPECTED, now_s=91.0, drive_id="x")
    assert not store.sent.finish(first.key, "w3", SentState.REJECTED, now_s=91.0)
    cause = Cause(fault=DriveFault.VIDEO_CODEC, figures={"codec": 'prör"es', "count": 2})
    assert store.sent.give_back(
        second.key, "w2", reason="fault", cause=cause, after_s=95.0, tried=False
    )
    assert store.sent.lease("w4", now_s=94.0, until_s=100.0) is None
    tried = store.sent.lease("w4", now_s=95.0, until_s=100.0)
    assert tried is not None
    assert (tried.tries, tried.reason, tried.cause) == (1, "fault", cause)
    assert store.sent.finish(second.key, "w4", SentState.ASIDE, now_s=96.0, reason="fault")
    assert store.sent.lease("w4", now_s=999.0, until_s=1000.0) is None
    assert store.sent.again() == 1
    assert store.sent.lease("w4", now_s=999.0, until_s=1000.0) is not None


def test_what_was_damaged_here_can_be_sent_again_and_stands_for_no_other(store: Store) -> None:
    first = whole(store)
    cause = Cause(fault=DriveFault.DAMAGED)
    assert store.sent.finish(
        first.key, "", SentState.ASIDE, now_s=30.0, reason="changed", cause=cause
    )
    again = whole(store)
    assert again.key != first.key
    assert (again.state, again.client_key) == (SentState.WAITING, "d1")
    assert whole(store, "d2") == again, "the double is of what can be used"
    sealed = Cause(fault=DriveFault.SEALED)
    assert store.sent.finish(again.key, "", SentState.ASIDE, now_s=31.0, cause=sealed)
    assert whole(store, "d3") == store.sent.drives(states=[SentState.ASIDE])[0]


@pytest.mark.parametrize("words", ["old", '{"words": "no JSON of ours"', "", "a\0b"])
def test_words_without_a_cause_stay_as_they_are(store: Store, words: str) -> None:
    drive = whole(store)
    assert store.sent.finish(drive.key, "", SentState.REJECTED, now_s=30.0, reason=words)
    (found,) = store.sent.drives()
    assert (found.reason, found.cause) == (words.replace("\0", "\\x00"), None)


def test_what_is_over_is_forgotten_in_time_and_what_waits_is_not(store: Store) -> None:
    first, second = whole(store), whole(store, "d2", sha256="b")
    assert store.sent.finish(first.key, None, SentState.REJECTED, now_s=30.0, reason="old")
    assert store.sent.forget(before_s=99.0) == 0, "its footage is there"
    assert len(store.sent.drives(with_footage=True)) == 2
    store.sent.note_destroyed(first.key, now_s=31.0)
    assert len(store.sent.drives(with_footage=True)) == 1
    assert (store.sent.count_over(before_s=30.0), store.sent.count_over(before_s=99.0)) == (0, 1)
    assert store.sent.forget(before_s=99.0) == 1
    assert [one.key for one in store.sent.drives()] == [second.key]
    assert store.sent.drives(states=[SentState.REJECTED]) == ()
    assert store.sent.drives(limit=0) == ()
    assert store.sent.counts() == {state: int(state is SentState.WAITING) for state in SentState}
    begin(store, drive="d3")
    assert store.sent.remove_file(begin(store, drive="d3").upload_id)
    assert [one.key for one in store.sent.drives(sender="bo")] == [second.key]


def test_organisations_have_their_own(opener: Callable[[str], Store]) -> None:
    ours, theirs = opener("ours"), opener("theirs")
    file, drive = begin(ours), whole(theirs)
    assert theirs.sent.file(file.upload_id) is None
    assert not theirs.sent.remove_file(file.upload_id)
    assert ours.sent.drives(states=[SentState.WAITING]) == ()
    assert ours.sent.lease("w", now_s=99.0, until_s=100.0) is None
    assert not ours.sent.finish(drive.key, None, SentState.REJECTED, now_s=1.0)
    assert ours.sent.again() == ours.sent.forget(before_s=1e9) == 0
    assert whole(ours, "d2").key != drive.key
