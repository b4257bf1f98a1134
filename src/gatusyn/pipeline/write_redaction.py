"""Writes what was hidden in a folder of photos: boxes as CSV, records as JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gatusyn.model import RedactionRecord, StoreError
from gatusyn.pipeline.redact import RedactedPhoto


def write_boxes(path: Path, photos: Sequence[RedactedPhoto]) -> None:
    """Write one row a hidden region: the photo's name without ending, its box, kind, confidence.

    Raises
    ------
    StoreError
        If the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8", errors="backslashreplace") as handle:
            writer = csv.writer(handle)
            writer.writerow(["image", "x1", "y1", "x2", "y2", "kind", "confidence"])
            for photo in photos:
                for r in photo.record.regions if photo.record else ():
                    row = [Path(photo.name).stem, r.x1, r.y1, r.x2, r.y2, r.kind.value]
                    writer.writerow([*row, f"{r.confidence:.4f}"])
    except OSError as error:
        raise StoreError(path, f"cannot be written ({error.strerror})") from error


def write_redaction_list(path: Path, photos: Sequence[RedactedPhoto], *, redactor: str) -> None:
    """Write each photo's redaction record, or why there is none.

    Raises
    ------
    StoreError
        If the file cannot be written.
    """
    accepted = sum(photo.written is not None for photo in photos)
    document = {
        "redactor": redactor,
        "received": len(photos),
        "accepted": accepted,
        "rejected": len(photos) - accepted,
        "photos": [_photo(photo) for photo in photos],
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
        path.write_text(text, "utf-8", errors="backslashreplace")
    except OSError as error:
        raise StoreError(path, f"cannot be written ({error.strerror})") from error


def _photo(photo: RedactedPhoto) -> dict[str, Any]:
    if photo.record is None or photo.written is None:
        assert photo.rejected is not None
        reason = {"reason": photo.rejected.reason.value, "detail": photo.rejected.detail}
        return {"photo": photo.name, **reason}
    width, height = photo.size_px
    return {
        "photo": photo.name,
        "written": photo.written.name,
        "width_px": width,
        "height_px": height,
        **_record(photo.record),
    }


def _record(record: RedactionRecord) -> dict[str, Any]:
    return {
        "model": record.model,
        "thresholds": {kind.value: limit for kind, limit in record.thresholds},
        "counts": {kind.value: count for kind, count in record.counts.items()},
        "covered_share": round(record.covered_share, 6),
        "regions": [
            {
                "kind": region.kind.value,
                "box": [region.x1, region.y1, region.x2, region.y2],
                "confidence": round(region.confidence, 4),
            }
            for region in record.regions
        ],
    }
