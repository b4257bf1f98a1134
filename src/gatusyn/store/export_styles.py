"""How QGIS draws an exported GeoPackage: the grades' colours, as on the map."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as Xml
from xml.sax.saxutils import escape

from gatusyn.model import DamageKind, Grade

GRADE_COLOURS = (
    (Grade.VERY_GOOD, "#2c7bb6"),
    (Grade.GOOD, "#abd9e9"),
    (Grade.FAIR, "#ffffbf"),
    (Grade.POOR, "#fdae61"),
    (Grade.VERY_POOR, "#d7191c"),
)
"""RdYlBu-5 (ColorBrewer): told apart by the colour-blind; the casing holds the yellow on paper."""

DIFFERENCE_COLOURS = (
    (-4, "#5e3c99"),
    (-3, "#5e3c99"),
    (-2, "#5e3c99"),
    (-1, "#b2abd2"),
    (0, "#f7f7f7"),
    (1, "#fdb863"),
    (2, "#e66101"),
    (3, "#e66101"),
    (4, "#e66101"),
)
"""PuOr-5 (ColorBrewer), told apart by the colour-blind: orange is worse than the survey says."""

CASING, UNKNOWN_COLOUR = "#404040", "#8c8c8c"
KIND_COLOURS = (
    (DamageKind.LONGITUDINAL_CRACK, "#332288"),
    (DamageKind.TRANSVERSE_CRACK, "#882255"),
    (DamageKind.CRAZING, "#aa4499"),
    (DamageKind.POTHOLE, "#000000"),
    (DamageKind.SURFACE_LOSS, "#117733"),
    (DamageKind.PATCH, "#0072b2"),
)
"""Of Tol's muted and Okabe's schemes: told apart by the colour-blind, and each has its mark."""

MARKS = {
    DamageKind.LONGITUDINAL_CRACK: "line",
    DamageKind.TRANSVERSE_CRACK: "cross",
    DamageKind.CRAZING: "star",
    DamageKind.POTHOLE: "circle",
    DamageKind.SURFACE_LOSS: "pentagon",
    DamageKind.PATCH: "square",
}


def section_qml() -> str:
    """Return QGIS's style of the sections: a colour with a dark casing a grade, grey dashes."""
    root, categories, symbols = _categorised("grade")
    for place, (grade, colour) in enumerate(GRADE_COLOURS):
        label = f"{grade.number} {grade.word}"
        _category(categories, value=str(grade.number), label=label, symbol=place)
        symbol = _symbol(symbols, place, kind="line")
        _layer(symbol, "SimpleLine", _line(CASING, width_mm=1.3))
        _layer(symbol, "SimpleLine", _line(colour, width_mm=0.9))
    last = len(GRADE_COLOURS)
    _category(categories, value="0", label=Grade.UNKNOWN.word, symbol=last)
    symbol = _symbol(symbols, last, kind="line")
    _layer(symbol, "SimpleLine", _line(UNKNOWN_COLOUR, width_mm=0.4) | {"line_style": "dash"})
    return _text(root)


def difference_qml() -> str:
    """Return QGIS's style of a comparison: how many classes worse or better than the survey."""
    root, categories, symbols = _categorised("difference")
    for place, (steps, colour) in enumerate(DIFFERENCE_COLOURS):
        label = "the same class" if not steps else f"{abs(steps)} {_worse(steps)} than the survey"
        _category(categories, value=str(steps), label=label, symbol=place)
        symbol = _symbol(symbols, place, kind="line")
        _layer(symbol, "SimpleLine", _line(CASING, width_mm=1.3))
        _layer(symbol, "SimpleLine", _line(colour, width_mm=0.9))
    return _text(root)


def _worse(steps: int) -> str:
    return "worse" if steps > 0 else "better"


def finding_qml() -> str:
    """Return QGIS's style of the findings: the footprint, and a mark that is seen from afar."""
    root, categories, symbols = _categorised("kind")
    for place, (kind, colour) in enumerate(KIND_COLOURS):
        _category(categories, value=kind.value, label=kind.words, symbol=place)
        symbol = _symbol(symbols, place, kind="fill")
        _layer(
            symbol,
            "SimpleFill",
            {
                "color": _rgba(colour, alpha=70),
                "outline_color": _rgba(colour),
                "outline_width": "0.3",
                "outline_width_unit": "MM",
                "style": "solid",
            },
        )
        centroid = _layer(symbol, "CentroidFill", {"point_on_surface": "1"})
        mark = Xml.SubElement(
            centroid, "symbol", {"type": "marker", "name": f"@{place}@1", "alpha": "1"}
        )
        _layer(
            mark,
            "SimpleMarker",
            {
                "name": MARKS[kind],
                "color": _rgba(colour),
                "outline_color": _rgba("#ffffff"),
                "size": "1.8",
                "size_unit": "MM",
            },
        )
    return _text(root)


def section_sld() -> str:
    """Return the sections' style for programs that read OGC styles (SLD 1.0)."""
    rules = "".join(
        _sld_rule(f"{grade.number} {grade.word}", grade.number, colour, width=3.5, dash="")
        for grade, colour in GRADE_COLOURS
    )
    dash = '<CssParameter name="stroke-dasharray">4 3</CssParameter>'
    rules += _sld_rule(Grade.UNKNOWN.word, 0, UNKNOWN_COLOUR, width=1.5, dash=dash)
    return _sld("sections", rules)


