"""What treatments cost, for programs: to read, and to change as it was read."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response

from gatusyn.model import ChangedError, Permission, StaleError
from gatusyn.pipeline import CostField, SettingsFile, read_settings_file, write_costs
from gatusyn.serve.city_now import CityNow
from gatusyn.serve.errors import QueryError, VersionNeededError
from gatusyn.serve.etags import matches
from gatusyn.serve.pages.routes_settings import note_of
from gatusyn.serve.schemas_plans import CostIn, CostOut, CostsIn, CostsOut
from gatusyn.serve.visitor import whole_town

IfMatch = Annotated[str | None, Header(max_length=200, description="the ETag it was read with")]


def cost_routes(town: CityNow) -> APIRouter:
    """Return the routes."""
    router = APIRouter(
        prefix="/api/v1/settings", dependencies=[Depends(whole_town(Permission.EDIT_SETTINGS))]
    )

    @router.get("/costs")
    def costs(response: Response) -> CostsOut:
        """Return what treatments cost; the `ETag` is the file's, whatever of it changes."""
        return _told(read_settings_file(town.path), response)

    @router.put("/costs", status_code=HTTPStatus.OK)
    def change(
        request: Request, response: Response, wanted: CostsIn, if_match: IfMatch = None
    ) -> CostsOut:
        """Change figures, as they were read: 412 if somebody has changed the file since.

        All are written into the town's `gatusyn.toml`, or none; they hold at once.
        """
        if if_match is None:
            raise VersionNeededError(
                "If-Match", "is missing", "Send the ETag with which the costs were read."
            )
        before = read_settings_file(town.path)
        if not matches(_tag_of(before), if_match):
            raise _stale()
        try:
            after = write_costs(town.path, _figures(wanted.items), stamp=before.stamp)
        except ChangedError as error:
            raise _stale() from error
        request.state.about = note_of(before.settings, after.settings)
        return _told(after, response)

    return router


def _stale() -> StaleError:
    return StaleError(
        "The settings", "have been changed by somebody else meanwhile", "Read them again."
    )


def _tag_of(file: SettingsFile) -> str:
    return f'"{file.stamp}"'


def _figures(items: list[CostIn]) -> dict[tuple[str, CostField], float]:
    found: dict[tuple[str, CostField], float] = {}
    for one in items:
        for field in CostField:
            value = getattr(one, field.value)
            if value is None:
                continue
            if (one.treatment, field) in found:
                raise QueryError(f"{one.treatment}.{field}", "is given twice", "Give it once.")
            found[one.treatment, field] = value
    return found


def _told(file: SettingsFile, response: Response) -> CostsOut:
    response.headers["ETag"] = _tag_of(file)
    return CostsOut(
        items=[
            CostOut(
                treatment=own.name,
                swedish=own.swedish,
                in_use=own.in_use,
                cost_sek_m2=own.cost_sek_m2,
                mobilisation_sek=own.mobilisation_sek,
                cost_year=own.cost_year,
                cost_source=own.cost_source,
                cost_trust=own.cost_trust,
                is_own=any((own.name, field.value) in file.said for field in CostField),
            )
            for own in file.settings.economy.treatments.values()
        ]
    )
