"""Logging in and out, and what attackers try: stolen and fixed sessions, forms, guessing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import pyotp
import pytest
from argon2 import PasswordHasher
from tests.serve.gated import HERE, PASSWORD, THERE, Browser, Gated, make_gate

from gatusyn.model import AccountError, Permission, Role, StoreError
from gatusyn.serve import Passwords
from gatusyn.serve.attempts import OF_BOTH, OF_CLIENT, Attempts
from gatusyn.serve.errors import TooManyError
from gatusyn.serve.passwords import default_hasher, require_good
from gatusyn.serve.routes_login import own_path
from gatusyn.serve.tokens import hash_of

HTML = {"accept": "text/html"}
NEW = "fyra glada grodor hoppar"


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    made = make_gate(tmp_path_factory.mktemp("gated"))
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _anew(request: pytest.FixtureRequest) -> None:
    """Forget failures: one test's are not another's."""
    if "gated" in request.fixturenames:
        made: Gated = request.getfixturevalue("gated")
        for town in made.gate.towns:
            town.people._attempts._failed.clear()


def status(browser: Browser) -> int:
    return browser.get("/api/v1/city").status_code


def audited(gated: Gated) -> list[tuple[str, str, str, str]]:
    for town in gated.gate.towns:
        town.audit.flush()
    return [(own.who, own.what, own.about, own.outcome) for own in gated.here.accounts.entries()]


def test_who_logs_in_sees_the_town_and_who_logs_out_does_not(gated: Gated) -> None:
    browser = gated.browser()
    assert status(browser) == 401
    page = browser.get("/?section=1", **HTML)
    assert page.status_code == 303
    assert page.headers["location"] == "/login?next=%2F%3Fsection%3D1"
    answer = browser.log_in("engineer", after="/?section=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/?section=1")
    assert status(browser) == 200
    assert browser.get("/").status_code == 200
    stolen = dict(browser.cookies)
    answer = browser.form("/logout", {"csrf_token": browser.csrf("/account")})
    assert answer.status_code == 303
    assert browser.cookies == {}
    assert status(browser) == 401
    browser.cookies = stolen
    assert status(browser) == 401, "what was stolen before works no more"
    assert ("engineer", "log-in", "", "done") in audited(gated)
    assert ("engineer", "log-out", "", "done") in audited(gated)


def test_the_cookie_is_kept_from_scripts_and_neighbours(gated: Gated) -> None:
    answer = gated.browser().log_in("viewer")
    (line,) = answer.headers.get_list("set-cookie")
    assert line.startswith("gatusyn=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {own.strip() for own in line.split(";")}
    safe = Browser(gated.app, base="https://127.0.0.1:8600")
    (line,) = safe.log_in("viewer").headers.get_list("set-cookie")
    assert line.startswith("__Host-gatusyn=")
    assert "Secure" in line
    assert "Domain" not in line
    assert answer.headers["cache-control"] == "no-store"


def test_a_session_that_an_attacker_chose_is_not_taken(gated: Gated) -> None:
    browser = gated.browser()
    browser.cookies["gatusyn"] = "chosen-by-the-attacker"
    assert browser.log_in("viewer").status_code == 303
    assert browser.session != "chosen-by-the-attacker"
    attacker = gated.browser()
    attacker.cookies["gatusyn"] = "chosen-by-the-attacker"
    assert status(attacker) == 401


def test_every_log_in_is_a_new_session_and_ends_the_one_before(gated: Gated) -> None:
    browser = gated.browser("viewer")
    former = dict(browser.cookies)
    assert browser.log_in("engineer").status_code == 303
    assert browser.cookies != former
    assert browser.get("/api/v1/me").json()["name"] == "engineer"
    browser.cookies = former
    assert status(browser) == 401


def test_the_store_holds_no_session_and_no_password(gated: Gated) -> None:
    browser = gated.browser("viewer")
    folder = gated.here._folder
    kept = b"".join(path.read_bytes() for path in folder.glob("gatusyn.sqlite*"))
    assert browser.session.encode() not in kept
    assert hash_of(browser.session).encode() in kept
    assert PASSWORD.encode() not in kept


@pytest.mark.parametrize(("later_s", "code"), [(3599.0, 200), (3601.0, 401), (50_000.0, 401)])
def test_an_idle_session_ends(
    gated: Gated, monkeypatch: pytest.MonkeyPatch, later_s: float, code: int
) -> None:
    browser, now_s = gated.browser("viewer"), time.time()
    monkeypatch.setattr(gated.gate.towns[0].people, "clock", lambda: now_s + later_s)
    assert status(browser) == code
    monkeypatch.undo()
    assert status(browser) == code, "what has ended does not come back with the clock"


def test_a_session_in_use_ends_all_the_same(gated: Gated, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, began_s = gated.browser("viewer"), time.time()
    for minutes in range(50, 12 * 60, 50):
        at_s = began_s + 60.0 * minutes
        monkeypatch.setattr(gated.gate.towns[0].people, "clock", lambda at_s=at_s: at_s)
        assert status(browser) == 200, minutes
    monkeypatch.setattr(gated.gate.towns[0].people, "clock", lambda: began_s + 12.1 * 3600)
    assert status(browser) == 401


def test_a_store_that_is_being_written_lets_people_in_all_the_same(
    gated: Gated, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise StoreError("here", "the database is busy")

    browser, now_s = gated.browser("viewer"), time.time()
    people = gated.gate.towns[0].people
    monkeypatch.setattr(people, "clock", lambda: now_s + 120.0)
    monkeypatch.setattr(people.accounts, "touch_session", busy)
    assert status(browser) == 200
    assert status(browser) == 200


def test_a_change_of_role_and_a_disabling_hold_at_once(gated: Gated) -> None:
    accounts = gated.here.accounts
    browser = gated.browser("reviewer")
    user = accounts.user("reviewer")
    assert browser.get("/api/v1/city").json()["may_review"] is True
    less = accounts.change_user(replace(user, role=Role.DRIVER))
    assert status(browser) == 403
    gone = accounts.change_user(replace(less, disabled=True))
    assert status(browser) == 401
    assert gated.browser().log_in("reviewer").status_code == 401
    accounts.change_user(replace(gone, disabled=False, role=Role.REVIEWER))
    assert status(browser) == 401, "the session is gone for good"


def test_a_session_is_of_its_own_town_only(gated: Gated) -> None:
    assert gated.browser().log_in("viewer", town="nowhere").status_code == 303
    there = gated.browser("engineer", town=THERE)
    assert there.get("/api/v1/city").json()["name"] == THERE
    gated.there.accounts.change_user(replace(gated.there.accounts.user("driver"), disabled=True))
    assert gated.browser().log_in("driver", town=THERE).status_code == 401
    assert gated.browser().log_in("driver", town=HERE).status_code == 303


@pytest.mark.parametrize(
    ("name", "password", "code"),
    [
        ("viewer", "wrong", ""),
        ("nobody", PASSWORD, ""),
        ("", "", ""),
        ("viewer", "", ""),
        ("' OR 1=1 --", "' OR 1=1 --", ""),
        ("<script>alert(1)</script>", "x", "<b>"),
        ("\x00\u202e", "\x00" * 300, "\x00"),
        ("x" * 900, "y" * 900, "z" * 900),
    ],
)
def test_whatever_is_wrong_the_answer_is_the_same(
    gated: Gated, name: str, password: str, code: str
) -> None:
    browser = gated.browser()
    answer = browser.log_in(name, password, code=code)
    assert answer.status_code == 401
    assert "stämmer inte" in answer.text
    assert "<script>alert" not in answer.text
    assert "set-cookie" not in answer.headers
    english = browser.get("/login", accept_language="en-GB,en;q=0.9").text
    assert "Log in" in english


def test_guessing_is_stopped_and_the_right_one_is_not_told_then(gated: Gated) -> None:
    browser = gated.browser()
    codes = [browser.log_in("viewer", f"guess number {n}").status_code for n in range(8)]
    assert codes == [401] * OF_BOTH + [429] * 3
    assert browser.log_in("viewer").status_code == 429
    assert browser.log_in("engineer").status_code == 303, "others are let in"


def test_failures_are_counted_by_client_and_account_and_forgotten_in_time() -> None:
    now = [0.0]
    attempts = Attempts(clock=lambda: now[0])
    for number in range(OF_CLIENT):
        attempts.require_few(f"account {number}", "client")
        attempts.note_failure(f"account {number}", "client")
    with pytest.raises(TooManyError, match="has failed too often"):
        attempts.require_few("another", "client")
    attempts.require_few("another", "another client")
    now[0] = 901.0
    attempts.require_few("another", "client")
    for number in range(30_000):
        attempts.note_failure(f"{number}", f"{number}")
    assert len(attempts._failed) <= 20_000


def test_unknown_names_take_as_long_as_known_ones() -> None:
    passwords = Passwords(PasswordHasher(time_cost=2, memory_cost=4096, parallelism=1))
    kept = passwords.make(PASSWORD, name="x")

    def seconds(of: str | None) -> float:
        took = []
        for _ in range(15):
            # The processor's time: other work on the machine makes neither longer.
            began = time.thread_time()
            assert not passwords.is_right("wrong", of)
            took.append(time.thread_time() - began)
        return median(took)

    known, unknown = seconds(kept), seconds(None)
    assert 0.5 < known / unknown < 2.0
    assert not passwords.is_right("x", "no hash at all")


def test_passwords_are_kept_by_argon2id_with_enough_work() -> None:
    hashed = default_hasher().hash("x")
    assert hashed.startswith("$argon2id$")
    assert "m=32768,t=3,p=1" in hashed


@pytest.mark.parametrize(
    "password", ["short", "x" * 201, "aaaaaaaaaaaaaaaa", "viewer viewer", "\ud800" + "abcdefghijkl"]
)
def test_easily_guessed_passwords_are_refused(password: str) -> None:
    with pytest.raises(AccountError):
        require_good(password, name="viewer")


def test_a_form_from_elsewhere_or_without_its_token_changes_nothing(gated: Gated) -> None:
    browser = gated.browser("viewer")
    fields = {"old": PASSWORD, "new": NEW}
    token = browser.csrf("/account")
    other = gated.browser("engineer").csrf("/account")
    for wrong in ({}, {"csrf_token": ""}, {"csrf_token": other}, {"csrf_token": token[:-1]}):
        answer = browser.form("/account/password", fields | wrong)
        assert answer.status_code == 403, wrong
    good = fields | {"csrf_token": token}
    for origin in ("https://evil.example", "null", ""):
        assert browser.form("/account/password", good, origin=origin).status_code == 403
    site = {"sec_fetch_site": "same-site"}
    assert browser.form("/account/password", good, **site).status_code == 403
    assert browser.form("/api/v1/tokens", good).status_code == 415
    assert browser.form("/logout", {}).status_code == 403
    assert gated.browser().form("/login", {"name": "viewer"}).status_code == 403
    assert gated.browser().log_in("viewer").status_code == 303, "the password is as it was"
    with_header = browser.form("/account/codes", {}, x_csrf_token=token)
    assert with_header.status_code == 200
    twice = f"csrf_token={token}&csrf_token={token}"
    own = {"origin": browser.base, "content_type": "application/x-www-form-urlencoded"}
    assert browser.ask("POST", "/account/codes", content=twice, **own).status_code == 403


def test_who_changes_their_password_is_logged_out_elsewhere(gated: Gated) -> None:
    browser, elsewhere = gated.browser("viewer"), gated.browser("viewer")

    def change(old: str, new: str) -> httpx.Response:
        token = browser.csrf("/account")
        return browser.form("/account/password", {"old": old, "new": new, "csrf_token": token})

    assert change("wrong", NEW).status_code == 422
    assert change(PASSWORD, "short").status_code == 422
    answer = change(PASSWORD, NEW)
    assert (answer.status_code, status(browser), status(elsewhere)) == (200, 200, 401)
    assert gated.browser().log_in("viewer").status_code == 401
    assert gated.browser().log_in("viewer", NEW).status_code == 303
    assert change(NEW, PASSWORD).status_code == 200
    assert all(PASSWORD not in str(own) and NEW not in str(own) for own in audited(gated))


def test_codes_from_a_phone(gated: Gated, monkeypatch: pytest.MonkeyPatch) -> None:
    people, now_s = gated.gate.towns[0].people, time.time()
    browser = gated.browser("reviewer")
    token = browser.csrf("/account")
    page = browser.form("/account/codes", {"csrf_token": token}).text
    secret = page.split('<code class="secret">')[1].split("<")[0].replace(" ", "")
    locked = page.split('name="locked" value="')[1].split('"')[0]
    assert "otpauth://totp/" in page
    assert secret not in locked
    confirm = {"csrf_token": token, "locked": locked}
    answer = browser.form("/account/codes/confirm", confirm | {"code": "000000"})
    assert answer.status_code == 422
    assert secret in answer.text
    phone = pyotp.TOTP(secret)
    answer = browser.form("/account/codes/confirm", confirm | {"code": phone.at(now_s)})
    recovery = [part.split("<")[0] for part in answer.text.split("<li>")[1:]]
    assert len(recovery) == 8
    kept = gated.here.accounts.user("reviewer")
    assert kept.totp_secret is not None
    assert secret not in str(vars(type(kept))) + kept.totp_secret
    other = gated.browser()
    assert other.log_in("reviewer").status_code == 401
    assert other.log_in("reviewer", code=phone.at(now_s)).status_code == 401, "used to confirm"
    monkeypatch.setattr(people, "clock", lambda: now_s + 60)
    good = phone.at(now_s + 60)
    assert other.log_in("reviewer", "wrong", code=good).status_code == 401
    assert other.log_in("reviewer", code=good).status_code == 303
    assert other.log_in("reviewer", code=good).status_code == 401, "no code is taken twice"
    assert other.log_in("reviewer", code=recovery[0].upper()).status_code == 303
    assert other.log_in("reviewer", code=recovery[0]).status_code == 401
    token = other.csrf("/account")
    off = {"csrf_token": token, "password": "wrong"}
    assert other.form("/account/codes/off", off).status_code == 422
    assert other.form("/account/codes/off", off | {"password": PASSWORD}).status_code == 200
    assert other.log_in("reviewer").status_code == 303


@pytest.mark.parametrize(
    "after",
    [
        *("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""),
        *("/login?next=x", "/x\\y", "/a\nb", "\\\\evil", " //evil"),
    ],
)
def test_the_log_in_leads_nowhere_else(after: str) -> None:
    assert own_path(after) == "/"
    assert own_path("/?street=Storgatan") == "/?street=Storgatan"


def test_every_text_is_text(gated: Gated) -> None:
    browser = gated.browser("administrator")
    hostile = "<img src=x onerror=alert(1)>'; DROP TABLE account_rows; --"
    made = browser.send(
        "POST",
        "/api/v1/users",
        {
            "name": "odd",
            "display_name": hostile,
            "email": hostile,
            "role": "contractor",
            "areas": [hostile],
            "treatments": [hostile],
            "password": PASSWORD,
        },
    )
    assert made.status_code == 201, made.text
    assert browser.get("/api/v1/users/odd").json()["display_name"] == hostile
    own = gated.browser("odd")
    page = own.get("/account")
    assert "<img src=x" not in page.text
    assert "&lt;img src=x" in page.text
    assert status(own) == 404, "no street has that name"
    for name in ("' OR 1=1", "ODD", "../x", "", "x" * 65, "a b"):
        wanted = {"name": name, "role": "viewer", "password": PASSWORD}
        assert browser.send("POST", "/api/v1/users", wanted).status_code == 422, name


def test_every_look_at_a_picture_and_every_change_is_noted(gated: Gated) -> None:
    browser = gated.browser("engineer")
    browser.get("/api/v1/pictures/run-1/000001")
    browser.send("POST", "/api/v1/picture/remove", {"picture_id": "run-1/9", "reason": "asked"})
    browser.get("/api/v1/users")
    found = audited(gated)[:3]
    picture = "GET /api/v1/pictures/{picture_id:path}"
    assert ("engineer", picture, "run-1/000001", "failed (404)") in found
    assert ("engineer", "POST /api/v1/picture/remove", "run-1/9", "failed (404)") in found
    assert ("engineer", "GET /api/v1/users", "", "refused") in found
    assert all(own.address is None for own in gated.here.accounts.entries())


def test_an_unknown_name_is_not_noted_as_it_was_typed(gated: Gated) -> None:
    gated.browser().log_in("min hemliga fras")
    assert audited(gated)[0] == ("", "log-in", "", "refused")


def test_a_page_that_is_not_for_everybody_is_refused_in_words(gated: Gated) -> None:
    driver = gated.browser()
    assert driver.log_in("driver").headers["location"] == "/send"
    assert driver.get("/account").status_code == 200
    assert status(driver) == 403
    assert gated.browser().get("/account").status_code == 403
    answer = gated.browser().get("/api/v1/sections")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_ready_looks_at_every_town(gated: Gated) -> None:
    browser = gated.browser()
    assert browser.get("/health").status_code == 200
    assert browser.get("/ready").json() == {"ready": True, "faults": []}
    assert browser.get("/metrics").status_code == 401


def test_the_page_for_everybody(gated: Gated, tmp_path: Path) -> None:
    browser = gated.browser()
    page = browser.get("/public", accept_language="en")
    assert page.status_code == 200
    assert "How your street is" in page.text
    assert "Storgatan" in page.text
    assert "/pictures/" not in page.text
    assert "<script>" not in page.text
    assert "ek-Storgatan" in browser.get(f"/public?town={THERE}").text
    found = browser.get("/api/v1/public/streets?search=storg").json()
    assert [own["street"] for own in found["items"]] == ["Storgatan"]
    (street,) = found["items"]
    assert set(street) == {"street", "length_km", "graded_share", "grade", "worst"}
    assert street["worst"]["number"] >= street["grade"]["number"] > 0
    hostile = browser.get("/public?search=%3Cscript%3E&town=%3Cscript%3E")
    assert "<script>" not in hostile.text
    first = browser.get("/api/v1/public/streets?limit=2&offset=1").json()
    assert (len(first["items"]), first["offset"]) == (2, 1)


def rights(browser: Browser) -> dict[str, Any]:
    found: dict[str, Any] = browser.get("/api/v1/me").json()
    return found


def test_who_asks_is_told_what_they_may(gated: Gated) -> None:
    assert rights(gated.browser())["role"] == "public"
    mine = rights(gated.browser("contractor"))
    assert mine["areas"] == ["Storgatan"]
    assert set(mine["permissions"]) == {
        Permission.SEE_PUBLIC,
        Permission.SEE_TOWN,
        Permission.SEE_PICTURES,
        Permission.NOTE_DONE,
    }
