"""Misses hidden and pictures removed, on pictures that the real privacy stage made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.made_stages import made_stages
from tests.made_town import PARAMS

from gatusyn.cli.demo import settings_of
from gatusyn.model import HeldError, HoldSubject, PictureError, RegionError, RegionKind
from gatusyn.pipeline import (
    City,
    bring_up_to_date,
    create_city,
    hide_missed,
    inspect_drives,
    remove_picture,
)
from gatusyn.simulate import TownFiles
from gatusyn.store import PictureView

NOW_S = 1_790_000_000.0
BOX = (100.0, 60.0, 190.0, 120.0)


@pytest.fixture(scope="module")
def inspected(small_town: TownFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("review") / "city"
    city = create_city(folder, network=small_town.network, settings=settings_of(PARAMS))
    assert inspect_drives(city, [small_town.drives[0][0]], stages=made_stages()).exit_code == 0
    yield city
    city.store.close()


def views_of(city: City) -> list[PictureView]:
    """Return the pictures of the sections with findings, each once."""
    sections = sorted({finding.section_id for finding in city.store.findings()})
    found = {view.picture_id: view for name in sections for view in city.store.pictures(name)}
    return sorted(found.values(), key=lambda view: view.frame.pose.time_s)


def jpeg_of(city: City, picture_id: str) -> bytes:
    path = city.store.picture_path(picture_id)
    assert path is not None
    return path.read_bytes()


def pixels(jpeg: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return np.asarray(image, np.uint8)


def is_anywhere(jpeg: bytes, folder: Path) -> list[str]:
    """Return the files, whatever they are, in which a piece of a JPEG's coded pixels lies."""
    start = jpeg.index(b"\xff\xda")
    pieces = [jpeg[at : at + 24] for at in range(start + 64, len(jpeg) - 24, 512)]
    assert len(pieces) > 10
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and any(piece in path.read_bytes() for piece in pieces)
    ]


def test_a_missed_region_is_hidden_for_good_and_nothing_else_changes(inspected: City) -> None:
    store = inspected.store
    view = views_of(inspected)[0]
    before = jpeg_of(inspected, view.picture_id)
    assert is_anywhere(before, inspected.folder), "the search finds what is there"
    findings, stamp = store.findings(), store.derived_stamp()
    done = hide_missed(store, view.picture_id, BOX, RegionKind.PLATE, by="anna", now_s=NOW_S)
    assert done.copies == 1
    # The new file still has the coded rows above the region: test_hide_marked says what it has not.
    path = store.picture_path(view.picture_id)
    assert path is not None
    new = str(path.relative_to(inspected.folder))
    left = [name for name in is_anywhere(before, inspected.folder) if name != new]
    assert left == [], "neither file, nor database, nor its log"
    assert not path.with_name("000000.jpg").exists()
    after = pixels(jpeg_of(inspected, view.picture_id))
    inside = after[60:120, 100:190].reshape(-1, 3).astype(int)
    assert np.ptp(inside, axis=0).max() <= 2
    beside = np.abs(after[140:, 200:].astype(int) - pixels(before)[140:, 200:])
    assert beside.mean() < 2
    assert not bring_up_to_date(inspected), "no measurement has changed"
    assert (store.findings(), store.derived_stamp()) == (findings, stamp)
    (mark,) = store.ledger.marks()
    assert mark.model == view.frame.redaction.model
    assert "Gatusyn heads and plates" in mark.model


@pytest.mark.parametrize(
    "box",
    [
        (-1, 0, 10, 10),
        (0, 0, 641, 10),
        (0, 0, 10, 361),
        (10, 10, 10, 20),
        (20, 20, 10, 30),
        (5, 5, 6, 30),
        (float("nan"), 0, 10, 10),
        (0, 0, float("inf"), 10),
    ],
)
def test_a_box_outside_the_picture_is_refused(
    inspected: City, box: tuple[float, float, float, float]
) -> None:
    view = views_of(inspected)[1]
    before = jpeg_of(inspected, view.picture_id)
    with pytest.raises(RegionError, match="box"):
        hide_missed(inspected.store, view.picture_id, box, RegionKind.FACE, by="a", now_s=NOW_S)
    assert jpeg_of(inspected, view.picture_id) == before


