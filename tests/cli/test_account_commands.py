"""Accounts, tokens and the audit log, as an administrator types them."""

from __future__ import annotations

import io
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from tests.run_cli import run_cli
from tests.store.made_store import make_network

from gatusyn.model import AuditEntry, CitySettings, Permission, Role
from gatusyn.pipeline import write_settings
from gatusyn.serve import hash_of
from gatusyn.store import SqlStore, create_store, open_store

PASSWORD = "korrekt häst batteri"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return make_city(tmp_path / "city", "Björkvik")


def make_city(folder: Path, name: str) -> Path:
    create_store(folder, organisation="town", network=make_network()).close()
    write_settings(folder / "gatusyn.toml", CitySettings(name=name))
    return folder


class Typed:
    """The command line with a password on standard input."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *words: object, typed: str = "") -> tuple[int, str, str]:
        self._monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = run_cli(self._monkeypatch, *words)
        said = self._capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    return Typed(monkeypatch, capsys)


def opened(city: Path) -> SqlStore:
    return open_store(city, organisation="town")


ADMINISTRATOR = ("--role", "administrator")


def test_accounts_are_made_changed_and_disabled(city: Path, run: Typed) -> None:
    assert "There are none" in run("user", "list", city)[1]
    assert run("user", "add", city, "boss", typed=PASSWORD)[0] == 2, "the first looks after them"
    assert run("user", "add", city, "boss", *ADMINISTRATOR, typed=PASSWORD + "\n")[0] == 0
    with_area = ("--role", "contractor", "--area", "Storgatan", "--treatment", "overlay")
    assert run("user", "add", city, "kajsa", *with_area, typed=PASSWORD)[0] == 0
    assert run("user", "role", city, "kajsa", "reviewer")[0] == 0
    assert run("user", "disable", city, "kajsa")[0] == 0
    with opened(city) as store:
        boss, kajsa = store.accounts.users()
        assert (boss.role, kajsa.role) == (Role.ADMINISTRATOR, Role.REVIEWER)
        assert (kajsa.areas, kajsa.disabled) == (None, True)
        assert PASSWORD not in str(boss.password_hash)
        before = boss.password_hash
    listed = run("user", "list", city)[1]
    assert "disabled" in listed
    assert run("user", "disable", city, "kajsa", "--undo")[0] == 0
    assert run("user", "password", city, "boss", typed="fyra glada grodor\n")[0] == 0
    assert run("user", "totp-off", city, "boss")[0] == 0
    with opened(city) as store:
        assert store.accounts.user("boss").password_hash != before
        said = [(own.what, own.about) for own in store.accounts.entries()]
    assert said[0] == ("user totp-off", "boss")
    assert ("user role reviewer", "kajsa") in said


@pytest.mark.parametrize(
    ("words", "typed", "code"),
    [
        (("user", "add", "boss2"), "", 2),
        (("user", "add", "boss2"), "short\n", 12),
        (("user", "add", "Boss 2"), PASSWORD, 12),
        (("user", "add", "boss"), PASSWORD, 12),
        (("user", "add", "x", "--role", "contractor"), PASSWORD, 12),
        (("user", "add", "x", "--role", "public"), PASSWORD, 12),
        (("user", "add", "x", "--subject", "7"), "", 2),
        (("user", "add", "x", "--role", "king"), PASSWORD, 2),
        (("user", "role", "boss", "viewer"), "", 12),
        (("user", "disable", "boss"), "", 12),
        (("user", "password", "nobody"), PASSWORD, 12),
        (("token", "new", "nobody", "QGIS"), "", 12),
        (("token", "new", "boss", ""), "", 12),
        (("token", "revoke", "9"), "", 12),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    city: Path, run: Typed, words: tuple[str, ...], typed: str, code: int
) -> None:
    assert run("user", "add", city, "boss", *ADMINISTRATOR, typed=PASSWORD)[0] == 0
    found, _, said = run(*words[:2], city, *words[2:], typed=typed)
    assert found == code, said
    assert said


def test_tokens_are_shown_once(city: Path, run: Typed) -> None:
    run("user", "add", city, "boss", *ADMINISTRATOR, typed=PASSWORD)
    code, token, _ = run("token", "new", city, "boss", "QGIS", "--days", 0)
    assert code == 0
    assert run("token", "new", city, "boss", "more", "--scope", "plan")[0] == 0
    with opened(city) as store:
        found = store.accounts.who_has_token(hash_of(token.strip()))
        assert found is not None
        assert (found[0].scopes, found[0].ends_s) == (frozenset({Permission.SEE_TOWN}), None)
    listed = run("token", "list", city)[1]
    assert "boss: QGIS  (see-town)  no end, never used" in listed
    assert token.strip() not in listed
    assert run("token", "revoke", city, 1)[0] == 0
    assert "QGIS" not in run("token", "list", city)[1]


def test_the_audit_log_is_printed_and_written(city: Path, run: Typed, tmp_path: Path) -> None:
    with opened(city) as store:
        store.accounts.note(
            [
                AuditEntry(time_s=1e9, who="=cmd()", what="log-in"),
                AuditEntry(time_s=1.8e9, who="kajsa", what="GET /x", about="run/1"),
            ]
        )
    printed = run("audit", city)[1].splitlines()
    assert printed[0].startswith("2027-01-15")
    assert "kajsa  GET /x  run/1  done" in printed[0]
    assert len(run("audit", city, "--since", "2026-01-01")[1].splitlines()) == 1
    assert "There are more" in run("audit", city, "--limit", 1)[1]
    assert run("audit", city, "--who", "nobody")[1] == ""
    file = tmp_path / "audit.csv"
    assert run("audit", city, "--csv", file)[0] == 0
    written = file.read_text("utf-8-sig")
    assert written.splitlines()[0] == "time;who;what;about;outcome;address"
    assert ";'=cmd();" in written, "no formula for a spreadsheet"
    assert run("audit", city, "--csv", file)[0] == 2


def served(
    monkeypatch: pytest.MonkeyPatch, run: Typed, *words: object
) -> tuple[int, dict[str, Any], str]:
    given: dict[str, Any] = {}
    module = import_module("gatusyn.cli.serve")
    monkeypatch.setattr("uvicorn.run", lambda app, **options: given.update(options))
    for maker in ("create_app", "create_gate"):

        def made(*towns: Any, maker: str = maker, **options: Any) -> str:
            given.update(options, maker=maker, towns=towns)
            return maker

        monkeypatch.setattr(module, maker, made)
    code, _, said = run("serve", *words)
    return code, given, said


def test_with_accounts_people_log_in(
    city: Path, run: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert served(monkeypatch, run, city)[1]["maker"] == "create_app"
    assert served(monkeypatch, run, city, "--host", "0.0.0.0")[0] == 2
    run("user", "add", city, "boss", *ADMINISTRATOR, typed=PASSWORD)
    assert served(monkeypatch, run, city)[1]["maker"] == "create_gate"
    key = city / "secret.key"
    assert key.stat().st_mode & 0o077 == 0
    kept = key.read_bytes()
    line = ("--host", "0.0.0.0", "--public-address", "https://streets.example")
    assert served(monkeypatch, run, city, *line)[0] == 0
    assert key.read_bytes() == kept
    for wrong in (
        ("--host", "0.0.0.0"),
        ("--public-address", "http://streets.example"),
        ("--review", "Anna"),
    ):
        code, _, said = served(monkeypatch, run, city, *wrong)
        assert code == 2, said
    other = make_city(tmp_path / "other", "Ekvik")
    assert served(monkeypatch, run, city, other)[0] == 2, "it has no accounts"
    run("user", "add", other, "boss", *ADMINISTRATOR, typed=PASSWORD)
    code, given, _ = served(monkeypatch, run, city, other)
    assert (code, len(given["towns"][0])) == (0, 2)
    same = make_city(tmp_path / "same", "Ekvik")
    run("user", "add", same, "boss", *ADMINISTRATOR, typed=PASSWORD)
    assert served(monkeypatch, run, same, other)[0] == 2, "of the same name"
