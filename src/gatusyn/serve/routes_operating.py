"""For those who run the service: is it alive, can it work, and how does it do."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from gatusyn.model import GatusynError, Permission
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.schemas import AliveOut, ReadyOut
from gatusyn.serve.telemetry import Telemetry
from gatusyn.serve.visitor import whole_town
from gatusyn.store.protocol_lookup import StoreState

LEAST_FREE_BYTES = 500_000_000
"""Room for a long drive's pictures and what is derived of them."""


def operating_routes(reader: CityReader, telemetry: Telemetry) -> APIRouter:
    """Return the routes."""
    router = APIRouter()

    @router.get("/health")
    def health() -> AliveOut:
        """Say that the process answers; nothing else is looked at."""
        return AliveOut(alive=True)

    @router.get("/ready", responses={503: {"model": ReadyOut}})
    def ready() -> JSONResponse:
        """Say whether it can work: the store is readable, its schema current, its disk not full."""
        faults = faults_of(reader)
        answer = ReadyOut(ready=not faults, faults=list(faults))
        status = HTTPStatus.SERVICE_UNAVAILABLE if faults else HTTPStatus.OK
        return JSONResponse(answer.model_dump(), status, headers={"Cache-Control": "no-store"})

    @router.get(
        "/metrics",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
        dependencies=[Depends(whole_town(Permission.SEE_TOWN))],
    )
    def metrics() -> Response:
        """Return figures in the text format of Prometheus."""
        return Response(
            generate_latest(telemetry.registry),
            headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4, "Cache-Control": "no-store"},
        )

    return router


def faults_of(reader: CityReader) -> tuple[str, ...]:
    """Return why the service cannot work, in words that tell nothing of the city."""
    try:
        state = reader.state()
    except GatusynError:
        return ("the store cannot be read",)
    return faults_of_store(state)


def faults_of_store(state: StoreState) -> tuple[str, ...]:
    """Return what is wrong with a store that can be read."""
    faults = []
    if state.schema != state.newest_schema:
        faults.append(f"the store has schema {state.schema}, not {state.newest_schema}")
    if state.free_bytes < LEAST_FREE_BYTES:
        free, least = state.free_bytes // 1_000_000, LEAST_FREE_BYTES // 1_000_000
        faults.append(f"the store's disk has {free} MB free, less than {least} MB")
    return tuple(faults)
