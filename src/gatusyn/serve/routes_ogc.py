"""The routes of OGC API Features: what QGIS connects to."""

from __future__ import annotations

import json
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlencode

import numpy as np
import shapely
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from gatusyn.model import CitySettings, Permission
from gatusyn.serve.errors import MissingError
from gatusyn.serve.index import CityIndex
from gatusyn.serve.layout import Bounds
from gatusyn.serve.ogc import (
    CONFORMANCE,
    CRS84,
    Feature,
    FeatureMaker,
    Moments,
    box_in_metres,
    in_degrees,
    period_in,
    read_box,
    read_moments,
)
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.routes_city import Period
from gatusyn.serve.visitor import Looking, needs

GEOJSON = "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.1"
LARGEST_PAGE = 10_000
"""QGIS asks for one page after the other: few large ones are much quicker than many small."""

Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="features on a page")]
Box = Annotated[
    str | None, Query(max_length=200, description="west,south,east,north in degrees (CRS84)")
]
Stretch = Annotated[
    str | None,
    Query(alias="datetime", max_length=80, description="a day, a moment, or FROM/TO; .. is open"),
]
Cursor = Annotated[
    str, Query(max_length=500, description="the last id of the page before; taken from `next`")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a page of features shall hold."""

    after: str
    limit: int
    box: Bounds | None = None
    moments: Moments = field(default_factory=Moments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Features, the id to go on after (None at the end), and how many there are if known."""

    features: list[Feature]
    after: str | None
    matched: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A collection: how it is described, and how its features are found."""

    title: str
    description: str
    page: Callable[[CityReader, FeatureMaker, Wanted], Page]
    item: Callable[[CityReader, FeatureMaker, str], list[Feature]]


def ogc_routes(
    whole: CityReader, settings: CitySettings, base: Callable[[Request], str]
) -> APIRouter:
    """Return the routes.

    Parameters
    ----------
    base
        Gives the address under which a visitor reaches the service, ending in ``/``.
    """
    router = APIRouter(prefix="/ogc", dependencies=[Depends(needs(Permission.SEE_TOWN))])

    @router.get("", response_class=JSONResponse)
    def landing(request: Request) -> dict[str, Any]:
        """Say where everything is."""
        root = base(request)
        return {
            "title": f"{settings.name}: streets",
            "description": "Graded sections, findings and streets, as OGC API Features.",
            "links": [
                _link(f"{root}ogc", "self", "application/json", "this page"),
                _link(f"{root}api/v1/openapi.json", "service-desc", OPENAPI, "the API"),
                _link(f"{root}ogc/conformance", "conformance", "application/json", "conformance"),
                _link(f"{root}ogc/collections", "data", "application/json", "the collections"),
            ],
        }

    @router.get("/conformance", response_class=JSONResponse)
    def conformance() -> dict[str, Any]:
        """List the classes of the standard that hold."""
        return {"conformsTo": list(CONFORMANCE)}

    _add_collections(router, whole, base)
    _add_features(router, whole, base)
    return router


def _add_collections(router: APIRouter, whole: CityReader, base: Callable[[Request], str]) -> None:
    """Add what says which collections there are."""

    @router.get("/collections", response_class=JSONResponse)
    def collections(visitor: Looking, request: Request) -> dict[str, Any]:
        """Describe every collection."""
        root, index = base(request), whole.seen_by(visitor).index()
        return {
            "links": [_link(f"{root}ogc/collections", "self", "application/json", "this list")],
            "collections": [_described(name, root, index) for name in COLLECTIONS],
        }

    @router.get("/collections/{collection}", response_class=JSONResponse)
    def collection(visitor: Looking, request: Request, collection: str) -> dict[str, Any]:
        """Describe a collection."""
        _known(collection)
        return _described(collection, base(request), whole.seen_by(visitor).index())


def _add_features(router: APIRouter, whole: CityReader, base: Callable[[Request], str]) -> None:
    """Add the features of a collection, page by page and one by one."""

    @router.get(
        "/collections/{collection}/items",
        response_class=Response,
        responses={200: {"content": {GEOJSON: {"schema": {"type": "object"}}}}},
    )
    def items(
        visitor: Looking,
        request: Request,
        collection: str,
        bbox: Box = None,
        stretch: Stretch = None,
        period: Period = None,
        limit: Limit = 1000,
        cursor: Cursor = "",
    ) -> Response:
        """Return a page of features; ``next`` among the links leads to the one after it.

        A feature that is there all the while is on one page, also when others come and go.
        """
        known, root, reader = _known(collection), base(request), whole.seen_by(visitor)
        maker = FeatureMaker(index=reader.index(period), page=root, now_s=time.time())
        wanted = Wanted(
            after=cursor, limit=limit, box=read_box(bbox), moments=read_moments(stretch)
        )
        page = known.page(reader, maker, wanted)
        here = f"{root}ogc/collections/{collection}"
        given = {"bbox": bbox, "datetime": stretch, "period": period, "limit": limit}
        links = [
            _link(_address(here, given | {"cursor": cursor or None}), "self", GEOJSON, "this page"),
            _link(here, "collection", "application/json", known.title),
        ]
        if page.after is not None:
            after = _address(here, given | {"cursor": page.after})
            links.append(_link(after, "next", GEOJSON, "the next page"))
        return Response(_collected(page, links), media_type=GEOJSON)

    @router.get(
        "/collections/{collection}/items/{feature_id:path}",
        response_class=Response,
        responses={200: {"content": {GEOJSON: {"schema": {"type": "object"}}}}},
    )
    def item(
        visitor: Looking,
        request: Request,
        collection: str,
        feature_id: str,
        period: Period = None,
    ) -> Response:
        """Return a feature."""
        known, root, reader = _known(collection), base(request), whole.seen_by(visitor)
        maker = FeatureMaker(index=reader.index(period), page=root, now_s=time.time())
        found = known.item(reader, maker, feature_id)
        if not found:
            raise MissingError(f"{collection}: {feature_id}", "is not known (any more)")
        here = f"{root}ogc/collections/{collection}"
        links = [_link(here, "collection", "application/json", known.title)]
        # The feature is text that ends in "}": what it belongs to goes in before that.
        return Response(f'{found[0][:-1]},"links":{_json(links)}}}', media_type=GEOJSON)


def _sections(reader: CityReader, maker: FeatureMaker, wanted: Wanted) -> Page:
    layout = maker.index.layout
    if not period_in(maker.index.period, wanted.moments):
        return Page(features=[], after=None, matched=0)
    found, names = layout.by_id, layout.sorted_ids
    if wanted.box is not None:
        found = found[shapely.intersects(layout.degrees[found], shapely.box(*wanted.box))]
        names = tuple(layout.network.sections[place].section_id for place in found.tolist())
    first = bisect_right(names, wanted.after) if wanted.after else 0
    last = first + wanted.limit
    return Page(
        features=maker.sections(found[first:last].tolist()),
        after=names[last - 1] if last < len(names) else None,
        matched=len(names),
    )


def _section(reader: CityReader, maker: FeatureMaker, name: str) -> list[Feature]:
    place = maker.index.position.get(name)
    return [] if place is None else maker.sections([place])


def _findings(reader: CityReader, maker: FeatureMaker, wanted: Wanted) -> Page:
    layout, moments = maker.index.layout, wanted.moments
    whole = wanted.box is None or _holds(wanted.box, layout.total_bounds)
    metres = None if whole or wanted.box is None else box_in_metres(wanted.box, layout)
    if not whole and metres is None:
        return Page(features=[], after=None, matched=0)
    found = reader.findings_after(
        wanted.after,
        limit=wanted.limit + 1,
        box=metres,
        since_s=moments.since_s,
        until_s=moments.until_s,
    )
    shown, more = found[: wanted.limit], len(found) > wanted.limit
    after = shown[-1].finding_id if more else None
    if wanted.box is not None and metres is not None and shown:
        # Metres are a box around the box: what lies between the two is not wanted.
        shapes = in_degrees([own.footprint for own in shown], layout)
        kept = shapely.intersects(shapes, shapely.box(*wanted.box))
        shown = tuple(own for own, is_in in zip(shown, kept, strict=True) if is_in)
    all_of_them = whole and moments == Moments()
    return Page(
        features=maker.findings(shown),
        after=after,
        matched=maker.index.findings if all_of_them else None,
    )


def _finding(reader: CityReader, maker: FeatureMaker, name: str) -> list[Feature]:
    found = reader.finding(name)
    return [] if found is None else maker.findings([found])


def _streets(reader: CityReader, maker: FeatureMaker, wanted: Wanted) -> Page:
    if not period_in(maker.index.period, wanted.moments):
        return Page(features=[], after=None, matched=0)
    found = list(maker.index.summaries)
    if wanted.box is not None:
        area = shapely.box(*wanted.box)
        touching = shapely.intersects(maker.index.layout.degrees, area)
        streets = set(np.unique(maker.index.layout.street_of[touching]).tolist())
        names = maker.index.layout.street_names
        there = {names[number] for number in streets}
        found = [own for own in found if own.street in there]
    ordered = [own.street for own in found]
    first = bisect_right(ordered, wanted.after) if wanted.after else 0
    last = first + wanted.limit
    return Page(
        features=maker.streets(found[first:last]),
        after=ordered[last - 1] if last < len(ordered) else None,
        matched=len(ordered),
    )


def _street(reader: CityReader, maker: FeatureMaker, name: str) -> list[Feature]:
    return maker.streets([own for own in maker.index.summaries if own.street == name])


COLLECTIONS = {
    "sections": Collection(
        title="Sections",
        description="About 20 m of a street each, with grade, index and share looked at.",
        page=_sections,
        item=_section,
    ),
    "findings": Collection(
        title="Findings",
        description="Damage on the road, with kind, severity, size and when it was last seen.",
        page=_findings,
        item=_finding,
    ),
    "streets": Collection(
        title="Streets",
        description="All sections of a street together, with its mean index and worst grade.",
        page=_streets,
        item=_street,
    ),
}


def _known(name: str) -> Collection:
    found = COLLECTIONS.get(name)
    if found is None:
        raise MissingError(f"Collection {name}", f"is none of {', '.join(COLLECTIONS)}")
    return found


def _described(name: str, root: str, index: CityIndex) -> dict[str, Any]:
    here = f"{root}ogc/collections/{name}"
    return {
        "id": name,
        "title": COLLECTIONS[name].title,
        "description": COLLECTIONS[name].description,
        "itemType": "feature",
        "extent": {"spatial": {"bbox": [list(index.layout.total_bounds)], "crs": CRS84}},
        "crs": [CRS84],
        "links": [
            _link(here, "self", "application/json", COLLECTIONS[name].title),
            _link(f"{here}/items", "items", GEOJSON, "its features"),
        ],
    }


def _holds(box: Bounds, bounds: Bounds) -> bool:
    # Footprints lie beside the sections' lines, within a hundredth of a degree of the town.
    margin = 0.01
    return (
        box[0] <= bounds[0] - margin
        and box[1] <= bounds[1] - margin
        and box[2] >= bounds[2] + margin
        and box[3] >= bounds[3] + margin
    )


def _link(href: str, rel: str, kind: str, title: str) -> dict[str, str]:
    return {"href": href, "rel": rel, "type": kind, "title": title}


def _address(here: str, given: dict[str, Any]) -> str:
    return (
        f"{here}/items?{urlencode({name: own for name, own in given.items() if own is not None})}"
    )


def _collected(page: Page, links: Sequence[dict[str, str]]) -> str:
    def parts() -> Iterator[str]:
        yield f'{{"type":"FeatureCollection","links":{_json(links)},'
        yield f'"numberReturned":{len(page.features)},'
        if page.matched is not None:
            yield f'"numberMatched":{page.matched},'
        yield f'"timeStamp":"{time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}",'
        yield f'"features":[{",".join(page.features)}]}}'

    return "".join(parts())


def _json(links: Sequence[dict[str, str]]) -> str:
    return json.dumps(list(links))
