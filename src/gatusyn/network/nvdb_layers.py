"""The layers of NVDB's per-feature (*företeelse*) deliveries: names, columns; pure functions.

Each layer holds one feature type's stretches or places on link sequences. Editions name layers and
columns differently: long names (GeoPackage), short ones (shapefile), numbered ones (file
geodatabase), ASCII or Swedish ones (the open API).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from gatusyn.network.nvdb import EXTRA_COLUMNS, PLACE_COLUMNS, PROPERTY_COLUMNS, Names, find_columns

REFERENCE = "Reflinjetillkomst"
"""The layer with the link sequences' geometry, by whatever name a delivery has it."""

_REFERENCES = ("Reflinjetillkomst", "RefLinkPart", "Link")
_NO_NAMES: Mapping[str, Names] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A feature type.

    Parameters
    ----------
    name
        Its name in NVDB, without the prefixes of deliveries.
    columns
        Property to the names that its column may have.
    says
        What a link does not know without this layer, in words; empty where nothing is missed.
    only
        The property that the one column left over holds, where no known name fits.
    """

    name: str
    columns: Mapping[str, Names] = field(default_factory=lambda: _NO_NAMES)
    says: str = ""
    only: str = ""


def _names(*exact: str, stem: str = "") -> Names:
    return Names(exact=exact, stem=stem)


_LIST = (
    Layer(
        name="Vagtrafiknat",
        columns={"network_type": PROPERTY_COLUMNS["network_type"]},
        says="network types (every link is taken for cars)",
        only="network_type",
    ),
    Layer(name="ForbjudenFardriktning", says="one-way traffic"),
    Layer(
        name="Gatunamn",
        columns={
            "street_name": PROPERTY_COLUMNS["street_name"],
            "rank": _names("Ordningsnummer", "ORDNING"),
        },
        says="street names",
    ),
    Layer(
        name="Hastighetsgrans",
        columns={"speed": _names("Hogsta_tillatna_hastighet", "HTHAST", stem="Hogst")},
        says="speed limits",
    ),
    Layer(
        name="FunkVagklass",
        columns={"functional_class": PROPERTY_COLUMNS["functional_class"]},
        says="functional classes",
        only="functional_class",
    ),
    Layer(
        name="Vagbredd",
        columns={"width": PROPERTY_COLUMNS["width"]},
        says="widths (assumed by class)",
    ),
    Layer(
        name="Slitlager",
        columns={"surface": _names("Slitl_152", "Slitlagertyp", "Typ", stem="Slitl")},
        says="surfaces",
        only="surface",
    ),
    Layer(
        name="Vaghallare",
        columns={
            "keeper_type": PROPERTY_COLUMNS["keeper_type"],
            "keeper_name": PROPERTY_COLUMNS["keeper_name"],
        },
        says="road keepers",
    ),
    Layer(
        name="GCM_vagtyp",
        columns={"path_type": EXTRA_COLUMNS["path_type"]},
        says="kinds of foot and cycle paths",
        only="path_type",
    ),
    Layer(name="Cirkulationsplats", says="roundabouts"),
    Layer(
        name="Bro_och_tunnel",
        columns={"structure": EXTRA_COLUMNS["structure"]},
        says="bridges and tunnels",
    ),
    Layer(name="Korsning", columns={}, says=""),
    Layer(name="Trafik", columns={"aadt": EXTRA_COLUMNS["aadt"]}, says="traffic volumes"),
    Layer(name="TattbebyggtOmrade", says="built-up areas"),
)

# Rules that a regulation (LTF) may prescribe, besides those above; the column with what it says.
_RULES = {
    "ForbudTrafik": _names("Totalvikt", "TOTALVIKT"),
    "BegrBruttovikt": _names("Hogsta_tillatna_bruttovikt", "BRUTTOVIKT", stem="Hogst"),
    "BegrFordBredd": _names("Hogsta_tillatna_fordonsbredd", "FORD_BREDD", stem="Hogst"),
    "BegrFordLangd": _names("Hogsta_tillatna_fordonslangd", "FORD_LGD", stem="Hogst"),
    "BegrAxelBoggiTryck": _names(
        "Axel_boggitrycks_begransning__Hogsta_tillatna_tryck1", "TRYCK1", stem="Hogst"
    ),
    "InskrTranspFarligtGods": _names("Beskrivning", "BESKRGFART"),
    "Kollektivkorfalt": _names("Korfalt_korbana", "KOEFAETKNA"),
    "Stopplikt": Names(exact=()),
    "Vajningsplikt": Names(exact=()),
    "Huvudled": Names(exact=()),
    "Gagata": Names(exact=()),
    "Gangfartsomrade": Names(exact=()),
    "Miljozon": Names(exact=()),
    "ForbjudenSvang": Names(exact=()),
    "Forbud_omkorn": Names(exact=()),
    "Motorvag": Names(exact=()),
    "Motortrafikled": Names(exact=()),
}

LAYERS: Mapping[str, Layer] = MappingProxyType(
    {layer.name: layer for layer in _LIST}
    | {name: Layer(name=name, columns={"rule": value}) for name, value in _RULES.items()}
)
"""Every layer that is read, by name: those that links keep something of, then the rules."""

# How other editions and the open API call some of them, ASCII letters only.
_OTHER_NAMES = {
    "FunktionellVagklass": "FunkVagklass",
    "BegransadBruttovikt": "BegrBruttovikt",
    "BegransadFordonsbredd": "BegrFordBredd",
    "BegransadFordonslangd": "BegrFordLangd",
    "Forbud_mot_trafik": "ForbudTrafik",
}
_NUMBER = re.compile(r"_\d+$")
_STATE_ONLY = re.compile(r"(^|[^a-z])(vis|atk|batman|evb|tfr)([^a-z]|dk)")

COMMON: Mapping[str, Names] = MappingProxyType(
    dict(PLACE_COLUMNS)
    | {
        "measure": _names("MEASURE", "AVST"),
        "direction": _names("DIRECTION", "RIKTNING"),
        "side": _names("SIDE", "SIDA"),
        "valid_from": EXTRA_COLUMNS["valid_from"],
        "valid_to": EXTRA_COLUMNS["valid_to"],
    }
)
"""The columns that every layer may have: the place on the link sequence, and when it holds."""

# Others that every layer may have, and no property's.
_BOOKKEEPING = frozenset(
    {
        "gid", "feature_oid", "featureoid", "oid", "objectid", "fid", "id", "extent_length",
        "shape_len", "shape_length", "extlen", "role", "lankroll", "roll", "seq_no",
        "branch_oid", "branch", "vard", "vardvag", "xkoordinat", "ykoordinat", "deleted",
        "modified_time", "modifiedtime", "seq", "matmetod", "mätmetod",
    }
)  # fmt: skip

_DESIGNATION = (
    ("Beteckning__Organisationskod", "ORGNISTI1"),
    ("Beteckning__Artal", "AARTAL1"),
    ("Beteckning__Lopnummer", "LOEPNUMME1"),
)


def layer_of(table: str) -> str | None:
    """Return which layer a table or file is, by its name; None if it is none that is read.

    ``NVDB-Gatunamn``, ``NVDB_DKGatunamn``, ``NVDB_DK_O_24_Gatunamn``, ``TNE_FT_Gatunamn_1`` and
    ``Kiruna_NVDB_DKGatunamn`` are all ``Gatunamn``. The state's own layers (``VIS-...``) are not.
    """
    plain = _NUMBER.sub("", _ascii(table).lower())
    if _STATE_ONLY.search(plain):
        return None
    names = {name: name for name in LAYERS} | _OTHER_NAMES | dict.fromkeys(_REFERENCES, REFERENCE)
    for name in sorted(names, key=len, reverse=True):
        ending = name.lower()
        if not plain.endswith(ending):
            continue
        before = plain[: -len(ending)]
        if not before or not before[-1].isalpha() or re.search(r"(^|[^a-z])(dk|nvdb)$", before):
            return names[name]
    return None


def common_columns(columns: Sequence[str]) -> Mapping[str, str]:
    """Return the columns for place, direction, side and validity that a table has."""
    return find_columns(columns, COMMON).found


def value_columns(columns: Sequence[str], layer: Layer) -> Mapping[str, str]:
    """Return the columns of a layer's properties: by known names, else the one that is left."""
    found = dict(find_columns(columns, layer.columns).found)
    if layer.only and layer.only not in found:
        taken = {*common_columns(columns).values(), *found.values()}
        rest = [c for c in columns if c not in taken and c.lower() not in _BOOKKEEPING]
        if len(rest) == 1:
            found[layer.only] = rest[0]
    return found


def designation_columns(columns: Sequence[str]) -> tuple[str, str, str] | None:
    """Return the columns of a regulation's authority, year and number; None if one is missing."""
    lowered = {column.lower(): column for column in columns}
    found = [
        next((lowered[name.lower()] for name in names if name.lower() in lowered), None)
        for names in _DESIGNATION
    ]
    authority, year, number = found
    if authority is None or year is None or number is None:
        return None
    return authority, year, number


def interval_columns(columns: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that say at which times a rule holds."""
    short = re.compile(
        r"(dagsl|startdag|slutdag|startdatum|slutdatum|timme|minut|tim12|min13)\d*"
        r"|(st|sl)(min|tim|dag|dat)\d*",
        re.IGNORECASE,
    )
    return tuple(
        column for column in columns if "tidsintervall" in column.lower() or short.fullmatch(column)
    )


def _ascii(text: str) -> str:
    return text.translate(str.maketrans("åäöÅÄÖéÉ", "aaoAAOeE"))
