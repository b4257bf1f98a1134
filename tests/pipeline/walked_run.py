"""Inspects a drive as a process of its own, whole or with a fault on the way.

``python -m tests.pipeline.walked_run CITY FOOTAGE MODE``; MODE: whole, leaky (hides nothing), blind
(finds nothing), raising or aborting (at the third frame).
"""

from __future__ import annotations

import faulthandler
import os
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from unittest import mock

import numpy as np
from tests.made_stages import SquareDetector, made_stages

from gatusyn.model import DamageMap, Image, PrivacyParams
from gatusyn.pipeline import Inspection, Stages, inspect_drives, open_city


@dataclass
class Failing(SquareDetector):
    """Fails at the third frame, by an exception or a crash."""

    by_crash: bool = False
    seen: list[int] = field(default_factory=list)

    def detect(self, image: Image) -> DamageMap:
        self.seen.append(1)
        if len(self.seen) == 3:
            if self.by_crash:
                os.abort()
            raise RuntimeError("the detector failed")
        return super().detect(image)


def stages_for(mode: str) -> Stages:
    stages = made_stages()
    if mode == "blind":
        params = PrivacyParams(face_confidence=1.0, plate_confidence=1.0)
        return replace(stages, redactor=replace(stages.redactor, params=params))
    if mode in ("raising", "aborting"):
        return replace(stages, detector=Failing(by_crash=mode == "aborting"))
    return stages


def inspect(city: Path, footage: Path, mode: str) -> Inspection:
    opened = open_city(city)
    leave = (lambda image, *_: np.array(image)) if mode == "leaky" else None
    with mock.patch("gatusyn.privacy.redactor.hide", leave) if leave else mock.MagicMock():
        inspection = inspect_drives(opened, [footage], stages=stages_for(mode))
    opened.store.close()
    return inspection


def main() -> None:
    faulthandler.enable(all_threads=True)
    inspection = inspect(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
    sys.stderr.writelines(str(one.error) for one in inspection.outcomes if one.error)
    sys.exit(inspection.exit_code)


if __name__ == "__main__":
    main()
