"""Where a town's rows are kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gatusyn.model.errors import SettingsError

_URL = re.compile(r"postgres(ql)?://")
_PASSWORD = re.compile(r"\bpassword\s*=|^postgres(ql)?://[^/?@]*:[^/?@]*@")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreParams:
    """Where rows are kept; pictures are in the city folder.

    Parameters
    ----------
    postgis
        The PostgreSQL database (with PostGIS) that has the rows, as in
        ``postgresql://gatusyn@db.example/streets`` or ``service=streets``; not set keeps them in
        the city folder. No password here: it belongs in the password file that PostgreSQL's own
        programs read (``~/.pgpass``, or where ``PGPASSFILE`` says).
    """

    postgis: str | None = None

    def __post_init__(self) -> None:
        if self.postgis is None:
            return
        if _PASSWORD.search(self.postgis):
            raise SettingsError(
                "store.postgis",
                "has a password in it",
                "Put it into the password file (~/.pgpass) and leave it out here.",
            )
        if not _URL.match(self.postgis) and "=" not in self.postgis:
            raise SettingsError(
                "store.postgis",
                "is no connection string",
                "Write postgresql://USER@HOST/DATABASE, or service=NAME.",
            )
