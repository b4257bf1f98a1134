"""``prune`` makes drives coarse: grades and findings stay, the map and the exports go on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.made_stages import made_stages
from tests.made_town import PARAMS
from tests.serve.conftest import Client
from tests.store.made_store import START_S, make_facts, make_network, make_public_frame

from gatusyn.cli.demo import settings_of
from gatusyn.model import CitySettings, Finding, HoldSubject, RetentionParams, SettingsError
from gatusyn.pipeline import City, bring_up_to_date, create_city, inspect_drives, prune, summarise
from gatusyn.report import report_text
from gatusyn.serve import create_app
from gatusyn.simulate import TownFiles
from gatusyn.store import create_store, write_export

DAY_S = 86_400.0
RETENTION = RetentionParams(finding_days=100, section_days=10, drive_days=50)
ENDED_S = START_S + 3.0


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    """A city with one drive: frame 0 shows a pothole, frames 1 and 2 show road."""
    store = create_store(tmp_path / "city", organisation="town", network=make_network())
    with store.stage("run-1") as stage:
        for number in range(3):
            stage.add(make_public_frame(number))
        store.write_drive(make_facts(frames=3))
    yield City(folder=tmp_path / "city", settings=CitySettings(retention=RETENTION), store=store)
    store.close()


def dated(finding: Finding) -> Finding:
    """Return a finding with its times cut to the day."""
    first, last = (s // DAY_S * DAY_S for s in (finding.first_seen_s, finding.last_seen_s))
    return replace(finding, first_seen_s=first, last_seen_s=last)


@pytest.mark.parametrize(("after_s", "goes"), [(-0.001, False), (0.0, True)])
def test_a_drive_becomes_coarse_on_its_day(city: City, after_s: float, goes: bool) -> None:
    now_s = ENDED_S + 50 * DAY_S + after_s
    drives = prune(city, now_s=now_s, by="anna").drives
    assert drives.outcome.count == int(goes)
    assert drives.outcome.oldest_s == (ENDED_S if goes else None)
    assert (drives.fine, drives.held) == (int(not goes), 0)
    assert drives.next_due_s == (None if goes else ENDED_S + 50 * DAY_S)
    assert drives.kept_pictures == int(goes), "that of the finding"
    assert drives.outcome.rule.reason == (
        "times and places of drives are kept 50 days (retention.drive_days)"
    )
    (drive,) = city.store.drives()
    assert drive.name == ("drive drive-1" if goes else "drive-1.mp4")
    again = prune(city, now_s=now_s, by="anna").drives
    assert again.outcome.count == 0


@pytest.mark.parametrize("days", [60, 200])
def test_a_dry_run_says_the_same_and_changes_nothing(city: City, days: int) -> None:
    now_s = START_S + days * DAY_S
    before = (city.store.drives(), city.store.coverage())
    would = prune(city, now_s=now_s, by="anna", dry_run=True).drives
    assert (city.store.drives(), city.store.coverage()) == before
    assert prune(city, now_s=now_s, by="anna").drives == would
    assert would.outcome.count == 1


def test_the_last_picture_takes_the_last_moments_along(city: City) -> None:
    prune(city, now_s=START_S + 60 * DAY_S, by="anna")
    now_s = START_S + 200 * DAY_S
    would = prune(city, now_s=now_s, by="anna", dry_run=True).drives
    done = prune(city, now_s=now_s, by="anna").drives
    assert done == would
    assert (done.outcome.count, done.kept_pictures) == (1, 0)
    assert not any(own.is_fine for own in city.store.traces(now_s=now_s))


def test_a_hold_keeps_the_drive(city: City) -> None:
    city.store.ledger.place_hold(
        HoldSubject.PICTURE,
        "run-1/000001",
        reason="claim",
        until_s=START_S + 300 * DAY_S,
        by="bo",
        now_s=START_S,
    )
    drives = prune(city, now_s=START_S + 200 * DAY_S, by="anna").drives
    assert (drives.outcome.count, drives.held) == (0, 1)
    assert city.store.drives()[0].name == "drive-1.mp4"
    assert prune(city, now_s=START_S + 300 * DAY_S, by="anna").drives.outcome.count == 1


def test_what_is_derived_is_the_same_and_the_map_and_the_exports_go_on(
    small_town: TownFiles, tmp_path: Path
) -> None:
    settings = replace(
        settings_of(PARAMS),
        retention=RetentionParams(finding_days=0, section_days=0, drive_days=0),
    )
    city = create_city(tmp_path / "city", network=small_town.network, settings=settings)
    inspect_drives(city, [small_town.drives[0][0]], stages=made_stages())
    store = city.store
    findings, grades = store.findings(), store.conditions()
    assert findings
    (drive,) = store.drives()
    pruning = prune(city, now_s=drive.ended_s, by="anna")
    assert (pruning.removed, pruning.drives.outcome.count) == (pruning.total, 1)
    assert not bring_up_to_date(city), "it has been derived again"
    after = store.findings()
    assert [dated(one) for one in after] == [dated(one) for one in findings]
    assert all(one.last_seen_s % DAY_S == pytest.approx(0.001, abs=1e-4) for one in after)
    assert store.conditions() == grades
    client = Client(create_app(store, settings))
    told = client.get("/api/v1/city").json()
    assert (told["drives"], told["findings"]) == (1, len(findings))
    name = quote(findings[0].section_id, safe="")
    section = client.get(f"/api/v1/section?section_id={name}").json()
    assert section["pictures"] == []
    assert section["findings"]
    write_export(store, store.read_network(), tmp_path / "out.gpkg")
    report = report_text(summarise(city))
    assert small_town.drives[0][0].name not in report
    assert "Made coarse: times and places" in report
    (again,) = inspect_drives(city, [small_town.drives[0][0]], stages=made_stages()).outcomes
    assert again.known, "the same footage is known again"
    store.close()


def test_the_setting_is_checked() -> None:
    assert CitySettings().retention.drive_days == 365
    with pytest.raises(SettingsError, match=r"retention\.drive_days"):
        RetentionParams(drive_days=-1)
