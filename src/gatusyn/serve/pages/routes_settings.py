"""What treatments cost, to see and to change."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from gatusyn.model import (
    ChangedError,
    CitySettings,
    CostError,
    FormFault,
    Permission,
)
from gatusyn.pipeline import CostField, SettingsFile, read_settings_file, write_costs
from gatusyn.serve.city_now import CityNow
from gatusyn.serve.errors import QueryError
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.settings_form import (
    NO_TREATMENT,
    Texts,
    cost_rows,
    figures,
    typed_in,
)
from gatusyn.serve.visitor import whole_town

LONGEST_NOTE = 500


async def form_of(request: Request) -> FormData:
    """Return a form's fields, whichever they are."""
    return await request.form()


def stamp_in(form: FormData) -> str:
    """Return the stamp of the settings that a form changes.

    Raises
    ------
    QueryError
        If the form has none.
    """
    stamp = form.get("stamp")
    if not isinstance(stamp, str) or not stamp:
        raise QueryError(
            "The form",
            "does not say what it changes",
            "Load the page anew.",
            form=FormFault.FORM_OLD,
        )
    return stamp


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
        )

    @router.get("")
    def settings(request: Request) -> Response:
        return show(request, read_settings_file(town.path))

    @router.post("")
    def saved(request: Request, form: Annotated[FormData, Depends(form_of)]) -> Response:
        stamp = stamp_in(form)
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
