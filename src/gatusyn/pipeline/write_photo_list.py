"""Writes what each photo of a folder shows as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gatusyn.model import CitySettings, StoreError
from gatusyn.pipeline.photos import PhotoFinding, PhotoResult


def write_photo_list(
    path: Path, results: Sequence[PhotoResult], *, settings: CitySettings, detector: str
) -> None:
    """Write the findings of photos, and what was taken for granted of the camera.

    Raises
    ------
    StoreError
        If the file cannot be written.
    """
    camera, locate = settings.camera, settings.locate
    rejected = [one for one in results if one.rejected is not None]
    document = {
        "detector": detector,
        "camera": {
            "height_m": camera.height_m,
            "pitch_deg": camera.pitch_deg,
            "horizontal_fov_deg": camera.horizontal_fov_deg,
        },
        "looked_at": {
            "near_m": locate.near_m,
            "far_m": locate.far_m,
            "lateral_m": locate.lateral_m,
        },
        "received": len(results),
        "accepted": len(results) - len(rejected),
        "rejected": len(rejected),
        "photos": [_photo(one) for one in results],
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")
    except OSError as error:
        raise StoreError(path, f"cannot be written ({error.strerror})") from error


def _photo(result: PhotoResult) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "photo": result.name,
        "findings": [_finding(one) for one in result.findings],
    }
    if result.rejected is not None:
        detail = f" ({result.rejected.detail})" if result.rejected.detail else ""
        shown["reason"] = result.rejected.reason.value + detail
    return shown


def _finding(finding: PhotoFinding) -> dict[str, Any]:
    record = finding.record
    return {
        "kind": record.kind.value,
        "severity": record.severity,
        "severity_reason": record.reason.value,
        "confidence": round(finding.confidence, 3),
        "length_m": round(record.length_m, 2),
        "area_m2": round(record.area_m2, 2),
        "ahead_m": round(finding.ahead_m, 2),
        "aside_m": round(finding.aside_m, 2),
        "outlines_px": [
            [[x, y] for x, y in zip(part[::2], part[1::2], strict=True)]
            for part in finding.outlines_px
        ],
    }
