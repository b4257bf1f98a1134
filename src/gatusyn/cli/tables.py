"""Money and prices as commands show them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from gatusyn.model import PriceLine

CsvFile = Annotated[
    Path | None, typer.Option("--csv", help="Write all rows to this file (Swedish Excel).")
]
RowLimit = Annotated[int, typer.Option(help="Rows to print; 0 prints all.", min=0)]
Overwrite = Annotated[bool, typer.Option(help="Replace a file that is there.")]


def kronor(sek: float) -> str:
    """Return whole kronor with spaces between thousands."""
    return f"{sek:,.0f}".replace(",", " ")


def short(text: str, length: int) -> str:
    """Return a text that a terminal can show, cut to a length."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in text)
    return plain if len(plain) <= length else f"{plain[: length - 1]}…"


def price_basis(prices: Sequence[PriceLine]) -> Iterator[str]:
    """Yield which years' prices were used, and how far they can be trusted."""
    years = sorted({one.price_year for one in prices})
    trust: dict[str, list[str]] = {}
    for one in prices:
        trust.setdefault(one.trust, []).append(one.treatment.replace("_", " "))
    yield f"Prices of {', '.join(map(str, years))}, without VAT; trust:"
    for level in ("high", "medium", "low"):
        if level in trust:
            yield f"  {level:<8}{', '.join(trust[level])}"
