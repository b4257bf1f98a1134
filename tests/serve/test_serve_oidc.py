"""Logging in at an identity provider that runs, over real HTTP; what is not as it must be."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from joserfc.jwk import RSAKey
from starlette.types import ASGIApp
from tests.serve.conftest import CHEAP
from tests.serve.fake_store import FakeStore
from tests.serve.gated import HERE, Browser, make_store
from tests.serve.made_provider import SECRET, MadeProvider, provided

from gatusyn.model import CitySettings, LoginParams, Role, SettingsError, User
from gatusyn.serve import Passwords, Provider, ServedTown, Vault, create_gate, new_key
from gatusyn.store import SqlStore

ROLES = {"Gatukontoret": Role.ENGINEER, "IT": Role.ADMINISTRATOR}


@pytest.fixture(scope="module")
def running() -> Iterator[MadeProvider]:
    with provided() as provider:
        yield provider


@pytest.fixture
def provider(running: MadeProvider) -> MadeProvider:
    fresh = MadeProvider(issuer=running.issuer, key=running.key)
    vars(running).update(vars(fresh))
    return running


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    folder = tmp_path_factory.mktemp("oidc")
    with make_store(folder / "here", FakeStore(folder), mark="") as made:
        yield made


def served(store: SqlStore, provider: MadeProvider, **login: Any) -> Browser:
    params = LoginParams(issuer=provider.issuer, **login)
    town = ServedTown(
        settings=CitySettings(name=HERE, login=params),
        store=store,
        vault=Vault(new_key()),
        provider=Provider(params, SECRET),
    )
    return Browser(create_gate([town], passwords=Passwords(CHEAP)))


def begin(browser: Browser, after: str = "/") -> str:
    fields = {"town": HERE, "next": after, "csrf_token": browser.csrf()}
    answer = browser.form("/login/oidc", fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def come_back(browser: Browser, brought: dict[str, str]) -> httpx.Response:
    return browser.get(f"/login/oidc/back?{urlencode(brought)}")


def enter(browser: Browser, provider: MadeProvider, after: str = "/") -> httpx.Response:
    return come_back(browser, provider.agree(begin(browser, after)))


def is_in(browser: Browser) -> bool:
    return str(browser.get("/api/v1/me").json()["role"]) != "public"


def test_who_has_a_role_there_is_let_in(store: SqlStore, provider: MadeProvider) -> None:
    browser = served(store, provider, roles=ROLES)
    provider.subject, provider.more = "role", {"groups": ["All", "Gatukontoret"]}
    answer = enter(browser, provider, "/?street=Storgatan")
    assert (answer.status_code, answer.headers["location"]) == (303, "/?street=Storgatan")
    me = browser.get("/api/v1/me").json()
    assert (me["name"], me["role"]) == ("åsa.öberg", "engineer")
    kept = store.accounts.user("åsa.öberg")
    assert kept.subject == f"{provider.issuer} role"
    assert kept.password_hash is None
    assert browser.log_in("åsa.öberg", "").status_code == 401, "they have no password here"
    provider.more = {"groups": "IT"}
    assert enter(browser, provider).headers["location"] == "/"
    assert browser.get("/api/v1/me").json()["role"] == "administrator", "as the provider says now"
    provider.more = {"groups": []}
    assert "fault" in enter(browser, provider).headers["location"]
    provider.subject, provider.more = "other", {"groups": ["IT"]}
    enter(browser, provider)
    assert browser.get("/api/v1/me").json()["name"] == "åsa.öberg-2", "nobody becomes another"
    store.accounts.change_user(replace(store.accounts.user("åsa.öberg-2"), disabled=True))
    assert "fault" in enter(browser, provider).headers["location"]
    assert not is_in(browser)


def test_unknown_people_are_viewers_only_if_the_town_says_so(
    store: SqlStore, provider: MadeProvider
) -> None:
    provider.subject, provider.more = "new", {"preferred_username": "ny"}
    browser = served(store, provider)
    assert "fault" in enter(browser, provider).headers["location"]
    assert not is_in(browser)
    browser = served(store, provider, let_in=True)
    enter(browser, provider)
    assert browser.get("/api/v1/me").json()["role"] == "viewer"


def test_contractors_keep_their_part(store: SqlStore, provider: MadeProvider) -> None:
    store.accounts.add_user(
        User(
            name="vägbolaget",
            display_name="",
            role=Role.CONTRACTOR,
            areas=frozenset({"Storgatan"}),
            subject=f"{provider.issuer} builder",
        )
    )
    provider.subject, provider.more = "builder", {"groups": ["IT"]}
    browser = served(store, provider, roles=ROLES)
    enter(browser, provider)
    assert browser.get("/api/v1/me").json()["areas"] == ["Storgatan"]


PAST = int(time.time()) - 4000


@pytest.fixture(scope="module")
def open_door(store: SqlStore, running: MadeProvider) -> ASGIApp:
    """A service that lets in whom the provider vouches for: for tests of whom it refuses."""
    vars(running).update(vars(MadeProvider(issuer=running.issuer, key=running.key)))
    browser = served(store, running, let_in=True)
    enter(browser, running)
    assert is_in(browser)
    return browser.app


@pytest.mark.parametrize(
    "more",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": ["gatusyn", "another"]},
        {"aud": []},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": PAST},
        {"exp": None},
        {"iat": int(time.time()) + 4000},
        {"sub": None},
        {"iss": None},
        {"aud": None},
    ],
)
def test_a_token_that_is_not_for_this_log_in_is_refused(
    open_door: ASGIApp, provider: MadeProvider, more: dict[str, Any]
) -> None:
    browser = Browser(open_door)
    provider.more = more
    assert enter(browser, provider).headers["location"] == "/login?fault=provider"
    assert not is_in(browser)
    assert "lyckades inte" in browser.get("/login?fault=provider").text


def unsigned(provider: MadeProvider, algorithm: str) -> str:
    parts = [{"alg": algorithm, "kid": "one"}, {"iss": provider.issuer, "sub": "1"}]
    texts = [
        base64.urlsafe_b64encode(json.dumps(own).encode()).decode().rstrip("=") for own in parts
    ]
    return f"{texts[0]}.{texts[1]}."


@pytest.mark.parametrize("kind", ["none", "None", "HS256", "nonsense", "empty", "foreign"])
def test_a_token_that_the_provider_did_not_sign_is_refused(
    open_door: ASGIApp, provider: MadeProvider, kind: str
) -> None:
    browser = Browser(open_door)
    if kind == "foreign":
        provider.signing = RSAKey.generate_key(2048, {"kid": "one"})
    else:
        provider.raw_token = {"nonsense": "x.y.z", "empty": " "}.get(kind, unsigned(provider, kind))
    assert enter(browser, provider).headers["location"] == "/login?fault=provider"
    assert not is_in(browser)


def test_what_comes_back_must_belong_to_this_browser(
    store: SqlStore, provider: MadeProvider
) -> None:
    browser = served(store, provider, let_in=True)
    brought = provider.agree(begin(browser))
    wrong_state = come_back(browser, brought | {"state": "another"})
    assert wrong_state.headers["location"] == "/login?fault=state"
    victim = Browser(browser.app)
    assert come_back(victim, brought).headers["location"] == "/login?fault=provider"
    assert not is_in(victim)
    again = come_back(browser, brought)
    assert again.headers["location"] == "/login?fault=state", "a state works once"
    brought = provider.agree(begin(browser))
    assert (
        come_back(browser, brought | {"code": "guessed"}).headers["location"].endswith("provider")
    )
    assert not is_in(browser)
    assert browser.form("/login/oidc", {"town": HERE}).status_code == 403, "not without its token"


def test_a_log_in_that_took_too_long_is_refused(
    store: SqlStore, provider: MadeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = served(store, provider, let_in=True)
    brought = provider.agree(begin(browser))
    at_provider = browser.app.app.app.towns[0].provider  # type: ignore[attr-defined]
    monkeypatch.setattr(at_provider, "_clock", lambda: time.time() + 601)
    assert come_back(browser, brought).headers["location"] == "/login?fault=provider"


def test_a_provider_of_another_name_or_out_of_reach_is_told(
    store: SqlStore, provider: MadeProvider
) -> None:
    provider.described_issuer = "https://evil.example"
    assert begin(served(store, provider)) == "/login?fault=provider"
    away = replace(provider, issuer="http://127.0.0.1:9")
    assert begin(served(store, away)) == "/login?fault=provider"


@pytest.mark.parametrize("issuer", ["http://login.example", "ftp://x", "login.example", ""])
def test_the_line_to_the_provider_is_encrypted(issuer: str) -> None:
    with pytest.raises(SettingsError, match="https"):
        Provider(LoginParams(issuer=issuer), SECRET)


def test_roles_that_need_more_than_a_name_are_not_given_by_a_provider(tmp_path: Path) -> None:
    for role in (Role.CONTRACTOR, Role.PUBLIC):
        with pytest.raises(SettingsError, match="contractor"):
            LoginParams(roles={"x": role})
