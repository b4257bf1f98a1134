"""Saved programmes, for programs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from gatusyn.model import Permission
from gatusyn.pipeline import document_of
from gatusyn.serve.saved import SavedProgrammes
from gatusyn.serve.schemas import ProgrammeLine, ProgrammeList
from gatusyn.serve.visitor import whole_town


def programme_routes(saved: SavedProgrammes) -> APIRouter:
    """Return the routes of programmes that were saved."""
    router = APIRouter(prefix="/api/v1", dependencies=[Depends(whole_town(Permission.SEE_TOWN))])

    @router.get("/programmes")
    def programmes() -> ProgrammeList:
        """List the saved programmes, oldest first."""
        return ProgrammeList(
            items=[
                ProgrammeLine(name=own.name, made_s=own.made_s, made_by=own.made_by)
                for own in saved.saved()
            ]
        )

    @router.get("/programme", response_class=JSONResponse)
    def programme(
        name: Annotated[str, Query(min_length=1, max_length=100)],
    ) -> dict[str, Any]:
        """Return a saved programme with all its figures, as ``gatusyn programme --json`` does."""
        return document_of(saved.programme(name))

    return router
