"""Notes what was done to the streets, from a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gatusyn.pipeline.city import City
from gatusyn.pipeline.programme_document import read_document
from gatusyn.pipeline.programme_lists import read_done


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
