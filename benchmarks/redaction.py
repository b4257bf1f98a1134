"""Run the redactor over a folder of pictures and list what it would hide.

``python benchmarks/redaction.py IMAGES_DIR --boxes FILE.csv`` writes image,x1,y1,x2,y2 (and kind
and confidence), one row a region: the input of a redaction score.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np

from gatusyn.capture import RawFrame
from gatusyn.model import PrivacyParams
from gatusyn.privacy import Redactor, load_redactor

SUFFIXES = {".jpg", ".jpeg", ".png"}


def read_frame(path: Path) -> RawFrame | None:
    """Read a picture as a raw frame; None if it is not one."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        return None
    rgb = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)
    return RawFrame(frame_id=path.stem, time_s=0.0, image=rgb)


def list_regions(
    redactor: Redactor, paths: list[Path], target: Path, kinds: list[str]
) -> dict[str, object]:
    """Write the regions of all pictures; return the figures."""
    seconds, shares, unreadable, regions = 0.0, [], 0, 0
    with target.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(["image", "x1", "y1", "x2", "y2", "kind", "confidence"])
        for path in paths:
            frame = read_frame(path)
            if frame is None:
                unreadable += 1
                continue
            start = time.perf_counter()
            record = redactor.redact(frame).redaction
            seconds += time.perf_counter() - start
            shares.append(record.covered_share)
            for r in record.regions:
                if r.kind.value in kinds:
                    regions += 1
                    row = [path.stem, r.x1, r.y1, r.x2, r.y2, r.kind.value]
                    writer.writerow([*row, f"{r.confidence:.4f}"])
    return {
        "redactor": redactor.version,
        "pictures": len(shares),
        "unreadable": unreadable,
        "regions": regions,
        "covered_share_mean": round(float(np.mean(shares)), 5) if shares else None,
        "frames_per_s": round(len(shares) / seconds, 2) if seconds else None,
    }


def main() -> int:
    """Run the command."""
    defaults = PrivacyParams()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("images", type=Path)
    parser.add_argument("--boxes", type=Path, required=True, help="CSV file to write")
    parser.add_argument("--kind", choices=["face", "plate"], help="list only this kind")
    parser.add_argument("--face-confidence", type=float, default=defaults.face_confidence)
    parser.add_argument("--plate-confidence", type=float, default=defaults.plate_confidence)
    parser.add_argument("--margin", type=float, default=defaults.margin)
    parser.add_argument("--horizon-share", type=float, default=0.33)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--weights", type=Path, help="folder with other weights")
    arguments = parser.parse_args()
    paths = sorted(p for p in arguments.images.iterdir() if p.suffix.lower() in SUFFIXES)
    redactor = load_redactor(
        PrivacyParams(
            face_confidence=arguments.face_confidence,
            plate_confidence=arguments.plate_confidence,
            margin=arguments.margin,
        ),
        horizon_share=arguments.horizon_share,
        threads=arguments.threads,
        weights=arguments.weights,
    )
    kinds = [arguments.kind] if arguments.kind else ["face", "plate"]
    print(json.dumps(list_regions(redactor, paths, arguments.boxes, kinds), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
