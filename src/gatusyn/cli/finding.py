"""``gatusyn finding``: what people say of findings, and what is known of each."""

from __future__ import annotations

from typing import Annotated

import typer

from gatusyn.cli.noting import By, CityFolder, day, named, now
from gatusyn.cli.output import plain_console
from gatusyn.model import DamageKind, Finding, FindingState, VerdictKind
from gatusyn.pipeline import bring_up_to_date, finding_named, opened_city, say_of_finding

FindingId = Annotated[
    str, typer.Argument(help="The finding's id, as `list` and the exports show it.")
]
Why = Annotated[str, typer.Option(help="Why: it stays with the finding. No names.")]


def finding_app() -> typer.Typer:
    """Return the commands on findings."""
    app = typer.Typer(
        name="finding",
        help="Corrects the machine: later drives respect what you say of a finding.",
        no_args_is_help=True,
    )
    for command in (reject, confirm, show):
        app.command()(command)
    app.command(name="list")(list_findings)
    return app


def reject(city: CityFolder, finding: FindingId, *, why: Why, by: By = None) -> None:
    """Say that a finding is not there: a shadow, a joint, a wet spot."""
    _say(city, finding, VerdictKind.WRONG, why=why, by=by)
    plain_console().print(f"{finding}: rejected. It does not count any more.", markup=False)


def confirm(
    city: CityFolder,
    finding: FindingId,
    *,
    why: Why,
    kind: Annotated[
        DamageKind | None, typer.Option(help="What it is, where it is of another kind.")
    ] = None,
    by: By = None,
) -> None:
    """Say that a finding is right, or that it is there and of another kind.

    Takes back that it was rejected.
    """
    verdict = VerdictKind.RIGHT if kind is None else VerdictKind.OTHER_KIND
    _say(city, finding, verdict, why=why, by=by, kind=kind)
    what = "" if kind is None else f" as {kind.words}"
    plain_console().print(f"{finding}: confirmed{what}.", markup=False)


def list_findings(
    city: CityFolder,
    *,
    state: Annotated[FindingState | None, typer.Option(help="Only those in this state.")] = None,
    section: Annotated[str | None, typer.Option(help="Only those of a section.")] = None,
) -> None:
    """List findings, one a line: id, state, kind, section, size, when and how often seen."""
    with opened_city(city) as opened:
        bring_up_to_date(opened)
        found = opened.store.findings(section_id=section)
    shown = [one for one in found if state is None or one.state is state]
    for one in shown:
        plain_console().print(_line(one), markup=False)
    if not shown:
        plain_console().print("No findings.")


def show(city: CityFolder, finding: FindingId) -> None:
    """Show a finding with what was said of it and what became of its id."""
    with opened_city(city) as opened:
        bring_up_to_date(opened)
        ledger = opened.store.finding_ledger
        events = ledger.events(finding_id=finding)
        said = [one for one in ledger.verdicts() if one.finding_id == finding]
        found = finding_named(opened, finding)
    plain_console().print(_line(found), markup=False)
    for verdict in said:
        kind = f" {verdict.said_kind.words}" if verdict.said_kind else ""
        plain_console().print(
            f"  {day(verdict.said_s)}  {verdict.verdict.value.replace('_', ' ')}{kind}: "
            f"{verdict.why}  ({verdict.by})",
            markup=False,
        )
    for event in events:
        other = f" ({event.finding_id} and {event.other_id})" if event.other_id else ""
        plain_console().print(
            f"  {day(event.changed_s)}  {event.change.value}: {event.why}{other}", markup=False
        )


def _say(
    city: CityFolder,
    finding: str,
    verdict: VerdictKind,
    *,
    why: str,
    by: str | None,
    kind: DamageKind | None = None,
) -> None:
    with opened_city(city) as opened:
        say_of_finding(opened, finding, verdict, why=why, by=named(by), now_s=now(), said_kind=kind)


def _line(one: Finding) -> str:
    ended = f" {day(one.ended_s)}" if one.ended_s is not None else ""
    grows = f"  {one.growth.value}" if one.growth_m2_year is not None else ""
    return (
        f"{one.finding_id}  {one.state.value}{ended}  {one.kind.words}  {one.section_id}  "
        f"{one.area_m2:.2f} m2  {day(one.first_seen_s)} to {day(one.last_seen_s)}  "
        f"seen in {one.sightings} of {one.looks} frames, by {one.drives} drives{grows}"
    )
