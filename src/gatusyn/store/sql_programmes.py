"""Saved programmes and completed treatments in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from gatusyn.model import (
    DoneTreatment,
    FormFault,
    ProgrammeError,
    SavedProgramme,
)
from gatusyn.store.sql_codec import safe_text
from gatusyn.store.sql_part import SqlPart
from gatusyn.store.sql_scope import Scoped

SAVED_COLUMNS = ("name", "made_s", "made_by", "network_version", "derived_stamp", "document")
DONE_COLUMNS = (
    *("section_id", "element_id", "start_measure", "end_measure", "treatment", "done_on"),
    *("ore", "note", "noted_by", "noted_s"),
)


class SqlProgrammes(SqlPart):
    """A ``ProgrammeBook`` in a database; ``SqlStore.programmes`` is one."""

    def save(self, programme: SavedProgramme) -> None:
        """Keep a programme under its name; ``ProgrammeError`` if there is one of that name."""
        with self._writing("the programme") as scoped:
            if _select(scoped, programme.name):
                raise ProgrammeError(
                    f"programme {programme.name}",
                    "is there already",
                    "Choose another name.",
                    form=FormFault.PROGRAMME_TAKEN,
                    figures={"name": programme.name},
                )
            values = [getattr(programme, column) for column in SAVED_COLUMNS]
            texts = [safe_text(one) if isinstance(one, str) else one for one in values]
            scoped.insert("programme", SAVED_COLUMNS, [texts])

    def saved(self) -> tuple[SavedProgramme, ...]:
        """Return the saved programmes, oldest first."""
        with self._reading() as scoped:
            return tuple(_select(scoped))

    def get(self, name: str) -> SavedProgramme:
        """Return a saved programme; ``ProgrammeError`` if there is none of that name."""
        with self._reading() as scoped:
            found = _select(scoped, name)
            if found:
                return found[0]
            known = ", ".join(one.name for one in _select(scoped)) or "none"
        raise ProgrammeError(f"programme {name}", "is not saved here", f"There are: {known}.")

    def note_done(self, treatments: Sequence[DoneTreatment]) -> int:
        """Note completed treatments, all or none; what is noted already is left as it is."""
        with self._writing("the completed treatments") as scoped:
            there = set(scoped.rows("SELECT section_id, treatment, done_on FROM done"))
            new = []
            for one in treatments:
                key = (one.section_id, one.treatment, one.done_on.isoformat())
                if key not in there:
                    there.add(key)
                    new.append(_values(one))
            scoped.insert("done", DONE_COLUMNS, new)
        return len(new)

    def count_done(self) -> int:
        """Return how many completed treatments were noted; nothing takes one back."""
        with self._reading() as scoped:
            return int(scoped.row("SELECT count(*) FROM done")[0])

    def done(self) -> tuple[DoneTreatment, ...]:
        """Return the completed treatments, by day and as they were noted."""
        query = f"SELECT {', '.join(DONE_COLUMNS)} FROM done ORDER BY done_on, done"  # noqa: S608
        with self._reading() as scoped:
            rows = [dict(zip(DONE_COLUMNS, row, strict=True)) for row in scoped.rows(query)]
        return tuple(
            DoneTreatment(**(row | {"done_on": date.fromisoformat(row["done_on"])})) for row in rows
        )


def _select(scoped: Scoped, name: str | None = None) -> list[SavedProgramme]:
    columns = ", ".join(SAVED_COLUMNS)
    where = "TRUE" if name is None else "name = :name"
    query = f"SELECT {columns} FROM programme WHERE {where} ORDER BY programme"  # noqa: S608
    bound = {} if name is None else {"name": safe_text(name)}
    return [
        SavedProgramme(**dict(zip(SAVED_COLUMNS, row, strict=True)))
        for row in scoped.rows(query, bound)
    ]


def _values(one: DoneTreatment) -> tuple[Any, ...]:
    return (
        *(safe_text(one.section_id), safe_text(one.element_id)),
        *(one.start_measure, one.end_measure, safe_text(one.treatment), one.done_on.isoformat()),
        *(one.ore, safe_text(one.note), safe_text(one.noted_by), one.noted_s),
    )
