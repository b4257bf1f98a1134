"""All settings but costs: to see, and for administrators to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from gatusyn.model import (
    ChangedError,
    CitySettings,
    GatusynError,
    Permission,
    ValueFaultsError,
)
from gatusyn.pipeline import SettingsFile, read_settings_file, write_values
from gatusyn.serve.city_now import CityNow
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.offered import all_offered, text_of
from gatusyn.serve.pages.routes_settings import LONGEST_NOTE, form_of, stamp_in
from gatusyn.serve.pages.values_form import (
    UNKNOWN,
    Key,
    Typed,
    form_groups,
    strange_fields,
    typed_values,
    value_of,
    values_in,
)
from gatusyn.serve.regrading import Regrading
from gatusyn.serve.visitor import visitor_of, whole_town

HERE = "/settings/values"
MAY_CHANGE = [Depends(whole_town(Permission.ADMINISTRATE))]


class ValuesPage:
    """The page of a town's settings."""

    def __init__(self, desk: Desk, town: CityNow, regrading: Regrading) -> None:
        self._desk = desk
        self._town = town
        self._regrading = regrading

    def show(
        self,
        request: Request,
        file: SettingsFile,
        *,
        typed: Typed | None = None,
        faults: Mapping[Key, str] | None = None,
        strays: Sequence[str] = (),
        status: int = HTTPStatus.OK,
    ) -> Response:
        """Return the form, with what was typed and what is wrong with it."""
        reader = self._desk.reader_of(request)
        return self._desk.show(
            request,
            "values.html",
            status=status,
            stamp=file.stamp,
            groups=form_groups(file, reader.language, typed or {}, faults or {}),
            has_faults=bool(faults or strays),
            strays=[f"{name}: {reader.say(UNKNOWN)}" for name in strays],
            is_stale=status == HTTPStatus.CONFLICT,
            is_saved=request.method == "GET" and "saved" in request.query_params,
            may_change=visitor_of(request).may(Permission.ADMINISTRATE),
            **grading(self._regrading),
        )

    def save(self, request: Request, form: FormData) -> Response:
        """Write what was changed, or return the form with what is wrong."""
        stamp = stamp_in(form)
        typed, strays = typed_values(form), strange_fields(form)
        values, faults = values_in(typed)
        before = read_settings_file(self._town.path)
        wrong = HTTPStatus.UNPROCESSABLE_ENTITY
        if faults or strays:
            return self.show(
                request, before, typed=typed, faults=faults, strays=strays, status=wrong
            )
        try:
            after = write_values(self._town.path, values, stamp=stamp)
        except ValueFaultsError as error:
            return self.show(request, before, typed=typed, faults=error.faults, status=wrong)
        except ChangedError:
            file = read_settings_file(self._town.path)
            return self.show(request, file, typed=typed, status=HTTPStatus.CONFLICT)
        request.state.about = changes_between(before.settings, after.settings)
        return RedirectResponse(f"{HERE}?saved=1", HTTPStatus.SEE_OTHER)


def value_pages(desk: Desk, town: CityNow, regrading: Regrading) -> APIRouter:
    """Return the routes of the form, and of working grades out anew."""
    page = ValuesPage(desk, town, regrading)
    router = APIRouter(
        prefix=HERE,
        dependencies=[Depends(whole_town(Permission.EDIT_SETTINGS))],
        include_in_schema=False,
    )

    @router.get("")
    def values(request: Request) -> Response:
        return page.show(request, read_settings_file(town.path))

    @router.post("", dependencies=MAY_CHANGE)
    def saved(request: Request, form: Annotated[FormData, Depends(form_of)]) -> Response:
        return page.save(request, form)

    @router.get("/grading")
    def how_it_stands(request: Request) -> Response:
        may_change = visitor_of(request).may(Permission.ADMINISTRATE)
        return desk.show(request, "grading.html", may_change=may_change, **grading(regrading))

    @router.post("/grading", dependencies=MAY_CHANGE)
    def regraded(request: Request) -> Response:
        regrading.start()
        return RedirectResponse(HERE, HTTPStatus.SEE_OTHER)

    return router


def grading(regrading: Regrading) -> dict[str, Any]:
    """Return how the grades stand against the settings."""
    fault, is_needed = regrading.fault, False
    try:
        is_needed = regrading.is_needed()
    except GatusynError as error:
        fault = error
    return {
        "is_running": regrading.is_running,
        "is_needed": is_needed,
        "grading_fault": "" if fault is None else f"{fault.source}: {fault.problem}",
    }


def changes_between(before: CitySettings, after: CitySettings) -> str:
    """Return what was changed, for the audit log."""
    changes = (
        f"{own.dotted} {told(before, key)} -> {told(after, key)}"
        for key, own in all_offered().items()
        if value_of(before, key) != value_of(after, key)
    )
    return "; ".join(changes)[:LONGEST_NOTE]


def told(settings: CitySettings, key: Key) -> str:
    """Return a setting's value as the audit log has it."""
    return ", ".join(text_of(value_of(settings, key), "en")) or "not set"