def finding_sld() -> str:
    """Return the findings' style for programs that read OGC styles (SLD 1.0)."""
    rules = "".join(
        f"<Rule><Name>{kind.words}</Name>{_sld_filter('kind', kind.value)}"
        f'<PolygonSymbolizer><Fill><CssParameter name="fill">{colour}</CssParameter>'
        '<CssParameter name="fill-opacity">0.3</CssParameter></Fill>'
        f'<Stroke><CssParameter name="stroke">{colour}</CssParameter></Stroke>'
        "</PolygonSymbolizer></Rule>"
        for kind, colour in KIND_COLOURS
    )
    return _sld("findings", rules)


TREATMENT_COLOURS = (
    *("#88ccee", "#44aa99", "#ddcc77", "#999933", "#cc6677", "#882255", "#332288", "#117733"),
)
"""Tol's muted scheme, the lightest treatment first; more treatments begin again."""


def treatment_qml(treatments: Sequence[str]) -> str:
    """Return QGIS's style of a programme's measures: a colour with a dark casing a treatment."""
    root, categories, symbols = _categorised("treatment")
    for place, name in enumerate(treatments):
        _category(categories, value=name, label=name.replace("_", " "), symbol=place)
        symbol = _symbol(symbols, place, kind="line")
        _layer(symbol, "SimpleLine", _line(CASING, width_mm=1.5))
        colour = TREATMENT_COLOURS[place % len(TREATMENT_COLOURS)]
        _layer(symbol, "SimpleLine", _line(colour, width_mm=1.1))
    return _text(root)


def treatment_sld(layer: str, treatments: Sequence[str]) -> str:
    """Return a programme layer's style for programs that read OGC styles (SLD 1.0)."""
    rules = "".join(
        f"<Rule><Name>{escape(name)}</Name>{_sld_filter('treatment', escape(name))}"
        '<LineSymbolizer><Stroke><CssParameter name="stroke">'
        f"{TREATMENT_COLOURS[place % len(TREATMENT_COLOURS)]}</CssParameter>"
        '<CssParameter name="stroke-width">4</CssParameter></Stroke></LineSymbolizer></Rule>'
        for place, name in enumerate(treatments)
    )
    return _sld(layer, rules)


def _categorised(attribute: str) -> tuple[Xml.Element, Xml.Element, Xml.Element]:
    root = Xml.Element("qgis", {"version": "3.28.0", "styleCategories": "Symbology"})
    renderer = Xml.SubElement(
        root,
        "renderer-v2",
        {"type": "categorizedSymbol", "attr": attribute, "enableorderby": "0", "forceraster": "0"},
    )
    return root, Xml.SubElement(renderer, "categories"), Xml.SubElement(renderer, "symbols")


def _category(categories: Xml.Element, *, value: str, label: str, symbol: int) -> None:
    kind = "long" if value.lstrip("-").isdigit() else "string"
    Xml.SubElement(
        categories,
        "category",
        {"value": value, "label": label, "symbol": str(symbol), "render": "true", "type": kind},
    )


def _symbol(symbols: Xml.Element, number: int, *, kind: str) -> Xml.Element:
    return Xml.SubElement(symbols, "symbol", {"type": kind, "name": str(number), "alpha": "1"})


def _layer(symbol: Xml.Element, kind: str, options: dict[str, str]) -> Xml.Element:
    layer = Xml.SubElement(symbol, "layer", {"class": kind, "enabled": "1", "pass": "0"})
    holder = Xml.SubElement(layer, "Option", {"type": "Map"})
    for name, value in options.items():
        Xml.SubElement(holder, "Option", {"type": "QString", "name": name, "value": value})
    return layer


def _line(colour: str, *, width_mm: float) -> dict[str, str]:
    return {
        "line_color": _rgba(colour),
        "line_width": f"{width_mm}",
        "line_width_unit": "MM",
        "line_style": "solid",
        "capstyle": "flat",
        "joinstyle": "round",
    }


def _rgba(colour: str, *, alpha: int = 255) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"{red},{green},{blue},{alpha}"


def _text(root: Xml.Element) -> str:
    head = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    return head + Xml.tostring(root, encoding="unicode")


def _sld_filter(column: str, value: str) -> str:
    return (
        '<ogc:Filter xmlns:ogc="http://www.opengis.net/ogc"><ogc:PropertyIsEqualTo>'
        f"<ogc:PropertyName>{column}</ogc:PropertyName><ogc:Literal>{value}</ogc:Literal>"
        "</ogc:PropertyIsEqualTo></ogc:Filter>"
    )


def _sld_rule(name: str, grade: int, colour: str, *, width: float, dash: str) -> str:
    return (
        f"<Rule><Name>{name}</Name>{_sld_filter('grade', str(grade))}"
        f'<LineSymbolizer><Stroke><CssParameter name="stroke">{colour}</CssParameter>'
        f'<CssParameter name="stroke-width">{width}</CssParameter>{dash}'
        "</Stroke></LineSymbolizer></Rule>"
    )


def _sld(layer: str, rules: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<StyledLayerDescriptor version="1.0.0" xmlns="http://www.opengis.net/sld">'
        f"<NamedLayer><Name>{layer}</Name><UserStyle><FeatureTypeStyle>{rules}"
        "</FeatureTypeStyle></UserStyle></NamedLayer></StyledLayerDescriptor>"
    )
