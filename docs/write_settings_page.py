"""Write ``docs/guides/settings.md`` from the settings' own docstrings."""

from __future__ import annotations

from pathlib import Path

from gatusyn.model import CitySettings
from gatusyn.pipeline.write_settings import settings_table

INTRODUCTION = """\
# Settings

In a city's `gatusyn.toml`. A setting that is removed has its default. A wrong or unknown one is
named, and nothing runs. This page is written by `make docs`.

"""

if __name__ == "__main__":
    page = Path(__file__).resolve().parent / "guides" / "settings.md"
    page.write_text(INTRODUCTION + settings_table(CitySettings()), "utf-8")
