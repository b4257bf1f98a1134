"""``gatusyn user``: who may log in to a city."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated

import typer

from gatusyn.cli.noting import By, CityFolder, named, now
from gatusyn.cli.output import plain_console
from gatusyn.model import AuditEntry, Role, SettingsError, User
from gatusyn.pipeline import opened_city
from gatusyn.serve import Passwords, without_second
from gatusyn.store import AccountBook

Name = Annotated[str, typer.Argument(help="The account's name, with which they log in.")]
Areas = Annotated[
    list[str] | None,
    typer.Option("--area", help="Contractors: a street (or a programme's district); repeat it."),
]
Treatments = Annotated[
    list[str] | None,
    typer.Option("--treatment", help="Contractors: a treatment, all if left out; repeat it."),
]


def user_app() -> typer.Typer:
    """Return the commands on accounts."""
    app = typer.Typer(
        name="user", help="Who may log in, and what they may do.", no_args_is_help=True
    )
    app.command()(add)
    app.command(name="list")(list_users)
    app.command()(role)
    app.command()(disable)
    app.command()(password)
    app.command(name="totp-off")(totp_off)
    return app


def add(
    city: CityFolder,
    name: Name,
    *,
    role: Annotated[
        Role, typer.Option(help="What they are; the first account is an administrator's.")
    ] = Role.VIEWER,
    display_name: Annotated[str, typer.Option(help="Their name as others read it.")] = "",
    email: Annotated[str, typer.Option(help="For those who look after accounts.")] = "",
    area: Areas = None,
    treatment: Treatments = None,
    subject: Annotated[
        str | None,
        typer.Option(
            help="Who they are at the identity provider (its claim `sub`): they need no password."
        ),
    ] = None,
    by: By = None,
) -> None:
    """Make an account; the password is asked for, or read from standard input."""
    with _accounts(city, by, "user add", name) as accounts:
        if role is not Role.ADMINISTRATOR and not accounts.users():
            raise SettingsError(
                "--role",
                f"is {role}, and there is nobody yet who looks after accounts",
                "Make the first account with --role administrator.",
            )
        made = User(
            name=name,
            display_name=display_name or name,
            email=email,
            role=role,
            areas=_set_of(area),
            treatments=_set_of(treatment),
            subject=None if subject is None else f"{_issuer(city)} {subject}",
            made_s=now(),
        )
        if subject is None:
            made = replace(made, password_hash=Passwords().make(ask_password(), name=name))
        accounts.add_user(made)
    plain_console().print(f"{name} may log in as {role.value}.", markup=False)


def list_users(city: CityFolder) -> None:
    """List the accounts."""
    with opened_city(city) as opened:
        users = opened.store.accounts.users()
    for one in users:
        limits = "" if one.areas is None else f"  areas: {', '.join(sorted(one.areas))}"
        limits += "" if one.treatments is None else f"  only: {', '.join(sorted(one.treatments))}"
        plain_console().print(
            f"{one.name:<24}{one.role.value:<15}{'disabled' if one.disabled else '':<10}"
            f"{'codes' if one.totp_secret else '':<7}{'provider' if one.subject else '':<10}"
            f"{one.display_name}{limits}",
            markup=False,
        )
    if not users:
        plain_console().print("There are none: everybody at this machine sees all.")


def role(
    city: CityFolder,
    name: Name,
    new_role: Annotated[Role, typer.Argument(metavar="ROLE", help="What they are from now on.")],
    *,
    area: Areas = None,
    treatment: Treatments = None,
    by: By = None,
) -> None:
    """Change what somebody may do, at once."""
    with _accounts(city, by, f"user role {new_role.value}", name) as accounts:
        accounts.change_user(
            replace(
                accounts.user(name),
                role=new_role,
                areas=_set_of(area),
                treatments=_set_of(treatment),
            )
        )
    plain_console().print(f"{name} is {new_role.value}.", markup=False)


def disable(
    city: CityFolder,
    name: Name,
    *,
    undo: Annotated[bool, typer.Option("--undo", help="Let them log in again.")] = False,
    by: By = None,
) -> None:
    """Have somebody log in no more; they are logged out at once, and their tokens stop."""
    what = "user disable --undo" if undo else "user disable"
    with _accounts(city, by, what, name) as accounts:
        accounts.change_user(replace(accounts.user(name), disabled=not undo))
    plain_console().print(f"{name} {'may log in again' if undo else 'is disabled'}.", markup=False)


def password(city: CityFolder, name: Name, *, by: By = None) -> None:
    """Give somebody a new password (asked for, or from standard input); log them out everywhere."""
    with _accounts(city, by, "user password", name) as accounts:
        user = accounts.user(name)
        kept = Passwords().make(ask_password(), name=name)
        accounts.change_user(replace(user, password_hash=kept))
        accounts.end_sessions(name)
    plain_console().print(f"{name} has a new password.", markup=False)


def totp_off(city: CityFolder, name: Name, *, by: By = None) -> None:
    """Switch off somebody's codes from a phone, which they have lost."""
    with _accounts(city, by, "user totp-off", name) as accounts:
        accounts.change_user(without_second(accounts.user(name)))
    plain_console().print(f"{name} logs in without codes.", markup=False)


def ask_password() -> str:
    """Return a password: asked for twice at a terminal, else the first line of standard input.

    It is never an argument: others on the machine could read that, and the shell remembers it.

    Raises
    ------
    SettingsError
        If none was given, or two different ones.
    """
    if not sys.stdin.isatty():
        line = sys.stdin.readline().rstrip("\r\n")
        if not line:
            raise SettingsError("the password", "is not on standard input", "Type it there.")
        return line
    first = getpass.getpass("New password: ")
    if getpass.getpass("Once more: ") != first:
        raise SettingsError("the password", "was not typed the same twice", "Try again.")
    return first


@contextmanager
def _accounts(city: CityFolder, by: str | None, what: str, about: str) -> Iterator[AccountBook]:
    """Lend a city's accounts; what was done is noted in the audit log."""
    who = named(by)
    with opened_city(city) as opened:
        yield opened.store.accounts
        entry = AuditEntry(time_s=now(), who=f"{who} (at the machine)", what=what, about=about)
        opened.store.accounts.note([entry])


def _set_of(names: list[str] | None) -> frozenset[str] | None:
    return frozenset(names) if names else None


def _issuer(city: CityFolder) -> str:
    with opened_city(city) as opened:
        issuer = opened.settings.login.issuer
    if issuer is None:
        raise SettingsError(
            "--subject", "needs an identity provider", "Set `issuer` in [login] first."
        )
    return issuer
