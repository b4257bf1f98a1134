"""The programme: a budget, what it buys, streets put in or out, and programmes that were saved."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from gatusyn.model import (
    FormFault,
    Permission,
    Scenario,
    ScenarioKind,
    TownProgramme,
    Visitor,
)
from gatusyn.pipeline import StreetLock, gap_words, project_rows
from gatusyn.serve.errors import QueryError
from gatusyn.serve.pages.board import lanes_of
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.form_words import told_error
from gatusyn.serve.pages.links import page_link
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.planner import DOCUMENTS, Planner, Wish, wish_text
from gatusyn.serve.visitor import whole_town

USUAL_BUDGET_SEK = 5_000_000.0
MOST_LOCKS = 50
SCENARIOS = {
    ScenarioKind.NOTHING: N_("do nothing"),
    ScenarioKind.WORST_FIRST: N_("worst first"),
    ScenarioKind.OWN_LIST: N_("own list"),
    ScenarioKind.OURS: N_("this programme"),
    ScenarioKind.NO_SEALING: N_("without sealing"),
}

Budget = Annotated[float | None, Query(ge=0, le=1e12, description="SEK a year")]
Years = Annotated[int | None, Query(ge=1, le=20)]
Streets = Annotated[
    list[Annotated[str, Query(max_length=200)]] | None, Query(max_length=MOST_LOCKS)
]
Name = Annotated[str, Query(min_length=1, max_length=100)]
Planning = Annotated[Visitor, Depends(whole_town(Permission.PLAN))]


def programme_pages(desk: Desk, planner: Planner, base: Callable[[Request], str]) -> APIRouter:
    """Return the routes of programmes."""
    router = APIRouter(
        prefix="/programme",
        dependencies=[Depends(whole_town(Permission.SEE_TOWN))],
        include_in_schema=False,
    )

    def wish_of(
        budget: Budget = None, years: Years = None, never: Streets = None, must: Streets = None
    ) -> Wish:
        params = planner.city.settings.programme
        return make_wish(
            budget if budget is not None else params.budget_sek or USUAL_BUDGET_SEK,
            years or params.years,
            never or [],
            must or [],
        )

    @router.get("")
    def programme(request: Request, wish: Wish = Depends(wish_of)) -> Response:  # noqa: B008
        usual = planner.city.settings.programme.budget_sek or USUAL_BUDGET_SEK
        return desk.show(
            request,
            "programme.html",
            wish=wish,
            query=wish_query(wish),
            most_sek=max(4 * usual, wish.budget_sek),
            step_sek=max(usual / 50, 1),
            fields=wish_text(wish.locks),
            saved=planner.city.store.programmes.saved(),
            fault="",
            name="",
        )

    @router.get("/result")
    def result(request: Request, wish: Wish = Depends(wish_of)) -> Response:  # noqa: B008
        job = planner.ask(wish)
        plain = job if not wish.locks else planner.ask(unlocked(wish))
        made, other = job.result, plain.result
        fault = job.fault or plain.fault
        query = wish_query(wish)
        if fault is None and (made is None or other is None):
            return desk.show(request, "programme_wait.html", job=job, query=query)
        reader = desk.reader_of(request)
        content: dict[str, Any] = {"fault": told_error(fault, reader), "query": query, "wish": wish}
        if made is not None and other is not None:
            content |= beside_unlocked(made[0], other[0], wish, reader.language)
        return desk.show(request, "programme_result.html", **content)

    @router.get("/export.{kind}")
    def export(
        request: Request,
        kind: str,
        wish: Wish = Depends(wish_of),  # noqa: B008
        name: Annotated[str, Query(max_length=100)] = "",
    ) -> Response:
        made = planner.finished(wish)
        if name:
            made = planner.saved.programme(name), made[1]
        link = base(request).rstrip("/") + "/#section={section}"
        content = planner.document(made, kind, language=desk.reader_of(request).language, link=link)
        headers = {"Content-Disposition": f'attachment; filename="programme.{kind}"'}
        return Response(content, media_type=DOCUMENTS[kind], headers=headers)

    @router.get("/put-in")
    def put_in(
        street: Annotated[str, Query(min_length=1, max_length=200)],
        treatment: Annotated[str, Query(min_length=1, max_length=60)],
        year: Annotated[int, Query(ge=1950, le=2200)],
        wish: Wish = Depends(wish_of),  # noqa: B008
    ) -> Response:
        own = StreetLock(street=street, treatment=treatment, year=year)
        more = Wish(budget_sek=wish.budget_sek, years=wish.years, locks=(*wish.locks, own))
        return RedirectResponse(f"/programme?{wish_query(more)}", HTTPStatus.SEE_OTHER)

    add_saved(router, desk, planner)
    return router


def add_saved(router: APIRouter, desk: Desk, planner: Planner) -> None:
    """Add the routes of programmes that are saved."""

    @router.post("/save")
    def save(
        request: Request,
        visitor: Planning,
        name: Annotated[str, Form(max_length=100)],
        budget: Annotated[float, Form(ge=0, le=1e12)],
        years: Annotated[int, Form(ge=1, le=20)],
        never: Annotated[list[str] | None, Form()] = None,
        must: Annotated[list[str] | None, Form()] = None,
    ) -> Response:
        wish = make_wish(budget, years, (never or [])[:MOST_LOCKS], (must or [])[:MOST_LOCKS])
        if not name.strip():
            raise QueryError(
                "The name",
                "is empty",
                "Give the programme a name.",
                form=FormFault.PROGRAMME_UNNAMED,
            )
        planner.save(planner.finished(wish)[0], name=name.strip(), by=visitor.name)
        return RedirectResponse(
            page_link("/programme/saved", name=name.strip()), HTTPStatus.SEE_OTHER
        )

    @router.get("/saved")
    def saved(
        request: Request, name: Name, other: Annotated[str, Query(max_length=100)] = ""
    ) -> Response:
        programme = planner.saved.programme(name)
        language = desk.reader_of(request).language
        return desk.show(
            request,
            "programme_saved.html",
            compared=planner.saved.programme(other) if other else None,
            others=[own.name for own in planner.city.store.programmes.saved() if own.name != name],
            **shown(programme, language),
        )


def make_wish(budget: float, years: int, never: list[str], must: list[str]) -> Wish:
    """Return a wish of an address's or a form's fields."""
    locks = [StreetLock(street=street) for street in never if street]
    for text in must:
        treatment, _, rest = text.partition(":")
        year, _, street = rest.partition(":")
        if not (treatment and street and year.isascii() and year.isdigit() and len(year) == 4):
            raise QueryError(
                "must",
                "cannot be understood",
                "Write TREATMENT:YEAR:STREET.",
                form=FormFault.NO_CHOICE,
            )
        locks.append(StreetLock(street=street, treatment=treatment, year=int(year)))
    return Wish(budget_sek=budget, years=years, locks=tuple(locks))


def unlocked(wish: Wish) -> Wish:
    """Return a wish without what was settled about streets."""
    return Wish(budget_sek=wish.budget_sek, years=wish.years)


def wish_query(wish: Wish) -> str:
    """Return a wish as the query of an address."""
    fields = [("budget", f"{wish.budget_sek:.0f}"), ("years", str(wish.years))]
    return urlencode([*fields, *wish_text(wish.locks)])


def page_link_of(wish: Wish, street: str) -> str:
    """Return the address of a wish with a street left out."""
    query = urlencode([("never", street)])
    return f"/programme?{wish_query(wish)}&{query}"


def shown(programme: TownProgramme, language: str) -> dict[str, Any]:
    """Return what the template of a programme shows."""
    at_own = [own for own in programme.scenarios if own.budget_share == 1.0]
    ours = [own for own in programme.scenarios if own.kind is ScenarioKind.OURS]
    return {
        "programme": programme,
        "rows": project_rows(programme, language),
        "gap_words": gap_words(programme, language),
        "compared_with": [(SCENARIOS[own.kind], own) for own in at_own],
        "budgets": sorted(ours, key=_share),
    }


def beside_unlocked(
    made: TownProgramme, other: TownProgramme, wish: Wish, language: str
) -> dict[str, Any]:
    """Return what the page of a wish shows: its programme, and what its locks cost.

    Parameters
    ----------
    other
        The programme without the wish's locks.
    """
    content = shown(made, language)
    debt_sek = made.ours.debt_sek[-1] - other.ours.debt_sek[-1]
    return content | {
        "lock_price_sek": debt_sek if wish.locks else None,
        "lock_cost_sek": (made.ore - other.ore) / 100,
        "lanes": lanes_of(made, content["rows"], wish.locks),
        "without": lambda street: page_link_of(wish, street),
    }


def _share(scenario: Scenario) -> float:
    return scenario.budget_share
