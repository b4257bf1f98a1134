"""Two towns behind one gate, with somebody of every role in each."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlencode

import httpx
from starlette.types import ASGIApp
from tests.serve.conftest import CHEAP, OWN, make_page
from tests.serve.fake_store import FakeStore
from tests.serve.made_town import town_network

from gatusyn.model import CitySettings, LoginParams, Network, PublicParams, Role, User
from gatusyn.pipeline import SETTINGS_FILE, write_settings
from gatusyn.serve import LOCAL_HOSTS, Passwords, ServedTown, Vault, create_gate, new_key
from gatusyn.serve.attempts import Attempts
from gatusyn.serve.gate import Gate
from gatusyn.store import SqlStore, create_store

PASSWORD = "korrekt häst batteri"
HERE, THERE = "Björkvik", "Ekvik"
ROLES = [own for own in Role if own is not Role.PUBLIC]


def make_store(folder: Path, made: FakeStore, *, mark: str) -> SqlStore:
    """Return a store with the made-up town's grades and findings; ids begin with a mark."""
    network = made.network if mark == "" else marked(mark)
    store = create_store(folder, organisation="town", network=network)
    rows = [own for period in made.periods() for own in made.conditions(period=period)]
    store.write_derived(
        [
            replace(
                own,
                finding_id=mark + own.finding_id,
                section_id=mark + own.section_id,
                link_id=mark + own.link_id,
            )
            for own in made.findings()
        ],
        [replace(own, section_id=mark + own.section_id) for own in rows],
        stamp="first",
    )
    kept = CHEAP.hash(PASSWORD)
    for role in ROLES:
        areas = frozenset({f"{mark}Storgatan"}) if role is Role.CONTRACTOR else None
        store.accounts.add_user(
            User(
                name=role.value,
                display_name=role.value,
                role=role,
                areas=areas,
                password_hash=kept,
            )
        )
    return store


def marked(mark: str) -> Network:
    """Return the made-up town's network with every id and street name marked."""
    network = town_network()
    return replace(
        network,
        links=tuple(
            replace(own, link_id=mark + own.link_id, street_name=f"{mark}{own.street_name}")
            for own in network.links
        ),
        sections=tuple(
            replace(own, section_id=mark + own.section_id, link_id=mark + own.link_id)
            for own in network.sections
        ),
    )


@dataclass
class Browser:
    """Asks a service as a browser would: it keeps cookies and sends forms with their token."""

    app: ASGIApp
    base: str = OWN
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, url: str, *, content: str | None = None, **headers: str
    ) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            named.setdefault(
                "cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            )

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=self.base) as client:
                return await client.request(method, url, headers=named, content=content)

        answer = asyncio.run(send())
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
            if not self.cookies[name]:
                del self.cookies[name]
        return answer

    def get(self, url: str, **headers: str) -> httpx.Response:
        return self.ask("GET", url, **headers)

    def send(self, method: str, url: str, body: object = None, **headers: str) -> httpx.Response:
        """Send JSON as the page does."""
        own = {"origin": self.base, "content_type": "application/json"}
        return self.ask(
            method, url, content="" if body is None else json.dumps(body), **(own | headers)
        )

    def form(self, url: str, fields: dict[str, str], **headers: str) -> httpx.Response:
        """Send a form as it lies on its page, but for the token, which must be among the fields."""
        own = {"origin": self.base, "content_type": "application/x-www-form-urlencoded"}
        return self.ask("POST", url, content=urlencode(fields), **(own | headers))

    def csrf(self, url: str = "/login") -> str:
        """Return the token on a page."""
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.get(url).text)
        assert found is not None
        return found.group(1)

    def log_in(
        self,
        name: str,
        password: str = PASSWORD,
        *,
        town: str = HERE,
        code: str = "",
        after: str = "/",
    ) -> httpx.Response:
        """Fill in the form and send it."""
        fields = {"name": name, "password": password, "town": town, "code": code, "next": after}
        return self.form("/login", fields | {"csrf_token": self.csrf()})

    @property
    def session(self) -> str:
        return self.cookies.get("gatusyn", "")


@dataclass
class Gated:
    """A service over two towns."""

    app: ASGIApp
    here: SqlStore
    there: SqlStore
    vault: Vault

    def browser(self, name: str = "", *, town: str = HERE) -> Browser:
        """Return a browser, of somebody who has logged in if a name is given."""
        browser = Browser(self.app)
        if name:
            answer = browser.log_in(name, town=town)
            assert answer.status_code == 303, answer.text
        return browser

    @property
    def gate(self) -> Gate:
        """What stands behind the names and headers."""
        return self.app.app.app  # type: ignore[attr-defined,no-any-return]

    def close(self) -> None:
        """Stop: what waits for the audit log is written."""
        for town in self.gate.towns:
            town.audit.flush()
        self.here.close()
        self.there.close()


def make_gate(
    folder: Path,
    *,
    attempts: Attempts | None = None,
    hosts: Sequence[str] = LOCAL_HOSTS,
    has_folders: bool = False,
) -> Gated:
    """Serve two towns; with their folders everything can be written and worked out."""
    made = FakeStore(folder)
    here = make_store(folder / "here", made, mark="")
    there = make_store(folder / "there", made, mark="ek-")
    vault = Vault(new_key())
    login, public = LoginParams(), PublicParams(page=True)
    towns = [
        ServedTown(
            settings=CitySettings(name=name, login=login, public=public),
            store=store,
            vault=vault,
            folder=folder / place if has_folders else None,
        )
        for name, store, place in ((HERE, here, "here"), (THERE, there, "there"))
    ]
    if has_folders:
        for town in towns:
            assert town.folder is not None
            write_settings(town.folder / SETTINGS_FILE, town.settings)
    static = make_page(folder / "static")
    app = create_gate(
        towns, static=static, hosts=hosts, passwords=Passwords(CHEAP), attempts=attempts
    )
    return Gated(app=app, here=here, there=there, vault=vault)
