"""``gatusyn hold``: pictures that must stay, for a claim or a case."""

from __future__ import annotations

from typing import Annotated

import typer

from gatusyn.cli.noting import By, CityFolder, day, end_of, named, now, read_day
from gatusyn.cli.output import plain_console
from gatusyn.model import HoldSubject, SettingsError
from gatusyn.pipeline import bring_up_to_date, opened_city


def hold_app() -> typer.Typer:
    """Return the commands on holds."""
    app = typer.Typer(
        name="hold",
        help="Keeps pictures that are needed, for a claim or a case.",
        no_args_is_help=True,
    )
    for command in (add, release):
        app.command()(command)
    app.command(name="list")(list_holds)
    return app


def add(
    city: CityFolder,
    *,
    reason: Annotated[str, typer.Option(help="Why: the claim's or the case's number, no names.")],
    until: Annotated[str, typer.Option(help="The last day of the hold, YYYY-MM-DD.")],
    picture: Annotated[str | None, typer.Option(help="A picture: RUN/NUMBER.")] = None,
    section: Annotated[str | None, typer.Option(help="A section: all pictures of it.")] = None,
    finding: Annotated[str | None, typer.Option(help="A finding: all pictures of it.")] = None,
    by: By = None,
) -> None:
    """Keep the pictures of a picture's moment, a section or a finding until a day."""
    given = [
        (subject, name)
        for subject, name in zip(HoldSubject, (picture, section, finding), strict=True)
        if name is not None
    ]
    if len(given) != 1:
        raise SettingsError(
            "gatusyn hold add", "needs one thing to hold", "Give --picture, --section or --finding."
        )
    if not reason.strip():
        raise SettingsError("--reason", "is empty", "Say why: it stays with the hold.")
    until_s = end_of(read_day(until))
    if until_s <= now():
        raise SettingsError("--until", f"{until} is past", "Give today or a later day.")
    with opened_city(city) as opened:
        bring_up_to_date(opened)
        ((subject, name),) = given
        placed = opened.store.ledger.place_hold(
            subject, name, reason=reason, until_s=until_s, by=named(by), now_s=now()
        )
    plain_console().print(
        f"Hold {placed.number}: {len(placed.frames)} pictures of {subject.value} {name} stay "
        f"until {until}, and what is seen of it later.",
        markup=False,
    )


def list_holds(
    city: CityFolder,
    *,
    ended: Annotated[bool, typer.Option("--ended", help="Also those that have ended.")] = False,
) -> None:
    """List the holds."""
    with opened_city(city) as opened:
        holds = opened.store.ledger.holds()
    moment = now()
    shown = [one for one in holds if ended or one.holds_at(moment)]
    for one in shown:
        state = "" if one.holds_at(moment) else "  (ended)"
        plain_console().print(
            f"{one.number}  {one.subject.value} {one.subject_id}  until {day(one.until_s - 1)}  "
            f"{one.reason}  ({one.placed_by}, {day(one.placed_s)}){state}",
            markup=False,
        )
    if not shown:
        plain_console().print("No holds.")


def release(
    city: CityFolder,
    number: Annotated[int, typer.Argument(help="The hold's number, as `list` shows it.")],
    *,
    by: By = None,
) -> None:
    """End a hold before its day."""
    with opened_city(city) as opened:
        ended = opened.store.ledger.release_hold(number, by=named(by), now_s=now())
    assert ended.released_s is not None
    plain_console().print(f"Hold {number}: ended on {day(ended.released_s)}.", markup=False)
