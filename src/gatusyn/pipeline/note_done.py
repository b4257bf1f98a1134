"""Notes what was done to the streets, from a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from gatusyn.model import (
    FormFault,
    PlannedProject,
    ProgrammeError,
)
from gatusyn.pipeline.city import City
from gatusyn.pipeline.programme_document import read_document
from gatusyn.pipeline.programme_lists import done_on, read_done


def note_done(
    city: City, file: Path, *, programme: str | None, by: str, now_s: float
) -> tuple[int, int]:
    """Note completed treatments; return how many sections were new, and how many were given.

    Raises
    ------
    ProgrammeError
        If there is no such programme, or names the row that is wrong; nothing is noted then.
    """
    projects: dict[int, tuple[str, Sequence[str]]] = {}
    if programme is not None:
        saved = read_document(city.store.programmes.get(programme))
        projects = {
            one.number: (one.treatment, [measure.section_id for measure in one.measures])
            for one in saved.projects
        }
    done = read_done(
        file,
        city.store.read_network(),
        city.settings.economy,
        projects=projects,
        by=by,
        now_s=now_s,
    )
    return city.store.programmes.note_done(done), len(done)


def note_project_done(
    city: City,
    project: PlannedProject,
    day: date,
    *,
    cost_sek: float | None = None,
    note: str = "",
    by: str,
    now_s: float,
) -> int:
    """Note that a project was done; return how many sections were new.

    Raises
    ------
    ProgrammeError
        If none of its sections is on today's network, or the day is to come.
    """
    if day > date.fromtimestamp(now_s):
        raise ProgrammeError(
            f"Project {project.number}",
            "is done on a day to come",
            "Wait for it.",
            form=FormFault.DAY_TO_COME,
        )
    by_id = {one.section_id: one for one in city.store.read_network().counted_sections}
    sections = [by_id[one.section_id] for one in project.measures if one.section_id in by_id]
    if not sections:
        raise ProgrammeError(
            f"Project {project.number}",
            "has no section on today's network",
            "Note it with `gatusyn programmes done`, by element id and measures.",
        )
    done = done_on(
        sections, project.treatment, day, cost_sek=cost_sek, note=note, by=by, now_s=now_s
    )
    return city.store.programmes.note_done(done)
