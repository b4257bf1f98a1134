"""The overview: how much was seen, how the streets are, what changed, what needs a person."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from fastapi import APIRouter, Depends, Request, Response

from gatusyn.model import FindingState, GatusynError, Grade, Permission
from gatusyn.pipeline import report_debt
from gatusyn.serve.city_now import CityNow, Reckoned
from gatusyn.serve.index import CityIndex
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.form_words import told_error
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.pages.words import GRADES
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.routes_verdicts import UNCERTAIN_BELOW, queue_filter
from gatusyn.serve.themes import COLOURS
from gatusyn.serve.visitor import whole_town
from gatusyn.store.protocol_lookup import FindingFilter

WEEK_S = 7 * 86_400.0
LONG_UNSEEN_DAYS = 180
MANY_REJECTED = 0.2
"""A drive with a larger share of rejected frames needs a look at its mount."""
LAST_DRIVES = 5
NO_CLASS = N_("no class")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassGrades:
    """Kilometres of each grade, 0 to 5, on the roads of a class; empty is all of the town."""

    road_class: str
    km: tuple[float, ...]


def grades_by_class(index: CityIndex) -> list[ClassGrades]:
    """Return the kilometres of each grade, of the town and of each class of its roads."""
    layout, grades = index.layout, index.columns.grades
    lengths = np.where(layout.counted, layout.lengths_m, 0.0) / 1000.0
    rows: list[ClassGrades] = []
    for name in ["", *sorted(set(layout.road_classes.tolist()))]:
        own = layout.road_classes == name if rows else np.ones(len(lengths), dtype=bool)
        km = np.bincount(grades[own], weights=lengths[own], minlength=6)
        rows.append(ClassGrades(road_class=name or (NO_CLASS if rows else ""), km=tuple(km)))
    return rows


def seen_km(index: CityIndex, *, since_s: float = -np.inf) -> float:
    """Return the kilometres that were looked at, last at or after a moment."""
    layout, columns = index.layout, index.columns
    with np.errstate(invalid="ignore"):
        own = layout.counted & (columns.last_looks_s >= since_s)
    if since_s == -np.inf:
        own = layout.counted
    shares = np.minimum(columns.observed_shares, 1.0)
    return float((layout.lengths_m * shares)[own].sum()) / 1000.0


def overview_pages(desk: Desk, reader: CityReader, town: CityNow | None) -> APIRouter:
    """Return the routes of the overview."""
    router = APIRouter(
        prefix="/overview",
        dependencies=[Depends(whole_town(Permission.SEE_TOWN))],
        include_in_schema=False,
    )
    debts = None if town is None else Reckoned(town, report_debt)

    @router.get("")
    def overview(request: Request) -> Response:
        index, now_s = reader.index(), time.time()
        # By the hour, so that what is counted holds for a while.
        since_s = now_s // 3600.0 * 3600.0 - WEEK_S
        day = datetime.fromtimestamp(since_s, tz=UTC).astimezone().date().isoformat()

        def count(**wanted: object) -> int:
            return reader.count_listed(FindingFilter(**wanted))  # type: ignore[arg-type]

        drives = reader.drives()
        unseen = index.layout.counted & ~(
            index.columns.last_looks_s >= now_s - LONG_UNSEEN_DAYS * 86_400.0
        )
        there = (FindingState.NEW, FindingState.CONFIRMED)
        return desk.show(
            request,
            "overview.html",
            seen_week_km=seen_km(index, since_s=since_s),
            seen_km=seen_km(index),
            total_km=float(index.layout.lengths_m[index.layout.counted].sum()) / 1000.0,
            classes=grades_by_class(index),
            grades=[
                (number, word, COLOURS[Grade.of_number(number)]) for number, word in GRADES.items()
            ],
            since=day,
            new=count(states=there, new_since_s=since_s),
            gone=count(states=(FindingState.GONE,), ended_since_s=since_s),
            repaired=count(states=(FindingState.REPAIRED,), ended_since_s=since_s),
            there=index.findings,
            uncertain=reader.count_listed(queue_filter(UNCERTAIN_BELOW)),
            bad_drives=[
                own
                for own in drives
                if own.received and own.rejected / own.received > MANY_REJECTED
            ],
            unseen_km=float(index.layout.lengths_m[unseen].sum()) / 1000.0,
            unseen_days=LONG_UNSEEN_DAYS,
            drives=sorted(drives, key=lambda own: -own.started_s)[:LAST_DRIVES],
            has_debt=debts is not None,
        )

    @router.get("/debt")
    def debt(request: Request) -> Response:
        report, fault = None, ""
        try:
            report = None if debts is None else debts.now()
        except GatusynError as error:
            fault = told_error(error, desk.reader_of(request))
        return desk.show(request, "debt.html", report=report, fault=fault)

    return router
