"""``gatusyn bench store``: how fast rows come and go, in the folder and in PostgreSQL."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from gatusyn.cli.output import plain_console, shown_progress
from gatusyn.evaluate import Fleet, FleetParams
from gatusyn.model import SettingsError
from gatusyn.simulate import wide_town
from gatusyn.store import Box, SqlStore, create_store

_ORGANISATION = "bench"
_BOX_M = 200.0


def bench_store(
    *,
    postgis: Annotated[
        str | None,
        typer.Option(help="An empty PostgreSQL database with PostGIS to measure beside SQLite."),
    ] = None,
    drives: Annotated[int, typer.Option(help="How many drives are written.", min=1)] = 10,
    drive_km: Annotated[float, typer.Option(help="Kilometres of each.", min=0.2)] = 20.0,
    findings: Annotated[int, typer.Option(help="Findings in the town.", min=1)] = 100_000,
    queries: Annotated[int, typer.Option(help="How many boxes are asked for.", min=1)] = 300,
    seed: Annotated[int, typer.Option(help="Of the town and its drives.")] = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures.")] = None,
) -> None:
    """Measure writing drives and findings, and asking for boxes, in each store by turns."""
    with (
        tempfile.TemporaryDirectory() as folder,
        shown_progress() as progress,
        ExitStack() as opened,
    ):
        progress.step("making the town", 0, 0)
        params = FleetParams(
            km=100.0, drives=drives, drive_km=drive_km, observations=400 * drives, seed=seed
        )
        fleet = Fleet(params)
        addresses = {"sqlite": None} | ({"postgis": postgis} if postgis else {})
        stores = {
            name: opened.enter_context(
                create_store(
                    Path(folder) / name,
                    organisation=_ORGANISATION,
                    network=fleet.network,
                    postgis=address,
                )
            )
            for name, address in addresses.items()
        }
        for store in stores.values():
            opened.enter_context(store.inspecting())
        progress.step("writing and asking", 0, 0)
        figures = _measured(stores, fleet, findings=findings, queries=queries, seed=seed)
    text = json.dumps(figures, indent=1)
    if json_file is not None:
        try:
            json_file.write_text(text + "\n", "utf-8")
        except OSError as error:
            raise SettingsError(json_file, f"cannot be written ({error.strerror})") from error
    plain_console().print(text, markup=False)


def _measured(
    stores: dict[str, SqlStore], fleet: Fleet, *, findings: int, queries: int, seed: int
) -> dict[str, Any]:
    town = wide_town(sections=max(10, findings // 10), findings=findings, seed=seed)
    rng = np.random.default_rng(seed)
    centres = [
        town.findings[number].footprint.centroid.coords[0]
        for number in rng.integers(0, len(town.findings), queries)
    ]
    boxes = [(east, north, east + _BOX_M, north + _BOX_M) for east, north in centres]
    spent: dict[str, dict[str, list[float]]] = {name: {} for name in stores}

    def clock(what: str, act: Callable[[SqlStore], object]) -> None:
        # By turns: what else the machine does meets both alike.
        for name, store in stores.items():
            began = time.perf_counter()
            act(store)
            spent[name].setdefault(what, []).append(time.perf_counter() - began)

    for facts in fleet.drives():
        clock("drive written", partial(SqlStore.write_drive, facts=facts))
    clock("all observations read", SqlStore.observations)
    derived = partial(SqlStore.write_derived, conditions=town.conditions, stamp="bench")
    clock("findings written", partial(derived, findings=town.findings))
    clock("all findings read", SqlStore.findings)
    for box in boxes:
        clock("findings of a box", partial(SqlStore.findings, box=box))
    for box in boxes:
        clock("drawn findings of a box", partial(_drawn, box=box))
    medians = {
        name: {what: float(np.median(values)) for what, values in own.items()}
        for name, own in spent.items()
    }
    figures: dict[str, Any] = {
        "findings": findings,
        "queries": queries,
        "seconds": {
            name: {what: round(value, 5) for what, value in own.items()}
            for name, own in medians.items()
        },
    }
    if "postgis" in medians:
        figures["postgis_to_sqlite"] = {
            what: round(value / medians["sqlite"][what], 2)
            for what, value in medians["postgis"].items()
        }
    return figures


def _drawn(store: SqlStore, *, box: Box) -> object:
    return store.lookup.drawn_findings(box)
