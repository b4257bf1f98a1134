"""What every store must do to show one place then and now."""

from __future__ import annotations

import dataclasses

import pytest
from tests.store.made_store import (
    START_S,
    make_coverage,
    make_facts,
    make_finding,
    make_frame,
    make_public_frame,
)

from gatusyn.model import SeenFrame
from gatusyn.store import Store

YEAR_S = 365 * 86_400.0
SECTION = "link-0/0"


def moved(frame: SeenFrame, *, later_s: float, east_m: float, turned_deg: float) -> SeenFrame:
    pose = frame.pose
    return dataclasses.replace(
        frame,
        pose=dataclasses.replace(
            pose,
            time_s=pose.time_s + later_s,
            easting_m=pose.easting_m + east_m,
            bearing_deg=(pose.bearing_deg + turned_deg) % 360.0,
        ),
    )


def drive(
    store: Store, name: str, *, later_s: float, east_m: float = 0.0, turned_deg: float = 0.0
) -> None:
    """Write a drive over the same street, some time later, beside the former or the other way."""
    facts = make_facts(drive=name, run=name, start_s=START_S + later_s, frames=4)
    with store.stage(name) as stage:
        for number in range(4):
            picture = make_public_frame(number, value=60 + number)
            stage.add(dataclasses.replace(picture, time_s=picture.time_s + later_s))
        store.write_drive(
            dataclasses.replace(
                facts,
                frames=tuple(
                    moved(make_frame(n), later_s=later_s, east_m=east_m, turned_deg=turned_deg)
                    for n in range(4)
                ),
                coverage=tuple(
                    dataclasses.replace(make_coverage(n), time_s=START_S + n + later_s)
                    for n in range(4)
                ),
            )
        )


def test_the_first_and_the_last_drive_show_the_place(store: Store) -> None:
    assert store.picture_pair(SECTION) is None
    drive(store, "a", later_s=0.0)
    assert store.picture_pair(SECTION) is None, "one drive is not then and now"
    drive(store, "b", later_s=YEAR_S)
    drive(store, "c", later_s=2 * YEAR_S, east_m=1.0)
    pair = store.picture_pair(SECTION)
    assert pair is not None
    assert [view.run_id for view in pair] == ["a", "c"]
    before, after = (view.frame.pose for view in pair)
    assert after.time_s - before.time_s == pytest.approx(2 * YEAR_S)
    assert abs(after.easting_m - before.easting_m) == pytest.approx(1.0)
    then = store.picture_pair(SECTION, until_s=START_S + 1.5 * YEAR_S)
    assert then is not None
    assert [view.run_id for view in then] == ["a", "b"]
    assert store.picture_pair("nowhere") is None


def test_pictures_before_a_moment_are_found_behind_newer_ones(store: Store) -> None:
    drive(store, "a", later_s=0.0)
    drive(store, "b", later_s=YEAR_S)
    (newest,) = store.pictures(SECTION, limit=1)
    (before,) = store.pictures(SECTION, limit=1, until_s=START_S + 0.5 * YEAR_S)
    assert (newest.run_id, before.run_id) == ("b", "a")
    first_s = min(one.frame.pose.time_s for one in store.pictures(SECTION))
    assert store.pictures(SECTION, until_s=first_s) == ()


@pytest.mark.parametrize(("east_m", "turned_deg"), [(60.0, 0.0), (0.0, 180.0)])
def test_another_spot_or_the_other_way_is_another_place(
    store: Store, east_m: float, turned_deg: float
) -> None:
    drive(store, "a", later_s=0.0)
    drive(store, "b", later_s=YEAR_S)
    drive(store, "c", later_s=2 * YEAR_S, east_m=east_m, turned_deg=turned_deg)
    pair = store.picture_pair(SECTION)
    assert pair is not None
    assert [view.run_id for view in pair] == ["a", "b"]


def test_a_finding_is_looked_at_from_where_it_is_seen(store: Store) -> None:
    drive(store, "a", later_s=0.0)
    drive(store, "b", later_s=YEAR_S)
    found = make_finding(2)
    store.write_derived([found], [], stamp="first")
    pair = store.picture_pair(found.section_id, finding_id=found.finding_id)
    assert pair is not None
    assert {view.frame.frame_id for view in pair} == {"frame-2"}
    assert store.picture_pair(found.section_id, finding_id="nothing") is None
    assert store.picture_pair("link-1/0", finding_id=found.finding_id) is None