def test_the_whole_picture_can_be_hidden(inspected: City) -> None:
    view = views_of(inspected)[2]
    box = (0.0, 0.0, 640.0, 360.0)
    hide_missed(inspected.store, view.picture_id, box, RegionKind.OTHER, by="a", now_s=NOW_S)
    assert set(np.unique(pixels(jpeg_of(inspected, view.picture_id)))) == {128}


def test_words_are_asked_for(inspected: City) -> None:
    view = views_of(inspected)[1]
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(PictureError, match="The reason"):
            remove_picture(inspected.store, view.picture_id, reason=reason, by="a", now_s=NOW_S)


def test_a_removed_picture_leaves_the_measurement_and_a_note(inspected: City) -> None:
    store = inspected.store
    view = views_of(inspected)[3]
    before = jpeg_of(inspected, view.picture_id)
    findings, observations = store.findings(), store.observations()
    store.ledger.place_hold(
        HoldSubject.PICTURE,
        view.picture_id,
        reason="claim",
        until_s=NOW_S + 10,
        by="a",
        now_s=NOW_S,
    )
    with pytest.raises(HeldError, match="claim"):
        remove_picture(store, view.picture_id, reason="asked", by="anna", now_s=NOW_S)
    later = NOW_S + 10
    done = remove_picture(store, view.picture_id, reason=" asked ", by="anna", now_s=later)
    assert (done.copies, done.note.reason) == (1, "asked")
    assert is_anywhere(before, inspected.folder) == []
    assert not bring_up_to_date(inspected)
    assert (store.findings(), store.observations()) == (findings, observations)
    assert view.picture_id not in {own.picture_id for own in views_of(inspected)}
    again = remove_picture(store, view.picture_id, reason="again", by="bo", now_s=later + 99)
    assert again.copies == 0
    assert again.note == done.note


def test_the_same_drive_again_undoes_neither(
    small_town: TownFiles, short_drive: Path, tmp_path: Path
) -> None:
    city = create_city(tmp_path / "city", network=small_town.network, settings=settings_of(PARAMS))
    inspect_drives(city, [short_drive], stages=made_stages())
    marked, removed = views_of(city)[0], views_of(city)[4]
    hide_missed(city.store, marked.picture_id, BOX, RegionKind.FACE, by="anna", now_s=NOW_S)
    remove_picture(city.store, removed.picture_id, reason="asked", by="anna", now_s=NOW_S)
    inspect_drives(city, [short_drive], stages=made_stages())
    camera = replace(city.settings.camera, height_m=city.settings.camera.height_m + 0.2)
    other = replace(city, settings=replace(city.settings, camera=camera))
    (outcome,) = inspect_drives(other, [short_drive], stages=made_stages()).outcomes
    assert outcome.facts is not None
    assert outcome.withheld == 1
    run_id = outcome.facts.run_id
    pictures = {one.frame_id: one for one in city.store.ledger.kept() if one.run_id == run_id}
    frames = {frame.frame_id for frame in outcome.facts.frames}
    assert frames - pictures.keys() == {removed.frame.frame_id}
    anew = pixels(jpeg_of(city, pictures[marked.frame.frame_id].picture_id))
    assert np.ptp(anew[68:108, 116:172].reshape(-1, 3).astype(int), axis=0).max() <= 2
    region = city.store.ledger.marks()[0].region
    record = next(f for f in outcome.facts.frames if f.frame_id == marked.frame.frame_id)
    assert region in record.redaction.regions
    assert len(city.store.ledger.marks()) == 1, "hidden again is not missed again"
    assert len(outcome.facts.observations) == len(outcome.facts.frames), "measured all the same"
    denser = replace(other.settings.capture, spacing_m=other.settings.capture.spacing_m * 0.8)
    third = replace(other, settings=replace(other.settings, capture=denser))
    (outcome,) = inspect_drives(third, [short_drive], stages=made_stages()).outcomes
    assert outcome.facts is not None
    times = {f.frame_id: f.pose.time_s for f in outcome.facts.frames}
    kept = {one.frame_id for one in city.store.ledger.kept() if one.run_id == outcome.facts.run_id}
    for said in (marked, removed):
        moment = said.frame.pose.time_s
        near = {
            name
            for name, time_s in times.items()
            if abs(time_s - moment) <= 1.0 and name not in pictures
        }
        assert near, "frames of the same moments, taken elsewhere on the way"
        assert not near & kept
    assert kept
    city.store.close()
