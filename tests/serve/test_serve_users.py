"""The pages of accounts and tokens: made, changed, disabled, reset; two who change the same one."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from tests.serve.gated import PASSWORD, ROLES, Browser, Gated, make_gate

from gatusyn.model import ApiToken, Permission, Role
from gatusyn.serve.second_factor import new_secret
from gatusyn.serve.tokens import hash_of

NEW = {"name": "ny", "role": "engineer", "display_name": "Ny <b>", "email": "ny@example.se"}


@pytest.fixture
def gated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    made = make_gate(tmp_path_factory.mktemp("gated"))
    yield made
    made.close()


@pytest.fixture
def boss(gated: Gated) -> Browser:
    return gated.browser("administrator")


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    """Two towns for tests of what changes nothing."""
    made = make_gate(tmp_path_factory.mktemp("unchanged"))
    yield made
    made.close()


def send(
    browser: Browser, url: str, fields: dict[str, str], page: str = "/users"
) -> httpx.Response:
    return browser.form(url, fields | {"csrf_token": browser.csrf(page)}, accept_language="en")


def one(browser: Browser, name: str) -> str:
    answer = browser.get(f"/users/user?name={name}", accept_language="en")
    assert answer.status_code == 200
    return answer.text


def version_on(text: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', text)
    assert found is not None
    return found[1]


def secret_on(text: str) -> str:
    found = re.search(r'<code class="secret">([^<]+)</code>', text)
    assert found is not None
    return html.unescape(found[1])


def test_an_account_is_made_with_a_password_that_is_shown_once(gated: Gated, boss: Browser) -> None:
    answer = send(boss, "/users/new", NEW)
    assert answer.status_code == 200, answer.text
    password = secret_on(answer.text)
    assert "Ny <b>" not in answer.text
    assert password not in one(boss, "ny")
    own = Browser(gated.app)
    assert own.log_in("ny", password).status_code == 303
    assert own.get("/api/v1/me").json()["role"] == "engineer"
    listed = boss.get("/users?search=NY&role=engineer", accept_language="en").text
    assert 'href="/users/user?name=ny"' in listed
    assert 'name=viewer"' not in listed
    assert send(boss, "/users/new", NEW).status_code == 409
    export = boss.get("/users/export.csv")
    assert export.content.decode("utf-8-sig").count("\r\n") == len(ROLES) + 2
    assert password.encode() not in export.content


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "Å B"}, "The user name cannot be used"),
        ({"password": "kort"}, "must have 12 to 200 characters"),
        ({"role": "contractor"}, "A contractor sees the streets that are named"),
        ({"display_name": "x\ny"}, "e-mail address is too long"),
        ({"name": " "}, "Name: is too short."),
        (
            {"role": "contractor", "areas": "\n".join(map(str, range(600)))},
            "Streets that they see, one a line: are more than 500",
        ),
    ],
)
def test_what_is_no_account_is_told_and_what_was_typed_stays(
    unchanged: Gated, fields: dict[str, str], words: str
) -> None:
    boss = unchanged.browser("administrator")
    answer = send(boss, "/users/new", NEW | fields)
    assert answer.status_code == 422
    assert words in html.unescape(answer.text)
    assert 'value="ny@example.se"' in answer.text
    assert len(unchanged.here.accounts.users()) == len(ROLES)


def test_a_contractor_gets_streets_and_treatments(gated: Gated, boss: Browser) -> None:
    fields = NEW | {
        "role": "contractor",
        "areas": "Kyrkogatan\r\n\r\nNowhere",
        "treatments": "overlay",
    }
    text = send(boss, "/users/new", fields).text
    assert "No street of the map has one of these names: Nowhere" in text
    made = gated.here.accounts.user("ny")
    assert made.areas == frozenset({"Kyrkogatan", "Nowhere"})
    assert made.treatments == frozenset({"overlay"})
    change = {"name": "ny", "version": version_on(text), "role": "viewer", "areas": "Kyrkogatan"}
    assert send(boss, "/users/user/change", change).status_code == 303
    assert gated.here.accounts.user("ny").areas is None, "others than contractors have no limits"


def test_two_administrators_who_change_the_same_are_told(gated: Gated, boss: Browser) -> None:
    text = one(boss, "viewer")
    change = {"name": "viewer", "version": version_on(text), "role": "reviewer"}
    assert send(boss, "/users/user/change", change).status_code == 303
    late = change | {"role": "engineer", "display_name": "Mine"}
    answer = send(boss, "/users/user/change", late)
    assert answer.status_code == 412
    assert "Somebody else has changed this account meanwhile." in answer.text
    assert 'value="Mine"' in answer.text
    assert gated.here.accounts.user("viewer").role is Role.REVIEWER
    again = late | {"version": version_on(answer.text)}
    assert send(boss, "/users/user/change", again).status_code == 303
    assert gated.here.accounts.user("viewer").display_name == "Mine"


@pytest.mark.parametrize(
    "change", [{"disabled": "yes", "role": "administrator"}, {"role": "viewer"}]
)
def test_the_last_administrator_stays(unchanged: Gated, change: dict[str, str]) -> None:
    boss = unchanged.browser("administrator")
    version = version_on(one(boss, "administrator"))
    answer = send(
        boss, "/users/user/change", change | {"name": "administrator", "version": version}
    )
    assert answer.status_code == 409
    assert "last administrator" in answer.text
    assert unchanged.here.accounts.user("administrator").may_enter


def test_who_is_disabled_or_given_a_password_is_logged_out(gated: Gated, boss: Browser) -> None:
    viewer, engineer = gated.browser("viewer"), gated.browser("engineer")
    text = one(boss, "engineer")
    assert "last seen" in text
    reset = {"name": "engineer", "version": version_on(text), "password": ""}
    given = secret_on(send(boss, "/users/user/password", reset).text)
    assert engineer.get("/api/v1/city").status_code == 401
    assert Browser(gated.app).log_in("engineer", PASSWORD).status_code == 401
    assert Browser(gated.app).log_in("engineer", given).status_code == 303
    version = version_on(one(boss, "viewer"))
    disabled = {"name": "viewer", "version": version, "role": "viewer", "disabled": "yes"}
    assert send(boss, "/users/user/change", disabled).status_code == 303
    assert viewer.get("/api/v1/city").status_code == 401
    assert Browser(gated.app).log_in("viewer").status_code == 401


def test_log_ins_end_but_not_one_s_own(gated: Gated, boss: Browser) -> None:
    reviewer, other = gated.browser("reviewer"), gated.browser("administrator")
    for name in ("reviewer", "administrator"):
        assert send(boss, "/users/user/log-out", {"name": name}).status_code == 303
    assert reviewer.get("/api/v1/city").status_code == 401
    assert other.get("/api/v1/city").status_code == 401
    assert boss.get("/api/v1/city").status_code == 200


def test_the_second_factor_is_reset(gated: Gated, boss: Browser) -> None:
    book = gated.here.accounts
    locked = gated.vault.lock(new_secret())
    book.change_user(replace(book.user("driver"), totp_secret=locked))
    assert Browser(gated.app).log_in("driver").status_code == 401
    text = one(boss, "driver")
    late = {"name": "driver", "version": "1"}
    assert send(boss, "/users/user/second", late).status_code == 412
    now = {"name": "driver", "version": version_on(text)}
    assert send(boss, "/users/user/second", now).status_code == 303
    assert book.user("driver").totp_secret is None
    assert Browser(gated.app).log_in("driver").status_code == 303


def test_every_change_is_in_the_audit_log(gated: Gated, boss: Browser) -> None:
    send(boss, "/users/new", NEW | {"password": PASSWORD})
    version = version_on(one(boss, "ny"))
    send(boss, "/users/user/change", NEW | {"version": version, "role": "viewer"})
    noted = [(own.what, own.about) for own in gated.here.accounts.entries(who="administrator")]
    assert ("POST /users/new", "ny") in noted
    assert ("POST /users/user/change", "ny: role") in noted
    assert PASSWORD not in str(noted)


@pytest.mark.parametrize("role", [own for own in ROLES if own is not Role.ADMINISTRATOR])
def test_nobody_else_sees_or_changes_accounts(unchanged: Gated, role: Role) -> None:
    browser = unchanged.browser(role.value)
    for url in ("/users", "/users/new", "/users/user?name=viewer", "/users/export.csv"):
        assert browser.get(url).status_code == 403, url
    csrf = {"csrf_token": browser.csrf("/account")}
    for url in ("/users/new", "/users/user/change", "/users/user/password", "/users/user/log-out"):
        fields = NEW | csrf | {"name": "viewer", "version": "1", "role": "administrator"}
        assert browser.form(url, fields).status_code == 403, url
    assert unchanged.here.accounts.user("viewer").role is Role.VIEWER
    assert 'href="/users"' not in browser.get("/account").text


def test_tokens_are_made_shown_once_and_revoked(gated: Gated, boss: Browser) -> None:
    viewer = gated.browser("viewer")
    wanted = {"label": "QGIS", "scopes": "see-town", "days": "30"}
    made = send(viewer, "/tokens", wanted, "/tokens")
    token = secret_on(made.text)
    program = Browser(gated.app)
    shown = {"authorization": f"Bearer {token}"}
    assert program.get("/api/v1/city", **shown).status_code == 200
    assert token not in viewer.get("/tokens").text
    for less in ({"scopes": "plan"}, {"label": " "}):
        assert send(viewer, "/tokens", wanted | less, "/tokens").status_code == 422
    other = ApiToken(
        label="hers", user="engineer", scopes=frozenset({Permission.SEE_TOWN}), made_s=1.0
    )
    number = gated.here.accounts.add_token(other, hash_of("x")).number
    assert "hers" not in viewer.get("/tokens").text
    assert "hers" in boss.get("/tokens").text
    refused = send(viewer, "/tokens/revoke", {"number": str(number)}, "/tokens")
    assert refused.status_code == 404
    first = gated.here.accounts.tokens("viewer")[0].number
    assert send(boss, "/tokens/revoke", {"number": str(first)}, "/tokens").status_code == 303
    assert program.get("/api/v1/city", **shown).status_code == 401


def test_links_lead_to_the_accounts_they_name(unchanged: Gated) -> None:
    text = unchanged.browser("administrator").get("/users").text
    for link in re.findall(r'href="(/users/user\?[^"]+)"', text):
        (name,) = dict(parse_qsl(urlsplit(html.unescape(link)).query)).values()
        assert unchanged.here.accounts.user(name)
