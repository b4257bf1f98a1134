"""A programme as one JSON document, and back."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter, ValidationError

from gatusyn.model import ProgrammeError, SavedProgramme, TownProgramme

FORMAT = 2
_OLDEST = 1
"""In which remarks were English text."""


def document_of(programme: TownProgramme) -> dict[str, Any]:
    """Return a programme as plain values; money is in öre where it is whole."""
    return {"format": FORMAT, **asdict(programme)}


def document_text(programme: TownProgramme) -> str:
    """Return a programme as JSON, the same bytes for the same programme."""
    return json.dumps(
        document_of(programme), ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )


def read_document(saved: SavedProgramme) -> TownProgramme:
    """Return the programme that was saved.

    Raises
    ------
    ProgrammeError
        If a newer Gatusyn saved it, or the document is broken.
    """
    source = f"programme {saved.name}"
    try:
        values = json.loads(saved.document)
        made_as = values.pop("format")
        if not isinstance(made_as, int) or not _OLDEST <= made_as <= FORMAT:
            raise ProgrammeError(source, "was saved by a newer Gatusyn", "Update Gatusyn.")
        if made_as == _OLDEST:
            _bring_up(values)
        programme = TypeAdapter(TownProgramme).validate_python(values)
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
        raise ProgrammeError(source, "cannot be read", "It was damaged.") from error
    return programme


def _bring_up(values: dict[str, Any]) -> None:
    """Make the remarks of an old document ones without a language of their own."""
    for of, name in (
        (values["basis"], "remarks"),
        *((one, "lacks") for one in values["scenarios"]),
    ):
        of[name] = [{"key": "said", "values": {"words": text}} for text in of[name]]


def saved_programme(programme: TownProgramme) -> SavedProgramme:
    """Return a programme as it is kept."""
    return SavedProgramme(
        name=programme.name,
        made_s=programme.made_s,
        made_by=programme.made_by,
        network_version=programme.basis.network_version,
        derived_stamp=programme.basis.derived_stamp,
        document=document_text(programme),
    )
