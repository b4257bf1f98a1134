"""The paving debt by street, class, area and damage, for programs and pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from gatusyn.model import DebtPart, Permission
from gatusyn.pipeline import town_debt
from gatusyn.serve.city_now import CityNow, Reckoned
from gatusyn.serve.routes_city import Offset
from gatusyn.serve.schemas_plans import DebtOut, DebtPage
from gatusyn.serve.visitor import whole_town

By = Annotated[
    str,
    Query(pattern="^(class|area|damage|street)$", description="class, area, damage or street"),
]


def debt_routes(town: CityNow) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api/v1", dependencies=[Depends(whole_town(Permission.SEE_TOWN))])
    debts = Reckoned(town, town_debt)

    @router.get("/debt")
    def debt(
        by: By = "street",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        offset: Offset = 0,
    ) -> DebtPage:
        """Return the paving debt, the largest first, with 95 % intervals, per km and inhabitant."""
        parts = debts.now()
        found = [one for one in parts if one.group == by]
        return DebtPage(
            total=len(found),
            limit=limit,
            offset=offset,
            items=[_out(one) for one in found[offset : offset + limit]],
            whole=next(_out(one) for one in parts if one.group == "whole"),
        )

    return router


def _out(part: DebtPart) -> DebtOut:
    return DebtOut(
        name=part.name,
        length_km=part.length_km,
        graded_sek=part.ore / 100,
        low_sek=part.low_sek,
        high_sek=part.high_sek,
        not_graded_sek=None if part.estimated_ore is None else part.estimated_ore / 100,
        together_sek=part.whole_sek,
        together_low_sek=part.whole_low_sek,
        together_high_sek=part.whole_high_sek,
        per_km_sek=part.per_km_sek,
        per_inhabitant_sek=part.per_inhabitant_sek,
    )
