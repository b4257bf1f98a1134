"""Drives that were sent to a city, without a service between."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.made_town import PARAMS

from gatusyn.cli.demo import settings_of
from gatusyn.model import SentDrive, UploadParams
from gatusyn.pipeline import City, Intake, create_city, make_keys
from gatusyn.simulate import TownFiles


def city_of(town: TownFiles, folder: Path, **uploads: Any) -> City:
    """Return a fresh city of a made-up town, with keys."""
    params = replace(UploadParams(free_gib=0.0), **uploads)
    settings = replace(settings_of(PARAMS), uploads=params)
    city = create_city(folder, network=town.network, settings=settings)
    make_keys(city)
    return city


@dataclass
class Sent:
    """Sends drives to a city."""

    city: City
    intake: Intake = field(init=False)

    def __post_init__(self) -> None:
        self.intake = Intake(self.city)

    def part(self, drive: str, name: str, data: bytes, *, of: int | None = None) -> None:
        """Send a file, or its beginning."""
        file, _ = self.intake.begin("driver", drive, name, of or len(data))
        with self.intake.receive(file) as receiving:
            receiving.add(data)
            receiving.commit()

    def drive(self, drive: str, files: Mapping[str, bytes]) -> SentDrive:
        """Send a whole drive."""
        for name, data in files.items():
            self.part(drive, name, data)
        claimed = {
            name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in files.items()
        }
        return self.intake.complete("driver", drive, claimed)


def files_of(town: TownFiles) -> dict[str, bytes]:
    """Return a made-up drive's video and track."""
    return {path.name: path.read_bytes() for path in town.drives[0]}


def sealed_in(city: City) -> list[str]:
    """Return the names of the files of footage that a city has."""
    return sorted(path.name for path in (city.folder / "uploads").rglob("*.sealed"))
