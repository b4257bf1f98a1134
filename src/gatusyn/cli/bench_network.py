"""``gatusyn bench network``: deriving what one more drive touches, in a town of any size."""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from gatusyn.cli.output import plain_console, shown_progress
from gatusyn.evaluate import Fleet, FleetParams
from gatusyn.model import CitySettings, SettingsError, end_with_parent, usable_cores
from gatusyn.pipeline import City, StageClock, bring_up_to_date
from gatusyn.store import create_store, open_store

_ORGANISATION = "bench"


def bench_network(
    *,
    km: Annotated[float, typer.Option(help="Kilometres of street.", min=1.0)] = 1000.0,
    drives: Annotated[int, typer.Option(help="How many drives.", min=2)] = 200,
    drive_km: Annotated[float, typer.Option(help="Kilometres of each.", min=0.2)] = 50.0,
    observations: Annotated[int, typer.Option(help="Of all drives together.", min=1)] = 2_000_000,
    seed: Annotated[int, typer.Option(help="Of the town and its drives.")] = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures.")] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Keep the store here; by default it is thrown away.")
    ] = None,
) -> None:
    """Measure the update after one more drive, and deriving everything, on made-up facts."""
    params = FleetParams(
        km=km, drives=drives, drive_km=drive_km, observations=observations, seed=seed
    )
    with tempfile.TemporaryDirectory() as temporary:
        figures = _measured(folder or Path(temporary) / "city", params)
    if json_file is not None:
        try:
            json_file.parent.mkdir(parents=True, exist_ok=True)
            json_file.write_text(json.dumps(figures, indent=1), encoding="utf-8")
        except OSError as error:
            raise SettingsError(json_file, f"cannot be written ({error.strerror})") from error
    plain_console().print(json.dumps(figures, indent=1), markup=False)


def _measured(folder: Path, params: FleetParams) -> dict[str, Any]:
    fleet = Fleet(params)
    store = create_store(folder, organisation=_ORGANISATION, network=fleet.network)
    seen = 0
    with shown_progress() as progress:
        for number, facts in enumerate(fleet.drives()):
            progress.step("writing drives", number, params.drives)
            if number + 1 < params.drives:
                store.write_drive(facts)
                seen += len(facts.observations)
        store.close()
        progress.step("deriving everything", 0, 0)
        whole = _apart(folder)
        with open_store(folder, organisation=_ORGANISATION) as again:
            again.write_drive(facts)
        progress.step("deriving what the last drive touches", 0, 0)
        update = _apart(folder)
    return {
        "km": round(sum(link.line.length for link in fleet.network.links) / 1000.0, 1),
        "sections": len(fleet.network.sections),
        "drives": params.drives,
        "drive_km": params.drive_km,
        "observations": seen + len(facts.observations),
        "last_drive_observations": len(facts.observations),
        "cores": usable_cores(),
        "load_before": [round(one, 1) for one in os.getloadavg()],
        "whole": whole | {"observations_per_s": round(seen / max(whole["seconds"], 1e-9))},
        "update": update,
        "store_mb": round(sum(one.stat().st_size for one in folder.rglob("*")) / 1e6),
    }


def _apart(folder: Path) -> dict[str, Any]:
    """Derive in a process of its own, whose memory is its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=end_with_parent) as pool:
        return pool.submit(_derive, folder).result()


def _derive(folder: Path) -> dict[str, Any]:
    store = open_store(folder, organisation=_ORGANISATION)
    clock = StageClock()
    settings = replace(CitySettings(), organisation=_ORGANISATION)
    city = City(folder=folder, settings=settings, store=store)
    try:
        with clock.time("network"):
            network = store.read_network()
        before_mb = _peak_mb()
        began, worked = time.perf_counter(), time.process_time()
        bring_up_to_date(city, network=network, clock=clock)
        seconds, cpu = time.perf_counter() - began, time.process_time() - worked
        helpers = resource.getrusage(resource.RUSAGE_CHILDREN)
        findings = len(store.findings())
    finally:
        store.close()
    return {
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "helpers_cpu_seconds": round(helpers.ru_utime + helpers.ru_stime, 2),
        "by_stage": {name: round(spent, 2) for name, spent in clock.seconds.items()},
        "peak_mb": _peak_mb(),
        "helpers_peak_mb": _peak_mb(resource.RUSAGE_CHILDREN),
        "peak_before_mb": before_mb,
        "findings": findings,
    }


def _peak_mb(whose: int = resource.RUSAGE_SELF) -> int:
    """Return the most memory that this process had, or the largest of its helpers, in MB."""
    peak = resource.getrusage(whose).ru_maxrss
    return round(peak / 1e6 if sys.platform == "darwin" else peak / 1e3)
