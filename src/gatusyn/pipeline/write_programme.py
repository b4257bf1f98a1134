"""Writes a programme's documents: XLSX, GeoPackage, PDF, JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gatusyn.model import PlannedProject, TownProgramme
from gatusyn.pipeline.programme_document import document_of
from gatusyn.pipeline.progress import Progress, SilentProgress
from gatusyn.pipeline.town_stock import TownStock
from gatusyn.report import Language, Words, programme_pdf, programme_xlsx
from gatusyn.store import require_free, write_programme_gpkg, write_whole


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammePaths:
    """Where a programme's documents go; None writes none."""

    xlsx: Path | None = None
    gpkg: Path | None = None
    pdf: Path | None = None
    json: Path | None = None

    def given(self) -> dict[str, Path]:
        """Return the documents that are wanted, by their ending."""
        all_paths = {".xlsx": self.xlsx, ".gpkg": self.gpkg, ".pdf": self.pdf, ".json": self.json}
        return {ending: path for ending, path in all_paths.items() if path is not None}

    def require_free(self, *, overwrite: bool) -> None:
        """Check that all can be written, before the work.

        Raises
        ------
        SettingsError
            Names the first that cannot.
        """
        for ending, path in self.given().items():
            require_free(path, overwrite=overwrite, endings=(ending,))


def write_programme(
    programme: TownProgramme,
    town: TownStock,
    paths: ProgrammePaths,
    *,
    language: Language = Language.SV,
    map_link: str | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> tuple[Path, ...]:
    """Write a programme's documents and return their paths.

    Raises
    ------
    SettingsError
        If a file has another ending, or is there and may not be replaced.
    StoreError
        If one cannot be written.
    """
    words = Words(language)
    paths.require_free(overwrite=overwrite)
    graded = frozenset(town.stock.section_id[town.stock.is_known].tolist())
    contents: dict[str, Callable[[], bytes]] = {
        ".xlsx": lambda: programme_xlsx(programme, words, map_link=map_link),
        ".pdf": lambda: programme_pdf(programme, town.network, graded, words),
        ".json": lambda: (
            json.dumps(document_of(programme), ensure_ascii=False, indent=1) + "\n"
        ).encode(),
    }
    steps = progress or SilentProgress()
    for ending, path in paths.given().items():
        steps.step(f"writing {path.name}", 0, 0)
        if ending == ".gpkg":
            write_programme_gpkg(
                path,
                programme,
                town.network,
                lambda project: project_words(project, programme, words),
                map_link=map_link,
                overwrite=overwrite,
            )
        else:
            write_whole(path, contents[ending]())
    return tuple(paths.given().values())


def project_words(
    project: PlannedProject, programme: TownProgramme, words: Words
) -> Mapping[str, str]:
    """Return a project's places, treatment and reason in words."""
    prices = {one.treatment: one for one in programme.prices}
    return {
        "from_place": words.place(project.start),
        "to_place": words.place(project.end),
        "treatment_name": words.treatment(project.treatment, prices),
        "reason": words.reason(project.reason, project, last_year=programme.years[-1]),
    }
