"""Ids stay when findings are derived again; splits, merges and ends are written down."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from shapely import box
from tests.store.made_store import make_finding

from gatusyn.findings import Named, keep_identity
from gatusyn.model import DamageKind, Finding, IdentityChange, IdentityEvent


def finding(
    name: str, east: float, seen: Collection[str], *, kind: DamageKind = DamageKind.POTHOLE
) -> Finding:
    return replace(
        make_finding(),
        finding_id=name,
        kind=kind,
        footprint=box(east, 0.0, east + 1.0, 1.0),
        observation_ids=tuple(("r", one) for one in seen),
    )


def named(
    former: Sequence[Finding],
    derived: Sequence[Finding],
    *,
    ended: Sequence[IdentityEvent] = (),
    in_use: Collection[str] = (),
) -> Named:
    return keep_identity(
        former, ended, derived, in_use=lambda ids: set(ids) & set(in_use), now_s=5.0
    )


def ids(result: Named) -> dict[tuple[str, ...], str]:
    return {tuple(o for _, o in one.observation_ids): one.finding_id for one in result.findings}


def changes(result: Named) -> list[tuple[IdentityChange, str, str | None]]:
    return [(one.change, one.finding_id, one.other_id) for one in result.events]


def test_an_earlier_drive_that_comes_late_does_not_rename() -> None:
    former = [finding("old", 0.0, ["b", "c"])]
    result = named(former, [finding("of-a", 0.1, ["a", "b", "c"])])
    assert ids(result) == {("a", "b", "c"): "old"}
    assert not result.events


def test_a_split_leaves_the_id_with_the_larger_part_and_says_so() -> None:
    former = [finding("whole", 0.0, ["a", "b", "c"])]
    parts = [finding("of-a", 0.0, ["a"]), finding("of-b", 0.5, ["b", "c"])]
    result = named(former, parts)
    assert ids(result) == {("b", "c"): "whole", ("a",): "of-a"}
    assert changes(result) == [(IdentityChange.SPLIT, "whole", "of-a")]


def test_halves_that_come_together_again_are_the_finding_that_they_were() -> None:
    whole = [finding("z-of-a", 0.0, ["a", "b"])]
    halves = named(whole, [finding("z-of-a", -3.0, ["a"]), finding("of-b", 3.0, ["b"])])
    assert ids(halves) == {("a",): "z-of-a", ("b",): "of-b"}
    again = named(halves.findings, [finding("z-of-a", 0.0, ["a", "b"])])
    assert ids(again) == {("a", "b"): "z-of-a"}
    assert changes(again) == [(IdentityChange.MERGED, "of-b", "z-of-a")]


def test_a_merge_says_where_the_other_id_went() -> None:
    former = [finding("one", 0.0, ["a"]), finding("two", 0.5, ["b", "c"])]
    result = named(former, [finding("of-a", 0.3, ["a", "b", "c"])])
    assert list(ids(result).values()) == ["two"]
    assert changes(result) == [(IdentityChange.MERGED, "one", "two")]


def test_observations_with_other_names_are_known_by_place_and_kind() -> None:
    former = [finding("old", 0.0, ["a"]), finding("far", 30.0, ["z"])]
    renamed = [finding("of-1", 0.1, ["1"]), finding("of-2", 30.0, ["2"], kind=DamageKind.PATCH)]
    result = named(former, renamed)
    assert ids(result) == {("1",): "old", ("2",): "of-2"}
    assert changes(result) == [(IdentityChange.ENDED, "far", None)]


def test_what_is_not_believed_for_a_while_comes_back_under_its_id() -> None:
    gone = named([finding("old", 0.0, ["a"])], [])
    assert changes(gone) == [(IdentityChange.ENDED, "old", None)]
    back = named([], [finding("of-b", 0.2, ["b"])], ended=gone.events)
    assert ids(back) == {("b",): "old"}
    assert changes(back) == [(IdentityChange.BACK, "old", None)]
    other = named([], [finding("of-b", 0.2, ["b"], kind=DamageKind.PATCH)], ended=gone.events)
    assert ids(other) == {("b",): "of-b"}


def test_an_id_is_never_given_twice() -> None:
    elsewhere = named([], [finding("taken", 0.0, ["a"])], in_use=["taken"])
    (other,) = ids(elsewhere).values()
    assert other != "taken"
    again = named([], [finding("taken", 0.0, ["a"])], in_use=["taken"])
    assert ids(again) == ids(elsewhere)


@given(
    st.lists(st.sets(st.sampled_from("abcdefgh"), min_size=1), max_size=5),
    st.lists(st.sets(st.sampled_from("abcdefgh"), min_size=1), max_size=5),
)
def test_every_former_id_is_there_or_in_the_ledger(
    old: list[set[str]], new: list[set[str]]
) -> None:
    former = [finding(f"o{n}", 0.4 * n, sorted(seen)) for n, seen in enumerate(old)]
    derived = [finding(f"n{n}", 0.4 * n, sorted(seen)) for n, seen in enumerate(new)]
    result = named(former, derived)
    there = [one.finding_id for one in result.findings]
    assert len(set(there)) == len(there) == len(derived)
    went = {
        one.finding_id
        for one in result.events
        if one.change in (IdentityChange.MERGED, IdentityChange.ENDED)
    }
    assert {one.finding_id for one in former} - set(there) == went
    assert named(former[::-1], derived[::-1]) == result
