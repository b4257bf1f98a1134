"""Debt, remaining life and programmes on the map and on the card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.made_paving import INDICES, made_city, made_conditions, made_network
from tests.serve.conftest import Client

from gatusyn.model import ALLOWED, Role, TownProgramme, Visitor
from gatusyn.pipeline import (
    City,
    SectionOutlook,
    make_programme,
    report_debt,
    saved_programme,
    section_outlook,
)
from gatusyn.serve import create_app
from gatusyn.serve.city_now import CityNow
from gatusyn.serve.laying_out import LayingOut
from gatusyn.serve.outlook import Outlooks
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.saved import SavedProgrammes
from gatusyn.serve.themes import Theme

KNOWN = sum(one is not None for street in INDICES for one in street)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    made = made_city(tmp_path_factory.mktemp("outlook") / "city")
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def programme(city: City) -> TownProgramme:
    made, _ = make_programme(
        city, city.settings.programme, name="Plan A", by="Bo", now_s=1.0, compare=False
    )
    city.store.programmes.save(saved_programme(made))
    return made


def client_of(city: City, visitor: Visitor | None = None) -> Client:
    app = create_app(city.store, city.settings, visitor=visitor, city_folder=city.folder)
    return Client(app)


def theme(client: Client, query: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/v1/theme?theme={query}").json()
    return found


def test_the_parts_of_the_debt_are_the_towns(city: City) -> None:
    outlook = section_outlook(city)
    assert np.nansum(outlook.debt_sek) == pytest.approx(report_debt(city).whole.sek)
    assert int(outlook.is_known.sum()) == KNOWN
    known = outlook.is_known
    assert (outlook.debt_low_sek[known] <= outlook.debt_high_sek[known]).all()
    assert (outlook.low_years <= outlook.median_years).all()
    assert (outlook.median_years <= outlook.high_years).all()
    owing = outlook.debt_sek > 0
    assert [bool(one) for one in outlook.treatment] == owing.tolist()


def test_debt_has_classes_of_a_square_metre_and_sums(city: City) -> None:
    client = client_of(city)
    assert {"debt", "life", "programme"} <= set(client.get("/api/v1/city").json()["themes"])
    themed = theme(client, "debt")
    by_number = {one["number"]: one for one in themed["classes"]}
    assert by_number[0]["sections"] == 2
    assert by_number[1]["sek"] == 0.0
    total = sum(one["sek"] or 0.0 for one in themed["classes"])
    assert total == pytest.approx(report_debt(city).whole.sek)
    owing = [one for one in themed["classes"] if one["sek"]]
    assert owing
    assert all(one["low"] <= one["high"] for one in owing)


def test_life_is_unknown_where_nobody_looked_and_says_how_sure_it_is(city: City) -> None:
    client = client_of(city)
    classes = theme(client, "life")["classes"]
    assert next(one for one in classes if one["number"] == 0)["sections"] == 2
    assert sum(one["sections"] for one in classes) == KNOWN + 2
    due = next(one for one in classes if one["number"] == 5)
    assert due["sections"] > 0
    assert due["low"] <= due["high"]
    unseen = client.get("/api/v1/section/outlook?section_id=d/1").json()
    assert unseen["debt"] is None
    assert unseen["life"]["is_estimated"]


def test_a_programme_is_shown_by_year_the_latest_or_by_name(
    city: City, programme: TownProgramme
) -> None:
    client = client_of(city)
    themed = theme(client, "programme")
    assert (themed["programme"], themed["programmes"]) == ("Plan A", ["Plan A"])
    assert themed == theme(client, "programme&programme=Plan A")
    assert client.get("/api/v1/theme?theme=programme&programme=none").status_code == 404
    years = {one["number"]: one["from_year"] for one in themed["classes"] if one["from_year"]}
    assert years == dict(enumerate(programme.years, start=1))
    planned = {m.section_id for p in programme.projects for m in p.measures}
    shown = sum(one["sections"] for one in themed["classes"] if one["from_year"])
    assert shown == len(planned)
    assert sum(one["sek"] or 0.0 for one in themed["classes"]) == pytest.approx(programme.ore / 100)
    assert next(one for one in themed["classes"] if one["number"] == 0)["sections"] == 2
    names = {one["name"] for one in themed["treatments"]}
    assert names == {one.treatment for one in programme.projects}
    assert all(set(one["words"]) == {"sv", "en", "pt"} for one in themed["treatments"])
    name = next(iter(planned))
    card = client.get(f"/api/v1/section/outlook?section_id={name}").json()
    project = next(p for p in programme.projects if name in {m.section_id for m in p.measures})
    assert (card["planned"][0]["year"], card["planned"][0]["treatment"]["name"]) == (
        project.year,
        project.treatment,
    )
    assert card["planned"][0]["sek"] > 0


def test_a_long_programme_has_five_classes_of_years(city: City, programme: TownProgramme) -> None:
    years = (None,) * 12
    last = programme.first_year + 11
    moved = replace(programme.projects[0], year=last)
    long = replace(programme, name="Long", budget_sek=years, projects=(moved,), made_s=2.0)
    city.store.programmes.save(saved_programme(long))
    client = client_of(city)
    classes = [one for one in theme(client, "programme")["classes"] if one["from_year"]]
    spans = [(one["from_year"], one["to_year"]) for one in classes]
    assert spans[0] == (programme.first_year, programme.first_year + 2)
    assert spans[-1] == (programme.first_year + 9, last)
    assert [one["sections"] for one in classes][-1] == len(moved.measures)


def test_who_has_a_part_of_the_town_is_told_no_costs(city: City, programme: TownProgramme) -> None:
    contractor = Visitor(
        name="c",
        role=Role.CONTRACTOR,
        permissions=ALLOWED[Role.CONTRACTOR],
        areas=frozenset({"Storgatan"}),
    )
    client = client_of(city, contractor)
    town = client.get("/api/v1/city").json()
    assert "debt" not in town["themes"]
    assert {"life", "programme"} <= set(town["themes"])
    assert {one["number"] for one in theme(client, "debt")["classes"] if one["km"]} == {0}
    planned = theme(client, "programme&programme=Plan A")
    assert all(one["sek"] is None for one in planned["classes"])
    name = next(
        m.section_id for p in programme.projects if p.street == "Storgatan" for m in p.measures
    )
    card = client.get(f"/api/v1/section/outlook?section_id={name}&programme=Plan A").json()
    assert card["debt"] is None
    assert [one["sek"] for one in card["planned"]] == [None] * len(card["planned"])
    assert card["planned"]
    assert client.get("/api/v1/section/outlook?section_id=c/0").status_code == 404


@pytest.mark.parametrize("treatments", [frozenset({"no such"}), frozenset()])
def test_programmes_without_work_for_a_contractor_are_not_named(
    city: City, programme: TownProgramme, treatments: frozenset[str]
) -> None:
    contractor = Visitor(
        name="c",
        role=Role.CONTRACTOR,
        permissions=ALLOWED[Role.CONTRACTOR],
        areas=frozenset({"Storgatan"}),
        treatments=treatments,
    )
    client = client_of(city, contractor)
    told = theme(client, "programme")
    assert (told["programme"], told["programmes"]) == (None, [])
    assert client.get("/api/v1/theme?theme=programme&programme=Plan A").status_code == 404
    assert programme.name in theme(client_of(city), "programme")["programmes"]


def test_an_older_period_has_its_own_debt(tmp_path_factory: pytest.TempPathFactory) -> None:
    network = made_network()
    old = tuple(replace(one, index=one.index and 95.0) for one in made_conditions(network))
    rows = (
        *(replace(one, period="2024") for one in old),
        *made_conditions(network),
    )
    made = made_city(tmp_path_factory.mktemp("periods") / "city", conditions=rows)
    client = client_of(made)
    assert sum(one["sek"] or 0.0 for one in theme(client, "debt&period=2024")["classes"]) == 0.0
    assert sum(one["sek"] or 0.0 for one in theme(client, "debt")["classes"]) > 0.0
    past = theme(client, "debt&at=2026-12")["classes"]
    assert {one["number"] for one in past if one["km"]} == {0}, "debt is of now"
    made.store.close()


def test_a_store_without_its_city_has_no_such_theme(client: Client) -> None:
    assert "debt" not in client.get("/api/v1/city").json()["themes"]
    for name in ("debt", "life", "programme"):
        assert {one["number"] for one in theme(client, name)["classes"] if one["km"]} == {0}
    row = client.get("/api/v1/sections?limit=1").json()["items"][0]
    name = row["section_id"].replace("#", "%23")
    found = client.get(f"/api/v1/section/outlook?section_id={name}").json()
    assert found == {"debt": None, "life": None, "programme": None, "planned": []}


def test_then_and_now_are_two_drives(client: Client) -> None:
    row = client.get("/api/v1/sections?limit=1").json()["items"][0]
    name = row["section_id"].replace("#", "%23")
    url = f"/api/v1/section/pictures-then-and-now?section_id={name}"
    pair = client.get(url).json()["pair"]
    assert pair["before"]["time_s"] < pair["after"]["time_s"]
    for one in pair.values():
        assert client.get(one["url"]).status_code == 200
    assert client.get(f"{url}&at=2020-01").json()["pair"] is None
    assert client.get(url.replace(name, "none")).status_code == 404


def test_outlook_is_ready_before_it_is_asked_for_where_visitors_ask(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    reckoned: list[str] = []

    def counted(own: City, *, period: str) -> SectionOutlook:
        reckoned.append(period)
        return section_outlook(own, period=period)

    stamp = "first"
    monkeypatch.setattr("gatusyn.serve.outlook.section_outlook", counted)
    monkeypatch.setattr("gatusyn.serve.outlook.reckoned_from", lambda _: stamp)
    town = CityNow(city)
    reader = CityReader(city.store, Outlooks(town, SavedProgrammes(town)))
    laying_out, index = LayingOut(reader), reader.index()
    assert laying_out.lay_out(index)
    assert len(reckoned) == 1, "the first visitor does not wait"
    stamp = "second"
    assert laying_out.lay_out(index)
    assert len(reckoned) == 1, "nobody asked for it"
    reader.painted(index, Theme.DEBT)
    stamp = "third"
    assert laying_out.lay_out(index)
    assert len(reckoned) == 3
    reader.painted(index, Theme.DEBT)
    assert len(reckoned) == 3, "it was ready"
