"""Trafikverket's open API, against answers written from its documented shape."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from tests.run_cli import run_cli

from gatusyn.model import Direction, NetworkError, NetworkParams, NetworkType, SettingsError
from gatusyn.network import read_network
from gatusyn.network.read_trafikverket import fetch_layers, sender
from gatusyn.network.trafikverket import OBJECT_TYPES, layer_rows
from gatusyn.network.write_layers import write_delivery
from gatusyn.pipeline.read_environment import read_environment

BOX = (674_000.0, 6_580_000.0, 675_000.0, 6_581_000.0)
KEY = "not-a-key"


def wkt(*places: tuple[int, int]) -> dict[str, str]:
    points = ", ".join(f"{674_000 + x}.5 {6_580_000 + y}.25 -99999" for x, y in places)
    return {"WKT-SWEREF99TM-3D": f"LINESTRING Z ({points})", "WKT-WGS84-3D": "LINESTRING Z EMPTY"}


def thing(gid: int, element: str, start: float, end: float, **fields: Any) -> dict[str, Any]:
    return {
        "GID": gid,
        "Feature_Oid": f"1000:{gid}",
        "Element_Id": element,
        "Start_Measure": start,
        "End_Measure": end,
        "Valid_From": "2020-01-01T00:00:00.000+01:00",
        "Valid_To": "9999-12-31T00:00:00.000+01:00",
        "Deleted": False,
        "Geometry": wkt((0, 0), (200, 0)),
        **fields,
    }


ONE, TWO = "1000:42652", "11157:360016"
DATA: dict[str, list[dict[str, Any]]] = {
    "Link": [
        thing(1, ONE, 0.0, 0.5, Geometry=wkt((0, 0), (100, 0))),
        thing(2, ONE, 0.5, 1.0, Geometry=wkt((100, 0), (200, 0))),
        thing(3, TWO, 0.0, 1.0, Geometry=wkt((100, 0), (100, 80))),
    ],
    "Vägtrafiknät": [
        thing(4, ONE, 0.0, 1.0, Nättyp="bilnät"),
        thing(5, TWO, 0.0, 1.0, Nättyp="cykelnät"),
    ],
    "Gatunamn": [
        thing(6, ONE, 0.0, 1.0, Namn="Övre gatan"),
        thing(7, ONE, 0.0, 1.0, Namn="Riven", Deleted=True),
        thing(8, ONE, 0.0, 1.0, Namn="Utan läge", Geometry={}),
        thing(9, ONE, 0.0, 1.0, Namn="Trasig", Geometry={"WKT-SWEREF99TM-3D": "LINESTRING Z (1"}),
    ],
    "Hastighetsgräns": [
        thing(10, ONE, 0.0, 0.25, Högsta_tillåtna_hastighet=30),
        thing(11, ONE, 0.25, 1.0, Högsta_tillåtna_hastighet=50, Riktning="Med"),
    ],
    "FörbjudenFärdriktning": [thing(12, ONE, 0.5, 1.0, Direction={"Code": 2, "Value": "Mot"})],
    "FunktionellVägklass": [thing(13, ONE, 0.0, 1.0, Klass=7)],
    "Vägbredd": [thing(14, ONE, 0.0, 1.0, Bredd=6.5, Mätmetod="Uppskattad")],
    "Slitlager": [thing(15, ONE, 0.0, 1.0, Slitlagertyp="belagd")],
    "Väghållare": [
        thing(16, ONE, 0.0, 1.0, Väghållartyp="kommunal", Väghållarnamn="Kiruna kommun")
    ],
    "TättbebyggtOmråde": [thing(17, ONE, 0.0, 1.0)],
    "Trafik": [thing(18, ONE, 0.0, 1.0, ÅDT_fordon=1800, ÅDT_lastbilar=90, Mätårsperiod="2019")],
}


class Api:
    """Answers as the API does: pages by change id, with the object's number as its change id."""

    def __init__(self, *, most: int = 10_000) -> None:
        self.questions: list[Xml.Element] = []
        self.most = most

    def __call__(self, body: bytes) -> tuple[int, bytes]:
        question = Xml.fromstring(body.decode("utf-8"))
        self.questions.append(question)
        login, query = question.find("LOGIN"), question.find("QUERY")
        assert login is not None
        assert query is not None
        if login.get("authenticationkey") != KEY:
            fault = {"SOURCE": "Login", "MESSAGE": "Invalid authentication"}
            return 401, json.dumps({"RESPONSE": {"RESULT": [{"ERROR": fault}]}}).encode()
        limit = int(query.get("limit", "0"))
        if limit > self.most:
            fault = {"SOURCE": "Request", "MESSAGE": "Maximum response size exceeded"}
            return 400, json.dumps({"RESPONSE": {"RESULT": [{"ERROR": fault}]}}).encode()
        name, change = query.get("objecttype", ""), int(query.get("changeid", "0"))
        page = [one for one in DATA.get(name, []) if one["GID"] > change][:limit]
        # As observed: a page may hold less than asked for though more is to come.
        page = page[: max(1, limit - 1)] if len(page) == limit else page
        last = str(page[-1]["GID"]) if page else str(change)
        result = {**({name: page} if page else {}), "INFO": {"LASTCHANGEID": last}}
        return 200, (
            "\ufeff" + json.dumps({"RESPONSE": {"RESULT": [result]}}, ensure_ascii=False)
        ).encode()


