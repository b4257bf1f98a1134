"""The whole way: facts once, the same again, and one bad drive does not stop the others."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from tests.made_stages import made_stages
from tests.made_town import PARAMS

from gatusyn.cli.demo import settings_of
from gatusyn.model import FootageError, Grade, StorageFullError, TrackError
from gatusyn.pipeline import City, bring_up_to_date, create_city, inspect_drives, open_city
from gatusyn.simulate import TownFiles
from gatusyn.store import SqlStore


@pytest.fixture
def city(small_town: TownFiles, tmp_path: Path) -> City:
    return create_city(tmp_path / "city", network=small_town.network, settings=settings_of(PARAMS))


def content(folder: Path) -> dict[str, str]:
    """Return the hash of every picture and setting of a city."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in {".jpg", ".toml"}
    }


def test_a_drive_becomes_facts_findings_and_grades(city: City, small_town: TownFiles) -> None:
    video, _ = small_town.drives[0]
    inspection = inspect_drives(city, [video], stages=made_stages())
    (outcome,) = inspection.outcomes
    assert inspection.exit_code == 0, outcome.error
    facts = outcome.facts
    assert facts is not None
    assert facts.received == len(facts.frames) + len(facts.rejected)
    assert len(facts.frames) >= 20
    assert len(facts.coverage) == len(facts.frames)
    assert len(facts.observations) == len(facts.frames)
    assert city.store.findings()
    graded = [one for one in city.store.conditions() if one.grade is not Grade.UNKNOWN]
    assert graded
    assert all(one.observed_share >= 0.25 for one in graded)
    seen = {one.section_id for one in graded}
    assert {one.section_id for one in city.store.findings()} & seen
    for section in seen:
        for picture in city.store.pictures(section):
            path = city.store.picture_path(picture.picture_id)
            assert path is not None
            assert path.stat().st_size > 1000


def test_the_same_drive_again_changes_nothing(city: City, short_drive: Path) -> None:
    inspect_drives(city, [short_drive], stages=made_stages())
    before = (city.store.facts_stamp(), city.store.findings(), content(city.folder))
    (again,) = inspect_drives(city, [short_drive], stages=made_stages()).outcomes
    assert again.known
    assert (city.store.facts_stamp(), city.store.findings(), content(city.folder)) == before
    assert len(city.store.drives()) == 1


def test_other_settings_supersede_and_delete_nothing(city: City, short_drive: Path) -> None:
    inspect_drives(city, [short_drive], stages=made_stages())
    pictures = content(city.folder)
    camera = replace(city.settings.camera, height_m=city.settings.camera.height_m + 0.2)
    other = replace(city, settings=replace(city.settings, camera=camera))
    (outcome,) = inspect_drives(other, [short_drive], stages=made_stages()).outcomes
    assert not outcome.known
    assert len(city.store.drives()) == 1
    assert pictures.items() <= content(city.folder).items()


def test_a_bad_drive_is_told_and_the_others_go_on(
    city: City, short_drive: Path, tmp_path: Path
) -> None:
    lonely = tmp_path / "lonely.mp4"
    shutil.copy(short_drive, lonely)
    inspection = inspect_drives(
        city, [lonely, tmp_path / "nothing.mp4", short_drive], stages=made_stages()
    )
    first, second, third = inspection.outcomes
    assert isinstance(first.error, TrackError)
    assert "lonely.mp4" in str(first.error)
    assert isinstance(second.error, FootageError)
    assert "nothing.mp4" in str(second.error)
    assert third.facts is not None
    assert inspection.exit_code == first.error.exit_code
    assert len(city.store.drives()) == 1


def test_a_full_disk_leaves_the_store_as_it_was(
    city: City, short_drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: SqlStore, facts: object) -> None:
        raise StorageFullError("the city folder", "the disk is full")

    before = content(city.folder)
    with monkeypatch.context() as patched:
        patched.setattr(SqlStore, "write_drive", full)
        inspection = inspect_drives(city, [short_drive], stages=made_stages())
    assert inspection.exit_code == StorageFullError.exit_code
    assert not city.store.drives()
    assert content(city.folder) == before
    assert inspect_drives(city, [short_drive], stages=made_stages()).exit_code == 0


def test_what_is_derived_is_derived_once(city: City, small_town: TownFiles) -> None:
    video, _ = small_town.drives[0]
    inspect_drives(city, [video], stages=made_stages())
    assert not bring_up_to_date(city)
    strict = replace(city.settings.findings, min_size_m=5.0)
    other = replace(city, settings=replace(city.settings, findings=strict))
    assert bring_up_to_date(other)
    assert not city.store.findings()
    assert bring_up_to_date(city)
    assert city.store.findings()


def test_a_city_is_opened_as_it_was_made(city: City) -> None:
    opened = open_city(city.folder)
    assert opened.settings == city.settings
    assert opened.store.read_network().version == city.store.read_network().version
    opened.store.close()
