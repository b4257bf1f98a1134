"""Questions to Trafikverket's open API (version 2) and what its answers hold; pure functions.

The shape is documented at https://data.trafikverket.se/documentation/datacache/the-request and
/the-response: a POST of XML, an answer in JSON. Large data sets come in pages by ``changeid``: each
answer names the last one it holds, the next question asks for what comes after it, and an empty
page is the end (a page may be shorter than its limit before that).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

import shapely
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from gatusyn.model import NetworkError

SOURCE = "Trafikverket's open API"
"""How messages name it."""

GEOMETRY = "WKT-SWEREF99TM-3D"
"""The answer's geometry in EPSG:3006: easting, northing, and a height of -99999 if unknown."""

Box = tuple[float, float, float, float]
"""West, south, east, north in EPSG:3006, metres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectType:
    """A data set of the API.

    Parameters
    ----------
    name, namespace, version
        As the API calls them.
    layer
        The layer that it becomes, as NVDB's per-feature deliveries call it.
    """

    name: str
    namespace: str
    layer: str
    version: str = "1.2"


def _nvdb(name: str, layer: str) -> ObjectType:
    return ObjectType(name=name, namespace="vägdata.nvdb_dk_o", layer=layer)


OBJECT_TYPES = (
    ObjectType(name="Link", namespace="vägdata", layer="NVDB-Reflinjetillkomst"),
    _nvdb("Vägtrafiknät", "NVDB-Vagtrafiknat"),
    _nvdb("FörbjudenFärdriktning", "NVDB-ForbjudenFardriktning"),
    _nvdb("Gatunamn", "NVDB-Gatunamn"),
    _nvdb("Hastighetsgräns", "NVDB-Hastighetsgrans"),
    _nvdb("FunktionellVägklass", "NVDB-FunkVagklass"),
    _nvdb("Vägbredd", "NVDB-Vagbredd"),
    _nvdb("Slitlager", "NVDB-Slitlager"),
    _nvdb("Väghållare", "NVDB-Vaghallare"),
    _nvdb("GCM_vägtyp", "NVDB-GCM_vagtyp"),
    _nvdb("Cirkulationsplats", "NVDB-Cirkulationsplats"),
    _nvdb("Bro_och_tunnel", "NVDB-Bro_och_tunnel"),
    _nvdb("TättbebyggtOmråde", "NVDB-TattbebyggtOmrade"),
    ObjectType(name="Trafik", namespace="vägdata.trafik_dk_o", layer="TRAFIK-Trafik"),
)
"""What a network is made of, the reference geometry first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer: its objects, and the change id to ask on from (None where it names none)."""

    objects: tuple[Mapping[str, Any], ...]
    last_change: str | None


class TooLarge(Exception):  # noqa: N818 -- it is no fault: a smaller page is asked for
    """The answer would be larger than the API gives at once."""


def question(wanted: ObjectType, box: Box, *, key: str, change: str, limit: int) -> bytes:
    """Return the request for one page of a data set within a box."""
    corners = f"{box[0]:.0f} {box[1]:.0f}, {box[2]:.0f} {box[3]:.0f}"
    return (
        f"<REQUEST><LOGIN authenticationkey={quoteattr(key)}/>"
        f"<QUERY objecttype={quoteattr(wanted.name)} namespace={quoteattr(wanted.namespace)} "
        f"schemaversion={quoteattr(wanted.version)} changeid={quoteattr(change)} limit="
        f'"{limit:d}"><FILTER><INTERSECTS name="Geometry.{GEOMETRY}" shape="box" '
        f"value={quoteattr(corners)}/></FILTER></QUERY></REQUEST>"
    ).encode()


def read_page(body: bytes, wanted: ObjectType) -> Page:
    """Return what an answer holds.

    Raises
    ------
    TooLarge
        If the API says that the answer would be too large.
    NetworkError
        If the answer is no JSON of the documented shape, or names a fault.
    """
    try:
        answer = json.loads(body.decode("utf-8-sig"))
        result = answer["RESPONSE"]["RESULT"][0]
        require_no_fault(result, wanted)
        objects = result.get(wanted.name, [])
        last = result.get("INFO", {}).get("LASTCHANGEID")
        if not isinstance(objects, list) or not all(isinstance(one, dict) for one in objects):
            raise TypeError("its objects are no list")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as fault:
        raise NetworkError(
            SOURCE,
            f"answered for {wanted.name} in another shape than documented ({fault})",
            "Try again; if it stays so, order the delivery from Lastkajen instead.",
        ) from fault
    return Page(objects=tuple(objects), last_change=None if last is None else str(last))


def require_no_fault(result: Mapping[str, Any], wanted: ObjectType) -> None:
    """Raise the fault that an answer names, if it names one."""
    fault = result.get("ERROR")
    if not fault:
        return
    said = str(fault.get("MESSAGE", fault)) if isinstance(fault, dict) else str(fault)
    if "maximum response size" in said.lower():
        raise TooLarge
    if "authentication" in said.lower():
        raise wrong_key()
    raise NetworkError(SOURCE, f"refused to answer for {wanted.name} ({said[:200]})")


def fault_of(body: bytes) -> Mapping[str, Any]:
    """Return the ``RESULT`` of an answer with an error status; empty if it has none."""
    try:
        result = json.loads(body.decode("utf-8-sig"))["RESPONSE"]["RESULT"][0]
    except (ValueError, KeyError, IndexError, TypeError):
        return {}
    return result if isinstance(result, dict) else {}


def wrong_key() -> NetworkError:
    """Return the fault of a key that the API does not take."""
    return NetworkError(
        SOURCE,
        "does not take the key",
        "Get one at data.trafikverket.se and set GATUSYN_TRAFIKVERKET_KEY to it.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerRows:
    """Rows of a layer as a delivery has them: columns with cells, and geometries, shape [n].

    ``received == len(geometries) + deleted + broken``.
    """

    name: str
    columns: Mapping[str, Sequence[object]]
    geometries: Sequence[BaseGeometry]
    received: int
    deleted: int
    broken: int


def layer_rows(wanted: ObjectType, objects: Sequence[Mapping[str, Any]]) -> LayerRows:
    """Make a layer's rows of a data set's objects; those that are deleted or broken are counted.

    An object that came twice, as it changed while the pages were read, counts as it came last.
    """
    newest = {str(one.get("GID", f"#{at}")): one for at, one in enumerate(objects)}
    rows, geometries = [], []
    deleted = broken = 0
    for one in newest.values():
        if one.get("Deleted") in (True, "true"):
            deleted += 1
            continue
        geometry = _geometry(one)
        if geometry is None:
            broken += 1
            continue
        rows.append({_column(key): _cell(value) for key, value in one.items() if key != "Geometry"})
        geometries.append(geometry)
    names = list(dict.fromkeys(name for row in rows for name in row))
    return LayerRows(
        name=wanted.layer,
        columns={name: [row.get(name) for row in rows] for name in names},
        geometries=geometries,
        received=len(newest),
        deleted=deleted,
        broken=broken,
    )


def _geometry(one: Mapping[str, Any]) -> BaseGeometry | None:
    shapes = one.get("Geometry")
    text = shapes.get(GEOMETRY) if isinstance(shapes, dict) else None
    if not isinstance(text, str):
        return None
    try:
        # An unknown height is -99999: heights are not used.
        shape = shapely.force_2d(shapely.from_wkt(text))
    except (GEOSException, ValueError):
        return None
    return None if shape is None or shape.is_empty else shape


_RENAMED = {
    "Element_Id": "ELEMENT_ID",
    "Start_Measure": "START_MEASURE",
    "End_Measure": "END_MEASURE",
    "Measure": "MEASURE",
    "Valid_From": "VALID_FROM",
    "Valid_To": "VALID_TO",
    "Direction": "DIRECTION",
    "Riktning": "DIRECTION",
    "Side": "SIDE",
    "Sida": "SIDE",
    "ÅDT_fordon": "Adt_samtliga_fordon",
}


def _column(field: str) -> str:
    """Return the name that NVDB's GeoPackages give a field: ASCII letters only."""
    return _RENAMED.get(field, field.translate(str.maketrans("åäöÅÄÖ", "aaoAAO")))


def _cell(value: object) -> object:
    """Return a value as a cell; of a code with its meaning, the meaning."""
    if isinstance(value, dict):
        return next((value[key] for key in ("Value", "Description", "Code") if key in value), None)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
