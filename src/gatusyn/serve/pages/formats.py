"""Numbers, money and times as a language writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from babel.core import Locale
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent

NOTHING = "–"
"""What stands where something is not known."""

Number = float | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Formats:
    """Writes values for people; what is None is a dash.

    Parameters
    ----------
    locale
        A language and a country, such as ``sv_SE``.
    """

    locale: Locale

    @classmethod
    def of(cls, locale: str) -> Formats:
        """Return the formats of a locale."""
        return cls(locale=Locale.parse(locale))

    def number(self, value: Number, digits: int = 0) -> str:
        """Write a number with so many decimals."""
        if value is None:
            return NOTHING
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        # What rounds to nothing has no sign.
        return format_decimal(round(value, digits) + 0.0, format=pattern, locale=self.locale)

    def km(self, value: Number) -> str:
        """Write kilometres with as many decimals as tell something."""
        if value is None:
            return NOTHING
        return self.number(value, 0 if value >= 100 else 1 if value >= 1 or value == 0 else 2)

    def percent(self, share: Number, digits: int = 0) -> str:
        """Write a share of 1 in percent."""
        if share is None:
            return NOTHING
        pattern = "#,##0" + ("." + "0" * digits if digits else "") + "\u00a0%"
        return format_percent(share, format=pattern, locale=self.locale)

    def sek(self, value: Number) -> str:
        """Write kronor, none of them broken."""
        if value is None:
            return NOTHING
        return format_currency(
            value, "SEK", format="#,##0\u00a0¤", locale=self.locale, currency_digits=False
        )

    def listed(self, parts: Sequence[str]) -> str:
        """Write parts of a sentence after one another: a, b and c."""
        return format_list(list(parts), locale=self.locale)

    def date(self, seconds: Number) -> str:
        """Write the day of a moment in seconds since 1970-01-01 UTC, on this machine's clock."""
        if seconds is None:
            return NOTHING
        return format_date(local_moment(seconds), format="medium", locale=self.locale)

    def moment(self, seconds: Number) -> str:
        """Write a moment, to the minute."""
        if seconds is None:
            return NOTHING
        local = local_moment(seconds)
        return format_datetime(local, "d MMM y HH:mm", tzinfo=local.tzinfo, locale=self.locale)


def local_moment(seconds: float) -> datetime:
    """Return a moment in seconds since 1970-01-01 UTC on this machine's clock."""
    return datetime.fromtimestamp(seconds, tz=UTC).astimezone()
