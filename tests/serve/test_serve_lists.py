"""The tables: sorted, filtered, paged, escaped, and the same rows as files."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from tests.serve.conftest import Client
from tests.serve.fake_store import FakeStore

from gatusyn.model import ALLOWED, CitySettings, NetworkType, Role, Visitor
from gatusyn.serve import create_app
from gatusyn.serve.pages.routes_overview import grades_by_class, seen_km
from gatusyn.serve.pages.sheets import Sheet, SheetKind, sheet_file
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.themes import COLOURS

PAGES = ("/streets", "/sections", "/findings", "/drives")
CSS = Path(__file__).resolve().parents[2] / "web" / "src" / "pages" / "pages.css"


def rows_of(client: Client, url: str) -> list[dict[str, str]]:
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    text = answer.content.decode("utf-8-sig")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize("language", ["sv", "en", "pt"])
def test_every_list_is_shown_in_every_language(client: Client, url: str, language: str) -> None:
    answer = client.get(url, cookie=f"gatusyn_language={language}")
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    assert "<tbody" in answer.text
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize(
    "query", ["page=999999", "sort=nothing", "sort=' OR 1=1--", "size=200&falling=true"]
)
def test_odd_pages_and_orders_show_a_list(client: Client, url: str, query: str) -> None:
    assert "<tbody" in client.get(f"{url}?{query}").text


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize("query", ["page=0", "page=x", "size=9999", "page=99999999999999999999"])
def test_what_is_no_page_is_told(client: Client, url: str, query: str) -> None:
    answer = client.get(f"{url}?{query}", accept="text/html")
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "url",
    [
        "/sections?grade=9",
        "/sections?grade=x",
        "/findings?kind=x",
        "/findings?state='",
        "/findings?new_since=31/12",
        "/sections?unseen_days=-1",
        "/streets?worst=7",
    ],
)
def test_what_is_no_filter_is_told(client: Client, url: str) -> None:
    assert client.get(url).status_code == 400


@pytest.mark.parametrize(
    "url",
    [
        "/streets?search=",
        "/sections?street=",
        "/sections?keeper=",
        "/findings?street=",
        "/drives?search=",
    ],
)
@pytest.mark.parametrize("text", ["<script>x</script>", "'; DROP TABLE finding;--", '"><b>', "%00"])
def test_what_a_visitor_writes_is_shown_as_text(client: Client, url: str, text: str) -> None:
    answer = client.get(url + text.replace(";", "%3B").replace("#", "%23"))
    assert answer.status_code == 200
    assert "<script>x" not in answer.text
    assert '"><b>' not in answer.text


def test_names_from_the_store_are_shown_as_text(store: FakeStore) -> None:
    store.network = replace(
        store.network,
        links=tuple(
            replace(own, street_name=f"<b>{own.street_name}") for own in store.network.links
        ),
    )
    client = Client(create_app(store, CitySettings(name="<i>Town")))
    for url in PAGES:
        text = client.get(url).text
        assert "<b>" not in text
        assert "<i>Town" not in text
    assert "&lt;b&gt;Storgatan" in client.get("/streets").text


def test_sections_are_sorted_and_filtered(client: Client, common: FakeStore) -> None:
    everything = rows_of(client, "/sections/export.csv")
    assert len(everything) == len(common.network.sections)
    grades = [row["Tillståndsklass"] for row in everything]
    known = [grade for grade in grades if grade]
    assert known == sorted(known, reverse=True)
    assert grades[len(known) :] == [""] * (len(grades) - len(known))
    worst = rows_of(client, "/sections/export.csv?grade=5&street=kyrko&sort=index")
    assert worst
    assert {row["Gata"] for row in worst} == {"Kyrkogatan"}
    indices = [float(row["Index"].replace(",", ".")) for row in worst]
    assert indices == sorted(indices)
    assert worst[0]["Tillståndsklass (i ord)"] == "mycket dålig"
    assert worst[0]["Länk"].startswith("http://127.0.0.1:8600/#section=")
    assert not rows_of(client, "/sections/export.csv?keeper=nobody")
    unseen = rows_of(client, "/sections/export.csv?unseen_days=36500")
    assert not any(row["Senast sedd"] for row in unseen)


def test_carriageways_and_paths_are_told_apart(client: Client, common: FakeStore) -> None:
    links = {own.link_id: own for own in common.network.links}
    paths = {
        own.section_id
        for own in common.network.sections
        if links[own.link_id].network_type is not NetworkType.CAR
    }
    assert 0 < len(paths) < len(common.network.sections)
    for page in ("sections", "findings"):
        rows = {}
        for way in ("carriageway", "path", ""):
            text = client.get(f"/{page}/export.csv?way={way}").content.decode("utf-8-sig")
            read = csv.DictReader(io.StringIO(text), delimiter=";")
            rows[way] = [row["Sektion"] for row in read]
        assert not paths & set(rows["carriageway"]), page
        assert set(rows["path"]) <= paths, page
        assert sorted(rows["path"] + rows["carriageway"]) == sorted(rows[""]), page
    assert client.get("/sections?way=river").status_code == 400


def test_pages_join_into_the_whole_list(client: Client) -> None:
    names: list[str] = []
    for page in range(1, 20):
        text = client.get(f"/sections?sort=section&size=10&page={page}").text
        names += [part.split("<")[0].strip() for part in text.split('<td class="">')[1::6]]
        if 'rel="next"' not in text:
            break
    assert page > 5
    assert len(names) >= 60


def test_findings_are_filtered_as_the_api_filters_them(client: Client) -> None:
    holes = rows_of(client, "/findings/export.csv?kind=pothole&severity=3&state=new")
    api = client.get("/api/v1/findings?kind=pothole&severity=3&state=new&limit=1000").json()
    assert len(holes) == api["total"] == len(api["items"]) > 0
    assert {row["Id"] for row in holes} == {own["finding_id"] for own in api["items"]}
    assert not rows_of(client, "/findings/export.csv?state=gone")
    assert not rows_of(client, "/findings/export.csv?new_since=2099-01-01")
    street = rows_of(client, "/findings/export.csv?street=kyrko")
    assert {row["Gata"] for row in street} == {"Kyrkogatan"}


def test_findings_api_pages_boxes_and_times(client: Client) -> None:
    first = client.get("/api/v1/findings?limit=7&order=area&falling=true").json()
    second = client.get("/api/v1/findings?limit=7&offset=7&order=area&falling=true").json()
    areas = [own["area_m2"] for own in (*first["items"], *second["items"])]
    assert areas == sorted(areas, reverse=True)
    west, south = first["items"][0]["centre"]
    near = f"bbox={west - 1e-4},{south - 1e-4},{west + 1e-4},{south + 1e-4}"
    assert 0 < client.get(f"/api/v1/findings?{near}").json()["total"] < first["total"]
    assert client.get("/api/v1/findings?bbox=0,0,1,1").json()["total"] == 0
    assert client.get("/api/v1/findings?datetime=1990-01-01").json()["total"] == 0
    assert client.get("/api/v1/findings?severity=4").status_code == 422
    assert (
        client.get(
            "/api/v1/findings", if_none_match=client.get("/api/v1/findings").headers["etag"]
        ).status_code
        == 304
    )


def test_drive_tells_its_frames(client: Client) -> None:
    text = client.get("/drives/drive?drive_id=d1").text
    assert "Ljusstyrka 12,0 av 255; det krävs 25,0." in text
    assert "mean grey 12" not in text, "its figures say the same in Swedish"
    assert "varvet.mp4" in text
    assert "420" in text
    assert client.get("/drives/drive?drive_id=x").status_code == 404


@pytest.mark.parametrize("language", ["sv", "en", "pt"])
def test_overview_counts_what_the_lists_hold(client: Client, language: str) -> None:
    text = client.get("/overview", cookie=f"gatusyn_language={language}").text
    assert "varvet.mp4" in text
    assert 'id="grades-table"' in text
    assert "hx-get" not in text, "a debt needs the city's folder"


def test_kilometres_by_class_add_up_to_the_town(store: FakeStore) -> None:
    index = CityReader(store).index()
    town, *classes = grades_by_class(index)
    for number in range(6):
        assert sum(own.km[number] for own in classes) == pytest.approx(town.km[number])
    assert sum(town.km) == pytest.approx(index.layout.lengths_m[index.layout.counted].sum() / 1e3)
    assert seen_km(index) == pytest.approx(index.seen_m / 1e3)
    assert seen_km(index, since_s=4e9) == 0.0
    assert 0 < seen_km(index, since_s=1.0) <= seen_km(index)


def test_files_open_in_excel_and_reckon_nothing() -> None:
    sheet = Sheet(name="list", heads=["a", "b"], rows=[["=1+1", 1.5], ["@x\x00", None]])
    text = sheet_file(sheet, SheetKind.CSV, decimal_comma=True).body
    assert bytes(text).decode("utf-8-sig") == "a;b\r\n'=1+1;1,5\r\n'@x\x00;\r\n"
    english = sheet_file(sheet, SheetKind.CSV, decimal_comma=False).body
    assert bytes(english).decode("utf-8-sig").startswith("a,b\r\n'=1+1,1.5")
    book = sheet_file(sheet, SheetKind.XLSX, decimal_comma=True).body
    page = load_workbook(io.BytesIO(bytes(book))).active
    assert page is not None
    assert [[cell.value for cell in row] for row in page.rows][1] == ["=1+1", 1.5]
    assert page["A2"].data_type == "s"


def test_grades_have_the_maps_colours() -> None:
    css = CSS.read_text("utf-8")
    for grade, colour in COLOURS.items():
        assert f'[data-grade="{grade.number}"] {{\n  --grade: {colour};' in css


def as_role(store: FakeStore, role: Role) -> Client:
    visitor = Visitor(name="Åsa", role=role, permissions=ALLOWED[role])
    return Client(create_app(store, CitySettings(), visitor=visitor))


@pytest.mark.parametrize("role", [Role.PUBLIC, Role.DRIVER])
@pytest.mark.parametrize("url", [*PAGES, "/sections/export.csv", "/", "/api/v1/findings"])
def test_who_may_not_see_the_town_does_not(store: FakeStore, role: Role, url: str) -> None:
    code = 401 if role is Role.PUBLIC else 403
    assert as_role(store, role).get(url).status_code == code


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ENGINEER])
def test_navigation_holds_what_a_role_may(store: FakeStore, role: Role) -> None:
    assert 'href="/sections"' in as_role(store, role).get("/sections").text
