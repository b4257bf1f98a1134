"""A contractor's pages: their streets, their work, and nothing of anybody else's."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from urllib.parse import quote

import openpyxl
import pytest
from fastapi.routing import APIRoute
from tests.made_paving import STREETS, made_city
from tests.serve.conftest import Client, planner_of
from tests.serve.gated import Browser, Gated, make_gate
from tests.serve.test_serve_roles import ADDRESSES, is_whole, permissions_of, routes_in

from gatusyn.model import ALLOWED, Permission, Role, Visitor
from gatusyn.pipeline import City
from gatusyn.serve import create_app, live
from gatusyn.serve.app import create_town_app
from gatusyn.serve.planner import Wish
from gatusyn.serve.visitor import SameVisitor

OWN = "Storgatan"
FOREIGN = ("Kyrkogatan", "Skolgatan", "Åkervägen", "Hamngatan", "Nygatan", "Östra Parkvägen")
EVERYBODYS = ("/public", "/api/v1/public/streets")
"""Grades by street, for everybody."""

LISTS = ("/streets", "/sections", "/findings")
QUERIES = (
    *("?size=200", "?street=Kyrko", "?sort=section&page=2", "?grade=5", "?kind=pothole"),
    *("?state=new&period=2025", "?new_since=2020-01-01&unseen_days=30"),
)


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    made = make_gate(tmp_path_factory.mktemp("gated"), has_folders=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live, "LONGEST_S", 0.05)  # it goes on for minutes else
        yield made
    made.close()


@pytest.fixture(scope="module")
def contractor(gated: Gated) -> Browser:
    return gated.browser("contractor")


def text_of(content: bytes, kind: str = "") -> str:
    """Return what an answer says, a workbook's cells too."""
    if content[:2] == b"PK":
        book = openpyxl.load_workbook(io.BytesIO(content))
        rows = [row for sheet in book for row in sheet.iter_rows(values_only=True)]
        return "\n".join(str(cell) for row in rows for cell in row)
    return html.unescape(content.decode("utf-8", "replace"))


def foreign_sections(gated: Gated) -> set[str]:
    network = gated.here.read_network()
    streets = {own.link_id: own.street_name for own in network.links}
    return {own.section_id for own in network.sections if streets[own.link_id] != OWN}


def assert_own(text: str, foreign: set[str], where: str) -> None:
    for name in FOREIGN:
        assert name not in text, (where, name)
    for section_id in foreign:
        for written in (section_id, quote(section_id, safe="")):
            assert written not in text, (where, written)


def test_no_list_or_file_holds_another_street(gated: Gated, contractor: Browser) -> None:
    foreign = foreign_sections(gated)
    assert len(foreign) > 50
    for path in LISTS:
        files = [f"{path}/export.csv", f"{path}/export.xlsx", f"{path}/export.csv?street=Kyrko"]
        for url in (path, *(path + query for query in QUERIES), *files):
            answer = contractor.get(url)
            assert answer.status_code == 200, url
            # What was asked for is repeated in the field it was typed into.
            text = text_of(answer.content).replace('value="Kyrko"', "")
            assert_own(text, foreign, url)


def test_every_route_that_a_contractor_may_ask_holds_their_streets_only(
    gated: Gated, contractor: Browser
) -> None:
    foreign, asked = foreign_sections(gated), 0
    for path, route in routes_in(gated.gate.towns[0].app):
        if not isinstance(route, APIRoute) or "GET" not in (route.methods or ()):
            continue
        if path in EVERYBODYS:
            continue
        template = path.replace(":path}", "}")
        for address in ADDRESSES.get(template, (template.replace("{kind_of_file}", "csv"),)):
            answer = contractor.get(address)
            needed = permissions_of(route)
            may = all(own in ALLOWED[Role.CONTRACTOR] for own in needed)
            if is_whole(route) or not may:
                assert answer.status_code in (403, 422), address
            asked += 1
            if answer.status_code != 404:  # it repeats what was asked for
                assert_own(text_of(answer.content), foreign, address)
    assert asked > 60


def test_totals_are_of_their_part(gated: Gated, contractor: Browser) -> None:
    network = gated.here.read_network()
    own_links = {own.link_id for own in network.links if own.street_name == OWN}
    sections = [own for own in network.sections if own.link_id in own_links]
    findings = [own for own in gated.here.findings() if own.link_id in own_links]
    assert 0 < len(findings) < len(gated.here.findings())
    for path, total in (
        ("/streets", 1),
        ("/sections", len(sections)),
        ("/findings", len(findings)),
    ):
        page = contractor.get(path, accept_language="en").text
        found = re.search(r'role="status">[\d,]+–[\d,]+ of ([\d,]+)<', page)
        assert found is not None, path
        assert int(found[1].replace(",", "")) == total
        lines = contractor.get(f"{path}/export.csv").content.decode("utf-8-sig").split("\r\n")
        assert len(lines) == total + 2
    filtered = contractor.get("/findings?street=Kyrkogatan", accept_language="en").text
    assert "Nothing matches." in filtered


def test_another_street_s_page_is_not_there(gated: Gated, contractor: Browser) -> None:
    viewer = gated.browser("viewer")
    for ending in ("", "/sections/export.csv", "/findings/export.xlsx"):
        url = f"/streets/street{ending}?name="
        assert viewer.get(url + "Kyrkogatan").status_code == 200
        assert contractor.get(url + "Kyrkogatan").status_code == 404
        assert contractor.get(url + OWN).status_code == 200
    page = contractor.get(f"/streets/street?name={OWN}", accept_language="en").text
    assert "/streets/street/sections/export.xlsx?name=Storgatan" in page


