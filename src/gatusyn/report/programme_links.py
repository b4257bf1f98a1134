"""Links from a document's rows into the map."""

from __future__ import annotations

from urllib.parse import quote


def fill_section(template: str, section_id: str) -> str:
    """Return a map link for a section, its id escaped."""
    return template.replace("{section}", quote(section_id, safe="")).replace("{finding}", "")
