"""Saved programmes, for programs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from gatusyn.model import Permission
from gatusyn.pipeline import City, document_of, read_document
from gatusyn.serve.errors import MissingError
from gatusyn.serve.schemas import ProgrammeLine, ProgrammeList
from gatusyn.serve.visitor import whole_town


def programme_routes(city: City) -> APIRouter:
    """Return the routes of programmes that were saved."""
    router = APIRouter(prefix="/api/v1", dependencies=[Depends(whole_town(Permission.SEE_TOWN))])

    @router.get("/programmes")
    def programmes() -> ProgrammeList:
        """List the saved programmes, oldest first."""
        return ProgrammeList(
            items=[
                ProgrammeLine(name=own.name, made_s=own.made_s, made_by=own.made_by)
                for own in city.store.programmes.saved()
            ]
        )

    @router.get("/programme", response_class=JSONResponse)
    def programme(
        name: Annotated[str, Query(min_length=1, max_length=100)],
    ) -> dict[str, Any]:
        """Return a saved programme with all its figures, as ``gatusyn programme --json`` does."""
        for own in city.store.programmes.saved():
            if own.name == name:
                return document_of(read_document(own))
        raise MissingError(f"Programme {name}", "is not there", "See /api/v1/programmes.")

    return router