def no_sleep(_seconds: float) -> None:
    return None


def fetched(api: Callable[[bytes], tuple[int, bytes]], **options: Any) -> Any:
    return fetch_layers(api, BOX, key=options.pop("key", KEY), sleep=no_sleep, **options)


def test_what_is_fetched_is_a_delivery_that_is_read(tmp_path: Path) -> None:
    layers = fetched(Api())
    path = tmp_path / "kiruna.gpkg"
    write_delivery(path, layers)
    network = read_network(path, params=NetworkParams())
    first, second, third, path_link = network.links
    assert (first.start_measure, first.end_measure) == (0.0, 0.25)
    assert (first.street_name, first.speed_forward_kmh) == ("Övre gatan", 30.0)
    assert (second.speed_forward_kmh, second.speed_backward_kmh) == (50.0, None)
    assert (second.direction, third.direction) == (Direction.BOTH, Direction.WITH)
    assert (first.functional_class, first.width_m, first.surface) == ("7", 6.5, "paved")
    assert (first.road_keeper, first.aadt) == ("municipal (Kiruna kommun)", 1800.0)
    assert first.is_built_up
    assert path_link.network_type is NetworkType.CYCLE
    assert list(first.line.coords[0]) == [674_000.5, 6_580_000.25]
    assert not first.line.has_z


def test_every_object_is_accounted_for() -> None:
    names = next(one for one in fetched(Api()) if one.name == "NVDB-Gatunamn")
    assert (names.received, len(names.geometries), names.deleted, names.broken) == (4, 1, 1, 2)


@pytest.mark.parametrize("limit", [1, 2, 3, 5000])
def test_pages_are_read_to_the_empty_one(limit: int) -> None:
    counts = {one.name: one.received for one in fetched(Api(), limit=limit)}
    assert counts["NVDB-Gatunamn"] == 4
    assert counts["NVDB-Reflinjetillkomst"] == 3
    assert counts["NVDB-Cirkulationsplats"] == 0


def test_progress_is_told_page_by_page() -> None:
    api, told = Api(), dict[str, list[tuple[int, int]]]()

    def tells(name: str) -> Callable[[int, int], None]:
        return lambda done, _: told.setdefault(name, []).append((done, len(api.questions)))

    fetched(api, limit=2, on_progress=tells)
    (several,) = (steps for name, steps in told.items() if name == "Gatunamn")
    assert [done for done, _ in several] == [1, 2, 3, 4]
    assert len({asked for _, asked in several}) == 4, "told before the next page is asked for"


def test_what_is_asked() -> None:
    api = Api()
    fetched(api)
    query = api.questions[0].find("QUERY")
    assert query is not None
    assert query.get("namespace") == "vägdata"
    assert (query.get("schemaversion"), query.get("changeid")) == ("1.2", "0")
    (near,) = query.iterfind("FILTER/INTERSECTS")
    assert near.get("value") == "674000 6580000, 675000 6581000"
    asked = {one.get("objecttype") for question in api.questions for one in question.iter("QUERY")}
    assert asked == {one.name for one in OBJECT_TYPES}


def test_an_answer_that_would_be_too_large_is_asked_for_in_parts() -> None:
    api = Api(most=700)
    assert fetched(api)[0].received == 3
    limits = [int(one.get("limit", "0")) for q in api.questions[:4] for one in q.iter("QUERY")]
    assert limits == [5000, 2500, 1250, 625]
    with pytest.raises(NetworkError, match="too many at once"):
        fetched(Api(most=10))


def test_a_wrong_key_is_said_without_it() -> None:
    with pytest.raises(NetworkError, match="does not take the key") as caught:
        fetched(Api(), key="hemlig")
    assert "hemlig" not in str(caught.value)


