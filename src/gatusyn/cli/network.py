"""``gatusyn network``: a new delivery of the city's road network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gatusyn.cli.delivery_options import Day, Layer, Mapping
from gatusyn.cli.noting import CityFolder
from gatusyn.cli.output import plain_console, shown_progress
from gatusyn.model import CarryParams, FactKind, SettingsError
from gatusyn.network import DeliveryChanges, LinkChange
from gatusyn.pipeline import (
    NetworkUpdate,
    fetch_network,
    opened_city,
    update_network,
    write_regulations,
)

_WORDS = {
    LinkChange.SAME: "the same",
    LinkChange.RENUMBERED: "under another element id",
    LinkChange.SPLIT: "split",
    LinkChange.MERGED: "merged",
    LinkChange.REVERSED: "digitised the other way",
    LinkChange.MOVED: "moved more than 0.5 m",
    LinkChange.PARTLY_LOST: "partly not found again",
    LinkChange.CLOSED: "closed, or not found again",
    LinkChange.NEW: "new",
}

Replacing = Annotated[bool, typer.Option(help="Replace that file if it is there.")]


def network_app() -> typer.Typer:
    """Return the commands on a city's network."""
    app = typer.Typer(
        name="network", help="The city's road network and its regulations.", no_args_is_help=True
    )
    app.callback()(_group)
    app.command()(update)
    app.command()(regulations)
    app.command()(fetch)
    return app


def _group() -> None:
    """Take in a new delivery of the road network, or look at what it says."""


def update(
    city: CityFolder,
    file: Annotated[Path, typer.Argument(help="The new delivery, as `gatusyn init` reads it.")],
    *,
    mapping: Mapping = None,
    layer: Layer = None,
    day: Day = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would change; change nothing.")
    ] = False,
    not_carried: Annotated[
        Path | None,
        typer.Option(help="FILE.gpkg or FILE.geojson for what is lost, moved or new."),
    ] = None,
    overwrite: Replacing = False,
    limit_m: Annotated[
        float, typer.Option("--limit", help="Metres: what lies farther away is not carried over.")
    ] = CarryParams().max_shift_m,
) -> None:
    """Make a new delivery the city's network; findings, grades and history are carried over."""
    params = CarryParams(max_shift_m=limit_m)
    with opened_city(city) as opened, shown_progress() as progress:
        done = update_network(
            opened,
            file,
            mapping=mapping,
            layer=layer,
            day=None if day is None else day.date(),
            params=params,
            not_carried=not_carried,
            overwrite=overwrite,
            dry_run=dry_run,
            progress=progress,
        )
    for line in lines_of(done, dry_run=dry_run, limit_m=limit_m, not_carried=not_carried):
        plain_console().print(line, markup=False)


def fetch(
    file: Annotated[Path, typer.Argument(help="FILE.gpkg to write, for `gatusyn init`.")],
    *,
    box: Annotated[
        tuple[float, float, float, float],
        typer.Option(help="West, south, east, north in EPSG:3006, metres."),
    ],
    overwrite: Replacing = False,
) -> None:
    """Fetch NVDB's layers within a box from Trafikverket's open API (GATUSYN_TRAFIKVERKET_KEY)."""
    west, south, east, north = box
    if not (west < east and south < north):
        raise SettingsError("--box", "is not west, south, east, north", "Give it in that order.")
    with shown_progress() as progress:
        layers = fetch_network(file, box, overwrite=overwrite, progress=progress)
    console = plain_console()
    for layer in layers:
        left = f", {layer.deleted} deleted" if layer.deleted else ""
        left += f", {layer.broken} without usable geometry" if layer.broken else ""
        console.print(f"{layer.name}: {len(layer.geometries)} of {layer.received} rows{left}")
    console.print(f"{file} is written. Next:\n  gatusyn init CITY --network {file}", markup=False)


def regulations(
    city: CityFolder,
    file: Annotated[Path, typer.Argument(help="FILE.gpkg or FILE.geojson to write.")],
    *,
    overwrite: Replacing = False,
) -> None:
    """Write the regulations (LTF) that the network's rule layers name, by link."""
    with opened_city(city) as opened:
        network = opened.store.read_network()
    count = write_regulations(file, network, overwrite=overwrite)
    plain_console().print(
        f"{file}: {len(network.regulations)} regulations on {count} stretches of links",
        markup=False,
    )


def lines_of(
    done: NetworkUpdate, *, dry_run: bool, limit_m: float, not_carried: Path | None
) -> list[str]:
    """Return the report in words."""
    if done.changes is None:
        return ["This delivery is the city's network already: nothing was changed."]
    lines = [f"{len(done.network.links)} links, {len(done.network.sections)} sections"]
    if done.delivered_epsg != done.network.epsg:
        lines.append(
            f"  note: delivered in EPSG:{done.delivered_epsg}, brought into the city's "
            f"EPSG:{done.network.epsg}."
        )
    lines += [f"  note: {remark}" for remark in done.network.remarks]
    lines += _link_lines(done.changes)
    lines += _fact_lines(done, limit_m)
    if not_carried is not None:
        lines.append(f"What was lost, moved or is new: {not_carried}")
    lines.append(
        "Nothing was changed (--dry-run)."
        if dry_run
        else "It is now the city's network. Giving the former delivery goes back to it."
    )
    return lines


def _link_lines(changes: DeliveryChanges) -> list[str]:
    lines = [f"{100 * changes.overlap:.1f} % of the former network's metres were found again."]
    for change, words in _WORDS.items():
        count = changes.links[change]
        if count:
            lines.append(f"  {count} links, {changes.metres[change] / 1000:.2f} km: {words}")
    median, largest = changes.moved_m
    if largest:
        lines.append(f"  moved by {median:.1f} m in the median, {largest:.1f} m at most")
    return lines


def _fact_lines(done: NetworkUpdate, limit_m: float) -> list[str]:
    assert done.counts is not None
    assert done.findings is not None
    lines = []
    for kind, name in (
        (FactKind.OBSERVATION, "observations"),
        (FactKind.FRAME, "frames with what they looked at"),
    ):
        count = done.counts[kind]
        own = f", {count.own} were recorded on it" if count.own else ""
        lines.append(
            f"{name}: {count.by_id} carried over by element id and measure, {count.by_geometry} "
            f"by geometry{own}, {count.lost.total()} not carried over"
        )
        lines += [f"  {number}: {why.value}" for why, number in count.lost.most_common()]
    if any(count.lost for count in done.counts.values()):
        lines.append(f"  (the limit is {limit_m:g} m; see --limit)")
    found = done.findings
    lines.append(
        f"findings: {found.kept} of {found.before} as before, {found.regrouped} grouped anew, "
        f"{found.lost} lost"
    )
    lines += [
        f"{one.period}: {one.graded_m[0] / 1000:.2f} km graded before, "
        f"{one.graded_m[1] / 1000:.2f} km now; looked at {one.seen_m[0] / 1000:.2f} km before, "
        f"{one.seen_m[1] / 1000:.2f} km now"
        for one in done.periods
    ]
    return lines
