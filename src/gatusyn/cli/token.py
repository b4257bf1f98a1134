"""``gatusyn token``: what programs show in place of a log-in."""

from __future__ import annotations

from typing import Annotated

import typer

from gatusyn.cli.noting import By, CityFolder, day, named, now
from gatusyn.cli.output import plain_console
from gatusyn.model import ApiToken, AuditEntry, Permission
from gatusyn.pipeline import opened_city
from gatusyn.serve import hash_of, new_api_token

DAY_S = 86_400.0


def token_app() -> typer.Typer:
    """Return the commands on tokens."""
    app = typer.Typer(
        name="token", help="Tokens for QGIS and other programs.", no_args_is_help=True
    )
    app.command()(new)
    app.command(name="list")(list_tokens)
    app.command()(revoke)
    return app


def new(
    city: CityFolder,
    user: Annotated[str, typer.Argument(help="Whose token it is: it may no more than they.")],
    label: Annotated[str, typer.Argument(help="What it is for.")],
    *,
    scope: Annotated[
        list[Permission] | None,
        typer.Option(help="What it may; repeat it. By default: see the town, without pictures."),
    ] = None,
    days: Annotated[
        int, typer.Option(help="For how many days it works; 0 until it is revoked.", min=0)
    ] = 365,
    by: By = None,
) -> None:
    """Make a token; it is shown this once."""
    token, now_s = new_api_token(), now()
    made = ApiToken(
        label=label,
        user=user,
        scopes=frozenset(scope or [Permission.SEE_TOWN]),
        made_s=now_s,
        ends_s=now_s + days * DAY_S if days else None,
    )
    with opened_city(city) as opened:
        kept = opened.store.accounts.add_token(made, hash_of(token))
        about = f"token {kept.number} ({label}) of {user}"
        opened.store.accounts.note([_entry(by, "token new", about)])
    plain_console().print(token, markup=False)


def list_tokens(city: CityFolder) -> None:
    """List the tokens: whose, what for, until when, and when they were last used."""
    with opened_city(city) as opened:
        tokens = opened.store.accounts.tokens()
    for one in tokens:
        until = "no end" if one.ends_s is None else f"until {day(one.ends_s)}"
        used = "never used" if one.used_on is None else f"used {one.used_on.isoformat()}"
        scopes = ", ".join(sorted(one.scopes))
        plain_console().print(
            f"{one.number:>4}  {one.user}: {one.label}  ({scopes})  {until}, {used}", markup=False
        )
    if not tokens:
        plain_console().print("There are none.")


def revoke(
    city: CityFolder,
    number: Annotated[int, typer.Argument(help="The token's number, as `list` shows it.")],
    *,
    by: By = None,
) -> None:
    """Have a token work no more, at once."""
    with opened_city(city) as opened:
        opened.store.accounts.revoke_token(number)
        opened.store.accounts.note([_entry(by, "token revoke", f"token {number}")])
    plain_console().print(f"Token {number} works no more.")


def _entry(by: str | None, what: str, about: str) -> AuditEntry:
    return AuditEntry(time_s=now(), who=f"{named(by)} (at the machine)", what=what, about=about)
