"""What every store must do, whichever database it uses."""

from __future__ import annotations

import dataclasses
import math
import secrets
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Polygon, affinity
from tests.contract.conftest import Opener
from tests.store.made_store import (
    EAST,
    NORTH,
    START_S,
    make_condition,
    make_coverage,
    make_facts,
    make_finding,
    make_frame,
    make_network,
    make_observation,
    make_public_frame,
)

from gatusyn.model import (
    CarriedFacts,
    CarriedPlace,
    Coverage,
    Direction,
    DriveNote,
    DriveRemark,
    FactKind,
    Grade,
    Network,
    Observation,
    PixelClass,
    Regulation,
    Rejected,
    RejectReason,
    Side,
    StoreError,
    Structure,
)
from gatusyn.store import Store
from gatusyn.store.sql_codec import safe_text


def write_with_pictures(store: Store, **options: Any) -> None:
    facts = make_facts(**options)
    with store.stage(facts.run_id) as stage:
        for number in range(len(facts.frames)):
            stage.add(make_public_frame(number))
        store.write_drive(facts)


def test_a_network_comes_back_as_it_was_written(store: Store) -> None:
    network = make_network()
    again = store.read_network()
    assert again == network
    assert again.version == network.version


def test_what_a_whole_network_tells_comes_back(store: Store) -> None:
    network = make_network()
    links = (
        replace(
            network.links[0],
            path_type="cykelbana",
            structure=Structure.BRIDGE,
            is_roundabout=True,
            is_built_up=False,
            aadt=1250.5,
        ),
        *network.links[1:],
    )
    sections = (
        replace(network.sections[0], is_junction=True, is_counted=False),
        *network.sections[1:],
    )
    rule = Regulation(
        element_id=links[0].element_id,
        start_measure=0.25,
        end_measure=0.5,
        kind="Hastighetsgrans",
        designation="0180 2022-02696",
        value="30",
        direction=Direction.WITH,
        side=Side.LEFT,
        valid_from="2022-05-01",
    )
    plain = replace(rule, value=None, side=None, valid_from=None, direction=Direction.BOTH)
    whole = replace(network, links=links, sections=sections, regulations=(rule, plain))
    store.write_network(whole)
    read = store.read_network()
    assert (read.links, read.sections, read.regulations) == (links, sections, (rule, plain))
    assert read.counted_sections == sections[1:]
    assert read.regulations_on(links[0]) == (rule, plain)


def test_counting_other_sections_is_another_reading(store: Store) -> None:
    network = make_network()
    store.write_network(network)
    before = store.facts_stamp()
    sections = (replace(network.sections[0], is_counted=False), *network.sections[1:])
    store.write_network(replace(network, sections=sections))
    assert store.facts_stamp() != before


def test_a_new_delivery_becomes_current_and_its_facts_are_read_alone(store: Store) -> None:
    old, new = make_network(), make_network(shift_m=20.0)
    store.write_drive(make_facts(run="old", network=old))
    store.write_network(new)
    assert store.read_network() == new
    assert store.observations() == ()
    assert store.coverage() == ()
    store.write_drive(make_facts(run="new", network=new))
    assert {run for run, _ in store.observations()} == {"new"}


def test_going_back_to_a_former_delivery_brings_back_its_facts(store: Store) -> None:
    old, new = make_network(), make_network(shift_m=20.0)
    store.write_drive(make_facts(run="old", network=old))
    before = store.facts_stamp()
    store.write_network(new)
    store.write_drive(make_facts(run="new", network=new))
    store.write_network(old)
    assert {run for run, _ in store.observations()} == {"old"}
    assert [drive.run_id for drive in store.drives()] == ["old"]
    assert store.facts_stamp() == before


