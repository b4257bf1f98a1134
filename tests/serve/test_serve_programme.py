"""The programme's page: worked out apart, streets put in or out, saved and compared."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from tests.made_paving import made_city
from tests.serve.conftest import Client, planner_of

from gatusyn.pipeline import SETTINGS_FILE, City, StreetLock, read_settings_file, write_values
from gatusyn.serve import create_app
from gatusyn.serve.errors import QueryError
from gatusyn.serve.pages.routes_programme import make_wish, wish_query
from gatusyn.serve.planner import Wish

WISH = "budget=400000&years=3"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    made = made_city(tmp_path_factory.mktemp("paving") / "city")
    yield made
    made.store.close()


def client_of(city: City, reviewer: str | None = "Bo") -> Client:
    return Client(create_app(city.store, city.settings, reviewer=reviewer, city_folder=city.folder))


def result_of(client: Client, query: str = WISH) -> str:
    deadline = time.monotonic() + 60
    while 'hx-trigger="load delay' in (text := client.get(f"/programme/result?{query}").text):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return text


def test_a_programme_is_waited_for_and_shown(city: City) -> None:
    client = client_of(city)
    page = client.get(f"/programme?{WISH}").text
    assert "hx-get" in page
    assert "400000" in page
    text = result_of(client)
    for table in ("debt-table", "condition-table", "budget-table"):
        assert f'id="{table}"' in text
    assert "Utelämna" in text
    assert "gör ingenting" in text


def test_a_street_left_out_is_out_and_has_its_price(city: City) -> None:
    client = client_of(city)
    planner = planner_of(city)
    programme, _ = planner.finished(Wish(budget_sek=400_000.0, years=3))
    street = programme.projects[0].street
    lock = StreetLock(street=street)
    without, _ = planner.finished(Wish(budget_sek=400_000.0, years=3, locks=(lock,)))
    assert street not in {own.street for own in without.projects}
    text = result_of(client, wish_query(Wish(budget_sek=400_000.0, years=3, locks=(lock,))))
    assert "högre än utan" in text


def test_a_street_put_in_comes_in_its_year_or_says_why_not(city: City) -> None:
    client = client_of(city)
    put = client.get(f"/programme/put-in?{WISH}&street=Nowhere&treatment=overlay&year=2027")
    assert put.status_code == 303
    text = result_of(client, put.headers["location"].partition("?")[2])
    assert 'role="alert"' in text
    assert "Nowhere" in text


def test_equal_wishes_are_worked_out_once(city: City) -> None:
    planner = planner_of(city)
    wish = Wish(budget_sek=1e6, years=2)
    assert planner.ask(wish) is planner.ask(Wish(budget_sek=1e6, years=2))
    assert planner.finished(wish)[0] is planner.finished(wish)[0]


def test_two_who_save_one_name_are_told_and_none_is_lost(city: City) -> None:
    client = client_of(city)
    # Two threads that ask first would each start the service.
    client.get("/streets")
    sent = {"budget": "400000", "years": "3", "name": "<b>Plan</b>"}
    codes: list[int] = []

    def save() -> None:
        codes.append(client.post_form("/programme/save", sent).status_code)

    threads = [Thread(target=save) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [303, 409]
    assert [own.made_by for own in city.store.programmes.saved()] == ["Bo"]
    other = client.post_form("/programme/save", sent | {"name": "B", "budget": "200000"})
    text = client.get(other.headers["location"] + "&other=%3Cb%3EPlan%3C/b%3E").text
    assert "&lt;b&gt;Plan" in text
    assert "<b>Plan" not in text
    assert client.get("/programme/saved?name=none").status_code == 404
    listed = client.get("/api/v1/programmes").json()
    assert {own["name"] for own in listed["items"]} == {"<b>Plan</b>", "B"}
    assert client.get("/api/v1/programme?name=B").json()["first_year"] > 2000
    assert client.get("/api/v1/programme?name=none").status_code == 404


@pytest.mark.parametrize(
    ("kind", "begins"), [("xlsx", b"PK"), ("pdf", b"%PDF"), ("gpkg", b"SQLite format 3")]
)
def test_documents_are_those_of_the_command(city: City, kind: str, begins: bytes) -> None:
    answer = client_of(city).get(f"/programme/export.{kind}?{WISH}")
    assert answer.status_code == 200
    assert answer.content.startswith(begins)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("/programme?budget=x", 422),
        ("/programme?budget=-1", 422),
        ("/programme?years=21", 422),
        ("/programme?must=x", 400),
        ("/programme/export.exe?" + WISH, 404),
    ],
)
def test_what_is_no_wish_is_told(city: City, url: str, code: int) -> None:
    assert client_of(city).get(url).status_code == code


def test_years_that_are_set_meanwhile_hold_at_once(tmp_path: Path) -> None:
    city = made_city(tmp_path / "city")
    client = client_of(city)
    assert 'max="20" value="7"' not in client.get("/programme").text
    path = city.folder / SETTINGS_FILE
    write_values(path, {("programme", "years"): 7}, stamp=read_settings_file(path).stamp)
    assert 'max="20" value="7"' in client.get("/programme").text
    city.store.close()


def test_who_only_looks_sees_and_saves_nothing(city: City) -> None:
    looking = client_of(city, reviewer=None)
    assert looking.get(f"/programme?{WISH}").status_code == 200
    assert "/programme/save" not in result_of(looking)
    sent = {"budget": "400000", "years": "3", "name": "Mine"}
    assert looking.post_form("/programme/save", sent).status_code == 403


def test_a_wish_goes_into_an_address_and_back() -> None:
    wish = make_wish(1e6, 5, ["Å <gatan>&"], ["overlay:2030:A:B"])
    assert wish.locks[1] == StreetLock(street="A:B", treatment="overlay", year=2030)
    assert "%3Cgatan%3E%26" in wish_query(wish)
    with pytest.raises(QueryError):
        make_wish(1e6, 5, [], ["overlay:30:A"])