def test_the_street_s_files_hold_all_of_it_and_links(gated: Gated) -> None:
    viewer = gated.browser("viewer")
    network = gated.here.read_network()
    own = {one.link_id for one in network.links if one.street_name == "Kyrkogatan"}
    wanted = {one.section_id for one in network.sections if one.link_id in own}
    text = viewer.get("/streets/street/sections/export.csv?name=Kyrkogatan").content
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig")), delimiter=";"))
    assert {row["Sektion"] for row in rows} == wanted
    assert all(row["Länk"].startswith("http://127.0.0.1:8600/#section=") for row in rows)
    findings = viewer.get("/streets/street/findings/export.csv?name=Kyrkogatan").content
    count = sum(one.link_id in own for one in gated.here.findings())
    assert findings.decode("utf-8-sig").count("\r\n") == count + 1


def test_the_navigation_leads_where_they_may_go(gated: Gated, contractor: Browser) -> None:
    page = contractor.get("/streets").text
    places = re.findall(r'href="(/[a-z]*)"', page[page.index("head-places") : page.index("</nav>")])
    assert places == ["/", "/streets", "/sections", "/findings", "/work"]
    assert [contractor.get(place).status_code for place in places] == [200] * 5


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    made = made_city(tmp_path_factory.mktemp("paving") / "city")
    planner = planner_of(made)
    made_plan, _ = planner.finished(Wish(budget_sek=900_000.0, years=3))
    planner.save(made_plan, name="Plan A", by="Åsa")
    yield made
    made.store.close()


def work_client(city: City, *areas: str, treatments: frozenset[str] | None = None) -> Client:
    visitor = Visitor(
        name="firman",
        role=Role.CONTRACTOR,
        permissions=ALLOWED[Role.CONTRACTOR],
        areas=frozenset(areas),
        treatments=treatments,
    )
    app = create_app(city.store, city.settings, visitor=visitor, city_folder=city.folder)
    return Client(app)


def work_rows(client: Client) -> list[dict[str, str]]:
    text = client.get("/work/export.csv").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_work_is_that_of_their_streets_and_treatments(city: City) -> None:
    visitor = Visitor(name="Åsa", role=Role.ENGINEER, permissions=ALLOWED[Role.ENGINEER])
    app = create_app(city.store, city.settings, visitor=visitor, city_folder=city.folder)
    all_rows = work_rows(Client(app))
    assert {row["Gata"] for row in all_rows} > {OWN}
    rows = work_rows(work_client(city, OWN))
    assert {row["Gata"] for row in rows} == {OWN}
    assert len(rows) == sum(row["Gata"] == OWN for row in all_rows)
    none = work_client(city, "Nowhere")
    assert work_rows(none) == []
    page = none.get("/work", accept_language="en").text
    assert "Plan A" not in page, "a programme in which they have nothing is not named"
    assert work_rows(work_client(city, OWN, treatments=frozenset({"none"}))) == []
    others = [name for name in STREETS if name != OWN]
    for row in rows:
        # Where a stretch begins and ends is said by the crossing street.
        plain = {name: cell for name, cell in row.items() if name not in ("Från", "Till")}
        assert not any(name in str(plain) for name in others)


def test_costs_debt_and_other_projects_are_not_told(city: City) -> None:
    client = work_client(city, OWN)
    text = client.get("/work", accept_language="en").text
    (link, *_) = re.findall(r'href="(/work/project[^"]+)"', text)
    page = client.get(html.unescape(link), accept_language="en").text
    assert "Cost as planned" not in page
    assert "Debt" not in page
    own = {int(row["Projekt"]) for row in work_rows(client)}
    for number in range(1, 30):
        code = client.get(f"/work/project?programme=Plan%20A&number={number}").status_code
        assert (code == 200) == (number in own), number
    assert client.get("/programme").status_code == 403
    assert client.get("/programme/saved?name=Plan%20A").status_code == 403
    assert client.get("/overview").status_code == 403
    assert client.get("/api/v1/programme?name=Plan%20A").status_code == 403


def test_what_was_done_is_noted_with_their_name_and_only_theirs(city: City) -> None:
    client, stranger = work_client(city, OWN), work_client(city, "Kyrkogatan")
    number = work_rows(client)[0]["Projekt"]
    fields = {"programme": "Plan A", "number": number, "day": "2026-06-01", "note": "Lager 2"}
    assert stranger.post_form("/work/project", fields).status_code == 404
    assert client.post_form("/work/project", fields | {"day": "2999-01-01"}).status_code == 409
    assert client.post_form("/work/project", fields | {"day": "x"}).status_code == 400
    assert client.post_form("/work/project", fields | {"cost": "-5"}).status_code == 400
    assert city.store.programmes.done() == ()
    answer = client.post_form("/work/project", fields | {"cost": "1 000,50"})
    assert answer.status_code == 303
    done = city.store.programmes.done()
    assert {own.noted_by for own in done} == {"firman"}
    assert sum(own.ore or 0 for own in done) == 100_050
    (row,) = [own for own in work_rows(client) if own["Projekt"] == number]
    assert (row["Status"], row["Senast utfört"]) == ("gjort", "2026-06-01")
    assert client.post_form("/work/project", fields).status_code == 303
    assert len(city.store.programmes.done()) == len(done), "noted twice is noted once"


def test_who_may_not_note_does_not(city: City) -> None:
    visitor = Visitor(name="Bo", role=Role.VIEWER, permissions=ALLOWED[Role.VIEWER])
    app = create_town_app(city.store, city.settings, city_folder=city.folder)
    app.add_middleware(SameVisitor, visitor=visitor)
    client = Client(app)
    fields = {"programme": "Plan A", "number": "1", "day": "2026-06-01"}
    assert client.post_form("/work/project", fields).status_code == 403
    assert Permission.NOTE_DONE not in visitor.permissions
