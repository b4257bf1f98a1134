"""A programme's projects, treatments and prices in words, for a page."""

from __future__ import annotations

from dataclasses import dataclass

from gatusyn.model import PlannedProject, TownProgramme
from gatusyn.pipeline.write_programme import project_words
from gatusyn.report import Language, Words, gap_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRow:
    """A project with its places, treatment and reason in words."""

    project: PlannedProject
    from_place: str
    to_place: str
    treatment_name: str
    reason: str


def project_rows(programme: TownProgramme, language: str) -> tuple[ProjectRow, ...]:
    """Return a programme's projects in the words of a language (``sv``, ``en`` or ``pt``)."""
    words = Words(Language(language))
    return tuple(
        ProjectRow(project=own, **project_words(own, programme, words))
        for own in programme.projects
    )


def gap_words(programme: TownProgramme, language: str) -> tuple[str, ...]:
    """Return in words why a programme's bound is far away, where it is."""
    return tuple(gap_lines(programme, Words(Language(language))))


def treatment_name(name: str, swedish: str, language: str) -> str:
    """Return what a treatment is called in a language, given its key and its Swedish name."""
    return Words(Language(language)).called(name, swedish)


def cost_source_words(treatment: str, written: str, language: str) -> str:
    """Return where a treatment's cost is from; what the town wrote stays as it is."""
    return Words(Language(language)).cost_source(treatment, written)
