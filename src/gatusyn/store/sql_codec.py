"""Between the nouns and what a database column holds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gatusyn.model import (
    DamageKind,
    Evidence,
    Extent,
    PixelClass,
    Rates,
    Reason,
    RedactedRegion,
    RedactionRecord,
    RegionKind,
)

BATCH = 5000
"""Rows that are decoded together: geometry is fast in arrays, memory is not endless."""

T = TypeVar("T")


def batches(rows: Iterable[T]) -> Iterator[list[T]]:
    """Yield rows in lists of at most ``BATCH``."""
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        yield batch


def to_wkb(geometries: Sequence[BaseGeometry]) -> list[bytes]:
    """Return geometries as WKB."""
    return list(shapely.to_wkb(np.asarray(geometries, dtype=object)))


def from_wkb(blobs: Sequence[bytes]) -> list[Any]:
    """Return the geometries of WKB."""
    return list(shapely.from_wkb(np.asarray(blobs, dtype=object)))


def boxes(geometries: Sequence[BaseGeometry]) -> list[tuple[float, float, float, float]]:
    """Return each geometry's west, south, east, north."""
    return [
        (west, south, east, north)
        for west, south, east, north in shapely.bounds(
            np.asarray(geometries, dtype=object)
        ).tolist()
    ]


def safe_text(text: str) -> str:
    r"""Return a text that can be stored: what no database takes becomes ``\udcff`` or ``\x00``.

    A file name's undecodable bytes, and the character of number 0.
    """
    if "\0" in text:
        text = text.replace("\0", "\\x00")
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def numbers_to_blob(values: Sequence[float]) -> bytes:
    """Return numbers as little-endian float64."""
    return np.asarray(values, dtype="<f8").tobytes()


def blob_to_numbers(blob: bytes) -> tuple[float, ...]:
    """Return the numbers of ``numbers_to_blob``."""
    return tuple(np.frombuffer(blob, dtype="<f8").tolist())


def texts_to_json(texts: Sequence[str]) -> str:
    """Return texts as JSON."""
    return json.dumps(list(texts))


def json_to_texts(text: str) -> tuple[str, ...]:
    """Return the texts of ``texts_to_json``."""
    return tuple(json.loads(text))


def rates_to_json(rates: Mapping[PixelClass, Rates]) -> str:
    """Encode a model's rates."""
    return json.dumps({name.value: [one.precision, one.recall] for name, one in rates.items()})


def json_to_rates(text: str) -> dict[PixelClass, Rates]:
    """Decode `rates_to_json`."""
    return {
        PixelClass(name): Rates(precision=precision, recall=recall)
        for name, (precision, recall) in json.loads(text).items()
    }


def redaction_to_json(record: RedactionRecord) -> str:
    """Return a redaction record as JSON."""
    return json.dumps(
        {
            "model": record.model,
            "thresholds": [[kind.value, float(limit)] for kind, limit in record.thresholds],
            "regions": [
                [
                    region.kind.value,
                    int(region.x1),
                    int(region.y1),
                    int(region.x2),
                    int(region.y2),
                    float(region.confidence),
                    *_unusual(region),
                ]
                for region in record.regions
            ],
            "covered_share": float(record.covered_share),
        }
    )


def _unusual(region: RedactedRegion) -> list[object]:
    """Return what few regions have: that a person marked it, and how it was found."""
    if region.evidence is not Evidence.FRAME:
        return [region.marked or None, region.evidence.value]
    return [True] if region.marked else []


def json_to_redaction(text: str) -> RedactionRecord:
    """Return the record of ``redaction_to_json``."""
    data = json.loads(text)
    return RedactionRecord(
        model=data["model"],
        thresholds=tuple((RegionKind(kind), limit) for kind, limit in data["thresholds"]),
        regions=tuple(
            RedactedRegion(
                kind=RegionKind(kind),
                x1=x1,
                y1=y1,
                x2=x2,
                y2=y2,
                confidence=confidence,
                marked=bool(more and more[0]),
                evidence=Evidence(more[1]) if len(more) > 1 else Evidence.FRAME,
            )
            for kind, x1, y1, x2, y2, confidence, *more in data["regions"]
        ),
        covered_share=data["covered_share"],
    )


def extents_to_json(extents: Sequence[Extent]) -> str:
    """Return extents as JSON."""
    return json.dumps(
        [
            [
                e.kind.value,
                int(e.severity),
                int(e.count),
                float(e.length_m),
                float(e.area_m2),
                float(e.share),
                float(e.along_share),
            ]
            for e in extents
        ]
    )


def json_to_extents(text: str) -> tuple[Extent, ...]:
    """Return the extents of ``extents_to_json``."""
    return tuple(
        Extent(
            kind=DamageKind(kind),
            severity=severity,
            count=count,
            length_m=length,
            area_m2=area,
            share=share,
            along_share=along,
        )
        for kind, severity, count, length, area, share, along in json.loads(text)
    )


def reasons_to_json(reasons: Sequence[Reason]) -> str:
    """Return reasons as JSON."""
    return json.dumps([[r.kind.value, int(r.severity), float(r.deduct), r.text] for r in reasons])


def json_to_reasons(text: str) -> tuple[Reason, ...]:
    """Return the reasons of ``reasons_to_json``."""
    return tuple(
        Reason(kind=DamageKind(kind), severity=severity, deduct=deduct, text=words)
        for kind, severity, deduct, words in json.loads(text)
    )