class Trouble:
    """Answers with trouble so many times, then as the API."""

    def __init__(self, times: int, answer: tuple[int, bytes] | OSError) -> None:
        self.left, self.answer, self.api = times, answer, Api()

    def __call__(self, body: bytes) -> tuple[int, bytes]:
        if self.left == 0:
            return self.api(body)
        self.left -= 1
        if isinstance(self.answer, OSError):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((429, b"slow down"), "is asked too often (429); it was asked 5 times for Link"),
        ((503, b""), "answered with status 503; it was asked 5 times"),
        (TimeoutError("timed out"), "did not answer in time; it was asked 5 times"),
        (OSError("no route to host"), "cannot be reached (no route to host); it was asked 5"),
    ],
)
def test_trouble_that_passes_and_trouble_that_stays(
    answer: tuple[int, bytes] | OSError, problem: str
) -> None:
    waited: list[float] = []
    layers = fetch_layers(Trouble(4, answer), BOX, key=KEY, sleep=waited.append)
    assert layers[0].received == 3
    assert waited == [2.0, 5.0, 15.0, 30.0]
    with pytest.raises(NetworkError) as caught:
        fetched(Trouble(99, answer))
    assert problem in caught.value.problem


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((200, b"<html>"), "in another shape than documented"),
        ((200, b'{"RESPONSE": {"RESULT": [{"Link": [1]}]}}'), "in another shape"),
        ((200, b'{"RESPONSE": {"RESULT": []}}'), "in another shape"),
        ((200, b"\xff\xfe"), "in another shape"),
        ((404, b"not here"), "answered with status 404 for Link"),
        ((403, b""), "does not take the key"),
        (
            (400, b'{"RESPONSE": {"RESULT": [{"ERROR": {"MESSAGE": "Invalid query"}}]}}'),
            "refused to answer for Link (Invalid query)",
        ),
    ],
)
def test_answers_that_cannot_be_used(answer: tuple[int, bytes], problem: str) -> None:
    with pytest.raises(NetworkError) as caught:
        fetched(Trouble(1, answer))
    assert problem in caught.value.problem


def test_no_roads_in_the_box() -> None:
    empty = b'{"RESPONSE": {"RESULT": [{"INFO": {"LASTCHANGEID": "0"}}]}}'
    with pytest.raises(NetworkError, match="has no roads within 674000"):
        fetched(lambda _body: (200, empty))


def test_an_object_that_came_twice_counts_once_and_as_it_came_last() -> None:
    (wanted,) = (one for one in OBJECT_TYPES if one.name == "Gatunamn")
    rows = layer_rows(wanted, [thing(1, ONE, 0, 1, Namn="A"), thing(1, ONE, 0, 1, Namn="B")])
    assert rows.received == 1
    assert rows.columns["Namn"] == ["B"]


def test_only_a_geopackage_that_is_not_there_is_written(tmp_path: Path) -> None:
    layers = fetched(Api())
    with pytest.raises(NetworkError, match="is no GeoPackage"):
        write_delivery(tmp_path / "n.shp", layers)
    with pytest.raises(NetworkError, match="is not a folder"):
        write_delivery(tmp_path / "no" / "n.gpkg", layers)
    write_delivery(tmp_path / "n.gpkg", layers)
    with pytest.raises(NetworkError, match="exists already"):
        write_delivery(tmp_path / "n.gpkg", layers)
    write_delivery(tmp_path / "n.gpkg", layers, overwrite=True)
    assert [file.name for file in tmp_path.iterdir()] == ["n.gpkg"]


def test_the_key_is_in_the_environment_and_in_no_text_of_it() -> None:
    found = read_environment({"GATUSYN_TRAFIKVERKET_KEY": " hemlig "})
    assert found.require_trafikverket_key() == "hemlig"
    assert "hemlig" not in repr(found)
    with pytest.raises(SettingsError, match="GATUSYN_TRAFIKVERKET_KEY"):
        read_environment({"GATUSYN_TRAFIKVERKET_KEY": ""}).require_trafikverket_key()


def test_the_key_is_sent_to_nobody_in_the_clear() -> None:
    with pytest.raises(NetworkError, match="https"):
        sender("http://api.example.org/v2/data.json")


@pytest.fixture
def address() -> Iterator[str]:
    """Serve the API on this machine."""
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"].startswith("text/xml")
            status, body = api(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v2/data.json"
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_command_and_init(
    tmp_path: Path,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("GATUSYN_TRAFIKVERKET_ADDRESS", address)
    monkeypatch.setenv("GATUSYN_TRAFIKVERKET_KEY", KEY)
    path = tmp_path / "kiruna.gpkg"
    box = [f"{value:.0f}" for value in BOX]
    assert run_cli(monkeypatch, "network", "fetch", path, "--box", *box) == 0
    said = capsys.readouterr().out
    assert "NVDB-Reflinjetillkomst: 3 of 3 rows" in said
    assert "NVDB-Gatunamn: 1 of 4 rows, 1 deleted, 2 without usable geometry" in said
    city = tmp_path / "city"
    assert run_cli(monkeypatch, "init", city, "--network", path, "--date", "2026-05-01") == 0
    said = capsys.readouterr().out
    assert "4 links, 0.3 km" in said
    assert "as of 2026-05-01" in said
    monkeypatch.setenv("GATUSYN_TRAFIKVERKET_KEY", "wrong")
    assert run_cli(monkeypatch, "network", "fetch", tmp_path / "b.gpkg", "--box", *box) == 3
    assert "does not take the key" in capsys.readouterr().err
    assert run_cli(monkeypatch, "network", "fetch", tmp_path / "b.gpkg", "--box", *box[::-1]) == 2
    assert not (tmp_path / "b.gpkg").exists()
