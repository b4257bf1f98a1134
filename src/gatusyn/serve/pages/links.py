"""Addresses of what is shown elsewhere."""

from __future__ import annotations

from urllib.parse import urlencode


def map_link(**state: str) -> str:
    """Return the address of the map at a section, a finding or a street."""
    return f"/#{urlencode(state)}"


def page_link(path: str, **query: str) -> str:
    """Return the address of a page with a query."""
    return f"{path}?{urlencode(query)}"