def carried_to(network: Network, *, shift_m: float = 0.0) -> CarriedFacts:
    """Carry run-1 over to the second link of a network, its fifth frame excepted."""
    section = network.sections_by_link["link-1"][0]
    keys = [(FactKind.FRAME, f"frame-{number}") for number in (0, 1, 2, 3, 5)]
    return CarriedFacts(
        run_ids=("run-1",),
        places=tuple(
            CarriedPlace(
                kind=kind,
                run_id="run-1",
                fact_id=fact_id,
                link_id="link-1",
                element_id="1000:1",
                section_id=section.section_id,
                offset_m=3.0,
                measure=0.275,
                side=Side.LEFT if kind is FactKind.OBSERVATION else None,
                direction=Direction.AGAINST,
                shift_m=(0.0, shift_m),
            )
            for kind, fact_id in [*keys, (FactKind.OBSERVATION, "frame-0/0")]
        ),
    )


def test_carried_facts_have_their_places_on_the_new_delivery(store: Store) -> None:
    write_with_pictures(store)
    before = (store.observations(), store.coverage(), store.facts_stamp())
    new = make_network(shift_m=20.0)
    conditions = [make_condition("link-1/0")]
    store.write_delivery(
        new, carried_to(new, shift_m=100.0), [], conditions, stamp_of=lambda facts: f"on {facts}"
    )
    ((run_id, observation),) = store.observations()
    (recorded,) = make_facts().observations
    assert run_id == "run-1"
    assert observation.footprint.equals(affinity.translate(recorded.footprint, 0.0, 100.0))
    assert (observation.link_id, observation.side) == ("link-1", Side.LEFT)
    assert {look.frame_id for _, look in store.coverage()} == {
        f"frame-{n}" for n in (0, 1, 2, 3, 5)
    }
    assert {look.link_id for _, look in store.coverage()} == {"link-1"}
    assert store.derived_stamp() == f"on {store.facts_stamp()}"
    assert store.conditions() == tuple(conditions)
    assert [drive.run_id for drive in store.drives()] == ["run-1"]
    assert store.recorded().observations == before[0]
    assert store.read_delivery(make_network().version) == make_network()
    store.write_network(make_network())
    assert (store.observations(), store.coverage(), store.facts_stamp()) == before


def test_pictures_follow_what_was_carried_over(store: Store) -> None:
    write_with_pictures(store)
    assert len(store.pictures("link-0/0")) == 4
    new = make_network(shift_m=20.0)
    store.write_delivery(new, carried_to(new, shift_m=15.0), [], [], stamp_of=lambda facts: facts)
    assert not store.pictures("link-0/0"), "their coverage lies 15 m away now"
    store.write_delivery(new, carried_to(new), [], [], stamp_of=lambda facts: facts)
    views = store.pictures("link-0/0")
    assert {view.frame.frame_id for view in views} == {f"frame-{n}" for n in range(4)}
    assert {view.frame.pose.link_id for view in views} == {"link-1"}
    assert {view.frame.pose.direction for view in views} == {Direction.AGAINST}
    assert [len(view.observations) for view in views].count(1) == 1


def test_a_picture_whose_damage_has_no_place_is_kept_as_one_not_placed_yet(store: Store) -> None:
    write_with_pictures(store)
    new = make_network(shift_m=20.0)
    carried = carried_to(new)
    fewer = dataclasses.replace(
        carried, places=tuple(p for p in carried.places if p.kind is FactKind.FRAME)
    )
    store.write_delivery(new, fewer, [], [], stamp_of=lambda facts: facts)
    placed = {one.frame_id: one.on_current for one in store.ledger.kept()}
    assert not placed["frame-0"]
    assert placed["frame-1"]


def test_another_reading_of_a_delivery_replaces_its_sections(store: Store) -> None:
    store.write_drive(make_facts())
    before = store.facts_stamp()
    finer = make_network(step_m=10.0)
    assert finer.version == make_network().version
    store.write_network(finer)
    assert store.read_network() == finer
    assert store.facts_stamp() != before
    assert len(store.observations()) == 1


