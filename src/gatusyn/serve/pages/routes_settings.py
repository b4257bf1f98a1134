"""The settings: what treatments cost, to see and to change; the others to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from gatusyn.model import ChangedError, CitySettings, ConditionMethod, CostError, Permission
from gatusyn.pipeline import CostField, SettingsFile, read_settings_file, write_costs
from gatusyn.serve.city_now import CityNow
from gatusyn.serve.errors import QueryError
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.pages.settings_form import (
    NO_TREATMENT,
    Texts,
    cost_rows,
    figures,
    typed_in,
)
from gatusyn.serve.visitor import whole_town

LONGEST_NOTE = 500
METHODS = {ConditionMethod.DEDUCT: N_("deduct"), ConditionMethod.HANDBOOK: N_("handbook")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A setting that is shown.

    Parameters
    ----------
    words, unit
        Marked for translation.
    is_said
        Whether the file says it; else it is the default.
    """

    words: str
    value: float | str
    unit: str
    is_said: bool


async def form_of(request: Request) -> FormData:
    """Return a form's fields, whichever they are."""
    return await request.form()


def settings_pages(desk: Desk, town: CityNow) -> APIRouter:
    """Return the routes of the settings."""
    router = APIRouter(
        prefix="/settings",
        dependencies=[Depends(whole_town(Permission.EDIT_SETTINGS))],
        include_in_schema=False,
    )

    def show(
        request: Request,
        file: SettingsFile,
        *,
        typed: Texts | None = None,
        faults: Mapping[tuple[str, str], str] | None = None,
        status: int = HTTPStatus.OK,
    ) -> Response:
        reader = desk.reader_of(request)
        known = file.settings.economy.treatments
        wrong = faults or {}
        return desk.show(
            request,
            "settings.html",
            status=status,
            stamp=file.stamp,
            rows=cost_rows(file, reader.language, typed or {}, wrong),
            has_faults=bool(wrong),
            strays=[
                f"{name}: {reader.say(words)}"
                for (name, _), words in wrong.items()
                if name not in known
            ],
            is_stale=status == HTTPStatus.CONFLICT,
            is_saved=request.method == "GET" and "saved" in request.query_params,
            condition=condition_lines(file),
            retention=retention_lines(file),
        )

    @router.get("")
    def settings(request: Request) -> Response:
        return show(request, read_settings_file(town.path))

    @router.post("")
    def saved(request: Request, form: Annotated[FormData, Depends(form_of)]) -> Response:
        stamp = form.get("stamp")
        if not isinstance(stamp, str) or not stamp:
            raise QueryError("The form", "does not say what it changes", "Load the page anew.")
        typed = typed_in(form)
        costs, faults = figures(typed)
        before = read_settings_file(town.path)
        known = before.settings.economy.treatments
        faults |= dict.fromkeys((key for key in typed if key[0] not in known), NO_TREATMENT)
        try:
            if faults:
                raise CostError(town.path, faults)
            after = write_costs(town.path, costs, stamp=stamp)
        except CostError as error:
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            return show(request, before, typed=typed, faults=error.faults, status=status)
        except ChangedError:
            file = read_settings_file(town.path)
            return show(request, file, typed=typed, status=HTTPStatus.CONFLICT)
        request.state.about = note_of(before.settings, after.settings)
        return RedirectResponse("/settings?saved=1", HTTPStatus.SEE_OTHER)

    return router


def note_of(before: CitySettings, after: CitySettings) -> str:
    """Return what was changed, for the audit log."""
    old = before.economy.treatments
    changes = (
        f"{name}.{setting} {getattr(old[name], setting):g} -> {getattr(own, setting):g}"
        for name, own in after.economy.treatments.items()
        for setting in CostField
        if name in old and getattr(old[name], setting) != getattr(own, setting)
    )
    return "; ".join(changes)[:LONGEST_NOTE]


def condition_lines(file: SettingsFile) -> list[Line]:
    """Return how condition is graded."""
    own = file.settings.condition
    is_deduct = own.method is ConditionMethod.DEDUCT
    named = "deduct_grade_limits" if is_deduct else "handbook_grade_limits"
    limits = own.deduct_grade_limits if is_deduct else own.handbook_grade_limits
    grades = (N_("Grade 1 from"), N_("Grade 2 from"), N_("Grade 3 from"), N_("Grade 4 from"))

    def line(setting: str, words: str, value: float | str, unit: str) -> Line:
        said = ("condition", setting) in file.said
        return Line(words=words, value=value, unit=unit, is_said=said)

    points, share = N_("points of the index"), own.min_observed_share * 100
    return [
        line("method", N_("Method"), METHODS[own.method], ""),
        *(line(named, words, limit, points) for words, limit in zip(grades, limits, strict=True)),
        line("min_observed_share", N_("Looked at, at least"), share, N_("per cent of a section")),
    ]


def retention_lines(file: SettingsFile) -> list[Line]:
    """Return how long things are kept."""
    shown = (
        ("finding_days", N_("Pictures with a finding")),
        ("section_days", N_("Other pictures")),
        ("drive_days", N_("A drive's times and places")),
        ("audit_days", N_("Audit log")),
    )
    return [
        Line(
            words=words,
            value=getattr(file.settings.retention, setting),
            unit=N_("days kept"),
            is_said=("retention", setting) in file.said,
        )
        for setting, words in shown
    ]
