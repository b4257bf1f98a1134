"""``gatusyn keys``: the pair of keys with which sent footage is encrypted."""

from __future__ import annotations

from gatusyn.cli.noting import CityFolder
from gatusyn.cli.output import plain_console
from gatusyn.pipeline import make_keys, opened_city


def keys(city: CityFolder) -> None:
    """Make the keys with which footage that is sent to this town is encrypted."""
    with opened_city(city) as opened:
        private, public = make_keys(opened)
    console = plain_console()
    console.print(f"{public}: the service encrypts with it", markup=False)
    console.print(
        f"{private}: `gatusyn work` decrypts with it. Keep a copy elsewhere: without it what waits "
        "is lost. Let the service that receives footage not read it.",
        markup=False,
    )