def test_a_drive_comes_back_as_it_was_written(store: Store) -> None:
    facts = make_facts()
    assert not store.has_run("run-1")
    store.write_drive(facts)
    assert store.has_run("run-1")
    assert store.observations() == tuple(("run-1", o) for o in facts.observations)
    assert store.coverage() == tuple(("run-1", c) for c in facts.coverage)
    assert store.rejected("drive-1") == facts.rejected
    (drive,) = store.drives()
    assert (drive.received, drive.accepted, drive.rejected) == (7, 6, 1)
    assert drive.observations == 1
    assert drive.remarks == facts.remarks
    assert drive.rates == facts.rates != {}
    for name in ("drive_id", "run_id", "name", "started_s", "ended_s", "distance_m"):
        assert getattr(drive, name) == getattr(facts, name)


def test_a_run_written_twice_changes_nothing(store: Store) -> None:
    write_with_pictures(store)
    stamp, pictures = store.facts_stamp(), store.pictures("link-0/0")
    write_with_pictures(store, frames=2)
    assert store.facts_stamp() == stamp
    assert store.pictures("link-0/0") == pictures
    assert len(store.drives()) == 1
    assert all(store.picture_path(view.picture_id) for view in pictures)


def test_a_newer_run_supersedes_the_former(store: Store) -> None:
    write_with_pictures(store, run="first")
    first = store.facts_stamp()
    write_with_pictures(store, run="second", frames=3)
    assert store.facts_stamp() != first
    assert [drive.run_id for drive in store.drives()] == ["second"]
    assert {run for run, _ in store.coverage()} == {"second"}
    assert {view.run_id for view in store.pictures("link-0/0")} == {"second"}
    assert store.has_run("first"), "a superseded run stays"


def test_facts_come_oldest_first(store: Store) -> None:
    later = make_facts(drive="b", run="b", start_s=START_S + 1000.0)
    shifted = tuple(
        dataclasses.replace(o, time_s=o.time_s + 1000.0, observation_id=f"late-{o.observation_id}")
        for o in later.observations
    )
    store.write_drive(dataclasses.replace(later, observations=shifted))
    store.write_drive(make_facts(drive="a", run="a"))
    assert [drive.drive_id for drive in store.drives()] == ["a", "b"]
    assert [run for run, _ in store.observations()] == ["a", "b"]


def test_facts_that_contradict_themselves_leave_the_store_as_it_was(store: Store) -> None:
    facts = make_facts()
    twice = dataclasses.replace(facts, observations=facts.observations * 2)
    with store.stage("run-1") as stage:
        stage.add(make_public_frame(0))
        with pytest.raises(StoreError, match="breaks its rules"):
            store.write_drive(twice)
    assert not store.has_run("run-1")
    assert store.observations() == ()
    write_with_pictures(store)
    assert len(store.pictures("link-0/0")) == 4


def test_pictures_of_a_section_are_newest_first_but_those_with_damage_before(
    store: Store,
) -> None:
    write_with_pictures(store)
    views = store.pictures("link-0/0")
    assert [view.frame.frame_id for view in views] == ["frame-0", "frame-3", "frame-2", "frame-1"]
    assert views[0].frame == make_frame(0)
    assert views[0].observations == (make_observation(0),)
    assert views[1].observations == ()
    assert store.pictures("link-0/0", limit=2) == views[:2]
    assert store.pictures("link-1/0") == ()
    assert store.pictures("no such section") == ()


def test_pictures_are_files_and_nothing_else_can_be_reached(store: Store, tmp_path: Path) -> None:
    write_with_pictures(store)
    (view, *_) = store.pictures("link-0/0")
    path = store.picture_path(view.picture_id)
    assert path is not None
    assert path.read_bytes().startswith(b"\xff\xd8\xff")
    for wrong in ("", "run-1", "run-1/999999", "../run-1/000000", f"{view.picture_id}/..", "\x00"):
        assert store.picture_path(wrong) is None
    path.unlink()
    assert store.picture_path(view.picture_id) is None


def test_a_drive_without_pictures_has_none(store: Store) -> None:
    store.write_drive(make_facts())
    assert store.pictures("link-0/0") == ()


