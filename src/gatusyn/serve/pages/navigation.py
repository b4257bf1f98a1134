"""Where a visitor can go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gatusyn.model import Permission, Visitor


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark words for translation where they stand; they are translated where they are shown."""
    return text


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802 - as above, with a plural
    """Mark words of one and of many for translation."""
    return one, many


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A page in the navigation.

    Parameters
    ----------
    words
        In English; translated when shown.
    needs
        What a visitor must be allowed to do to be led there.
    is_whole
        Whether it is about the whole town: who was given a part of it is not led there.
    """

    path: str
    words: str
    needs: Permission
    is_whole: bool = True

    def is_for(self, visitor: Visitor) -> bool:
        """Say whether a visitor is led there."""
        return visitor.may(self.needs) and not (self.is_whole and visitor.areas is not None)


PLACES: Sequence[Place] = (
    Place(path="/", words=N_("Map"), needs=Permission.SEE_TOWN, is_whole=False),
    Place(path="/overview", words=N_("Overview"), needs=Permission.SEE_TOWN),
    Place(path="/streets", words=N_("Streets"), needs=Permission.SEE_TOWN, is_whole=False),
    Place(path="/sections", words=N_("Sections"), needs=Permission.SEE_TOWN, is_whole=False),
    Place(path="/findings", words=N_("Findings"), needs=Permission.SEE_TOWN, is_whole=False),
    Place(path="/drives", words=N_("Drives"), needs=Permission.SEE_TOWN),
    Place(path="/send", words=N_("Send drives"), needs=Permission.SEND_DRIVES),
    Place(path="/review", words=N_("Review"), needs=Permission.REVIEW),
    Place(path="/programme", words=N_("Programme"), needs=Permission.SEE_TOWN),
    Place(path="/work", words=N_("Work"), needs=Permission.SEE_TOWN, is_whole=False),
    Place(path="/settings", words=N_("Settings"), needs=Permission.EDIT_SETTINGS),
    Place(path="/users", words=N_("Users"), needs=Permission.MANAGE_USERS),
    Place(path="/audit", words=N_("Audit log"), needs=Permission.SEE_AUDIT),
)

PLACES_TO_LOOK_AT = tuple(
    place
    for place in PLACES
    if place.path not in ("/send", "/review", "/programme", "/work", "/settings")
)
"""Where the service cannot write."""


def is_at(place: Place, path: str) -> bool:
    """Say whether a path is that of a page, or of one below it."""
    return path == place.path or (place.path != "/" and path.startswith(place.path + "/"))