def test_leaving_a_stage_uncommitted_removes_its_pictures(store: Store, tmp_path: Path) -> None:
    def interrupted() -> None:
        with store.stage("run-1") as stage:
            stage.add(make_public_frame(0))
            assert list(tmp_path.rglob("*.jpg"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not list(tmp_path.rglob("*.jpg"))
    assert not store.has_run("run-1")


def test_only_accepted_frames_keep_their_pictures(store: Store, tmp_path: Path) -> None:
    with store.stage("run-1") as stage:
        stage.add(make_public_frame(0))
        stage.add(make_public_frame(99))
        store.write_drive(make_facts())
    assert len(list(tmp_path.rglob("*.jpg"))) == 1


def test_only_a_public_frame_can_be_staged(store: Store) -> None:
    raw: Any = make_public_frame(0).image
    with store.stage("run-1") as stage, pytest.raises(TypeError, match="PublicFrame"):
        stage.add(raw)


def test_derived_rows_are_replaced_as_a_whole(store: Store) -> None:
    assert store.derived_stamp() is None
    findings = (make_finding(0), make_finding(5, two_parts=True))
    conditions = (
        make_condition("link-0/0"),
        make_condition("link-0/1", grade=Grade.UNKNOWN, index=None),
    )
    store.write_derived(findings, conditions, stamp="one")
    assert store.findings() == findings
    assert store.conditions() == conditions
    assert store.derived_stamp() == "one"
    store.write_derived((make_finding(7),), (), stamp="two")
    assert store.findings() == (make_finding(7),)
    assert store.findings(box=(EAST, NORTH - 5, EAST + 1, NORTH + 5)) == ()
    assert store.conditions() == ()
    assert store.derived_stamp() == "two"


def test_findings_of_a_section_and_of_a_box(store: Store) -> None:
    findings = tuple(make_finding(number) for number in range(8))
    store.write_derived(findings, (), stamp="one")
    assert store.findings(section_id="link-0/1") == findings[4:]
    box = (EAST + 9.0, NORTH - 1.0, EAST + 16.0, NORTH + 1.0)
    assert store.findings(box=box) == findings[2:4]
    assert store.findings(box=box, section_id="link-0/1") == ()


def test_a_box_that_comes_within_a_hand_of_a_finding_does_not_touch_it(store: Store) -> None:
    store.write_derived((make_finding(0),), (), stamp="one")
    # At this northing float32 steps by half a metre: the index alone would answer with it.
    near = (EAST, NORTH + 0.05, EAST + 1.0, NORTH + 1.0)
    touching = (EAST, NORTH - 0.05, EAST + 1.0, NORTH + 1.0)
    assert store.findings(box=near) == ()
    assert len(store.findings(box=touching)) == 1


def test_conditions_by_period_and_section(store: Store) -> None:
    old = tuple(make_condition(f"link-0/{n}", period="2025") for n in range(3))
    new = tuple(make_condition(f"link-0/{n}", period="2026") for n in range(2))
    store.write_derived((), (*new, *old), stamp="one")
    assert store.periods() == ("2025", "2026")
    assert store.conditions() == new
    assert store.conditions(period="2025") == old
    assert store.conditions(period="2024") == ()
    assert store.conditions(period="2025", section_ids=["link-0/2", "other"]) == old[2:]
    assert store.conditions(section_ids=[]) == ()


def fill(store: Store, run: str) -> None:
    write_with_pictures(store, run=run)
    store.write_derived((make_finding(0),), (make_condition("link-0/0"),), stamp=run)


def everything(store: Store) -> dict[str, Any]:
    return {
        "network": store.read_network(),
        "runs": (store.has_run("run-1"), store.has_run("run-2")),
        "drives": store.drives(),
        "rejected": store.rejected("drive-1"),
        "observations": store.observations(),
        "coverage": store.coverage(),
        "stamps": (store.facts_stamp(), store.derived_stamp()),
        "findings": (
            store.findings(),
            store.findings(section_id="link-0/0"),
            store.findings(box=(EAST - 5, NORTH - 5, EAST + 5, NORTH + 5)),
        ),
        "conditions": (store.conditions(), store.conditions(period="2026"), store.periods()),
        "pictures": store.pictures("link-0/0"),
        "files": (store.picture_path("run-1/000000"), store.picture_path("run-2/000000")),
    }


def test_an_organisation_neither_sees_nor_changes_another_s_rows(opener: Opener) -> None:
    first, second = opener("first"), opener("second")
    empty = everything(second)
    fill(first, "run-1")
    assert everything(second) == empty
    before = everything(first)
    fill(second, "run-2")
    second.write_network(make_network(shift_m=20.0))
    second.write_derived((), (), stamp="none")
    assert everything(first) == before
    fill(second, "run-1")
    assert everything(first) == before, "the same run may belong to both"


def test_threads_read_while_a_drive_is_written(store: Store) -> None:
    write_with_pictures(store)
    faults: list[BaseException] = []
    seen: set[int] = set()
    stop = threading.Event()

    def read() -> None:
        try:
            while not stop.is_set():
                views = store.pictures("link-0/0")
                assert all(store.picture_path(view.picture_id) for view in views)
                seen.add(len(store.observations()))
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(2, 8):
        write_with_pictures(store, run=f"run-{number}", drive=f"drive-{number}")
    stop.set()
    for thread in threads:
        thread.join()
    assert not faults
    assert len(store.observations()) == 7
    assert seen <= set(range(1, 8))


def test_a_closed_store_says_so(opener: Opener) -> None:
    store = opener("town")
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.drives()


FINITE = st.floats(allow_nan=False, allow_infinity=False, width=64)
METRES = st.floats(-1e7, 1e7)
# The character of number 0 comes back in words: PostgreSQL's texts cannot have it.
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)


@st.composite
def footprints(draw: st.DrawFn) -> Polygon:
    east, north = draw(METRES), draw(METRES)
    corners = draw(st.lists(st.floats(0.05, 50.0), min_size=3, max_size=8))
    turn = 2 * math.pi / len(corners)
    return Polygon(
        [
            (east + r * math.cos(k * turn), north + r * math.sin(k * turn))
            for k, r in enumerate(corners)
        ]
    )


@st.composite
def observations(draw: st.DrawFn) -> Observation:
    return Observation(
        observation_id=draw(NAMES),
        frame_id=draw(NAMES),
        pixel_class=draw(st.sampled_from(PixelClass)),
        footprint=draw(footprints()),
        outline_px=tuple(draw(st.lists(FINITE, max_size=12))),
        confidence=draw(st.floats(0, 1)),
        sigma_along_m=draw(FINITE),
        sigma_across_m=draw(FINITE),
        link_id=draw(NAMES),
        element_id=draw(NAMES),
        section_id=draw(NAMES),
        offset_m=draw(FINITE),
        measure=draw(st.floats(0, 1)),
        side=draw(st.sampled_from(Side)),
        direction=draw(st.sampled_from(Direction)),
        length_m=draw(FINITE),
        area_m2=draw(FINITE),
        time_s=draw(st.floats(0, 4e9)),
    )


QUICK = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@QUICK
@given(observation=observations())
def test_any_observation_comes_back_bit_for_bit(store: Store, observation: Observation) -> None:
    run = secrets.token_hex(8)
    facts = dataclasses.replace(
        make_facts(drive="same", run=run),
        observations=(observation,),
        coverage=(
            Coverage(
                frame_id=observation.frame_id,
                link_id=observation.link_id,
                footprint=observation.footprint,
                time_s=observation.time_s,
                sharpness=observation.confidence,
                light=observation.sigma_along_m,
                distance_m=None,
            ),
        ),
    )
    store.write_drive(facts)
    assert store.observations() == ((run, observation),)
    assert store.coverage() == ((run, facts.coverage[0]),)


@QUICK
@given(
    numbers=st.lists(FINITE, min_size=8, max_size=8),
    names=st.lists(NAMES, min_size=2, max_size=2),
)
def test_any_pose_comes_back_bit_for_bit(
    store: Store, numbers: list[float], names: list[str]
) -> None:
    run = secrets.token_hex(8)
    pose = dataclasses.replace(
        make_frame(0).pose,
        time_s=abs(numbers[0]),
        easting_m=numbers[1],
        northing_m=numbers[2],
        bearing_deg=numbers[3],
        speed_ms=numbers[4],
        sigma_along_m=numbers[5],
        sigma_across_m=-numbers[5],
        offset_m=numbers[6],
        link_id=names[0],
    )
    frame = dataclasses.replace(make_frame(0), frame_id=names[1], pose=pose)
    facts = dataclasses.replace(
        make_facts(drive="same", run=run),
        frames=(frame,),
        received=2,
        coverage=(dataclasses.replace(make_coverage(0), frame_id=names[1]),),
        observations=(),
    )
    with store.stage(facts.run_id) as stage:
        stage.add(dataclasses.replace(make_public_frame(0), frame_id=names[1]))
        store.write_drive(facts)
    (view,) = store.pictures("link-0/0")
    assert view.frame == frame


def test_an_undecodable_file_name_is_no_obstacle(store: Store) -> None:
    name = b"gata-\xe5.jpg".decode("utf-8", "surrogateescape")
    facts = make_facts()
    frame = dataclasses.replace(facts.frames[0], frame_id=name)
    seen = dataclasses.replace(facts.coverage[0], frame_id=name)
    odd = dataclasses.replace(
        facts,
        name=name,
        frames=(frame,),
        received=2,
        coverage=(seen,),
        observations=(dataclasses.replace(facts.observations[0], frame_id=name),),
    )
    with store.stage("run-1") as stage:
        stage.add(dataclasses.replace(make_public_frame(0), frame_id=name))
        store.write_drive(odd)
    (view,) = store.pictures("link-0/0")
    assert len(view.observations) == 1
    assert view.frame.frame_id.encode("utf-8")


def test_a_store_is_what_the_protocol_says(store: Store) -> None:
    network: Network = store.read_network()
    assert network.epsg == 3006


@pytest.mark.parametrize(
    "odd", ["gata\0namn", "caf\udcff", "\\x00", "a\tb\nc\\d%s:x", "🚧", "'; --"]
)
def test_texts_of_any_character_are_taken_and_asked_for(store: Store, odd: str) -> None:
    facts = make_facts(frames=1)
    frames = (replace(facts.frames[0], frame_id=odd),)
    coverage = (replace(facts.coverage[0], frame_id=odd),)
    seen = (replace(facts.observations[0], frame_id=odd, observation_id=f"{odd}/0"),)
    rejected = (Rejected(frame_id=odd, reason=RejectReason.TOO_DARK, detail=odd),)
    store.write_drive(
        replace(
            facts,
            name=odd,
            frames=frames,
            coverage=coverage,
            observations=seen,
            rejected=rejected,
            remarks=(DriveRemark(note=DriveNote.SAID, figures={"words": odd}),),
        )
    )
    ((run, kept),) = store.observations()
    assert (kept.frame_id, kept.observation_id) == (safe_text(odd), safe_text(f"{odd}/0"))
    assert store.work.footprints([(run, f"{odd}/0")]) == [kept.footprint]
    assert store.drives()[0].name == safe_text(odd)
    assert str(store.drives()[0].remarks[0]) == safe_text(odd)
    assert store.rejected("drive-1")[0].detail == safe_text(odd)
    if "\udcff" not in odd:  # no address and no form can have that
        assert store.findings(section_id=odd) == ()
        assert store.conditions(section_ids=[odd]) == ()
        assert store.lookup.finding(odd) is None
        assert store.picture_path(odd) is None
        assert store.pictures(odd) == ()
