"""Who may do what in an organisation: roles, and what each of them allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """One thing that somebody may do or not; every route of the service names the one it needs."""

    SEE_PUBLIC = "see-public"
    """The public page: grades by street, without pictures."""
    SEE_TOWN = "see-town"
    """The map, sections, findings, drives, saved programmes, without pictures."""
    SEE_PICTURES = "see-pictures"
    REVIEW = "review"
    """Judge findings; hide what was missed in a picture, take a picture away."""
    PLAN = "plan"
    """Make, change and save programmes."""
    NOTE_DONE = "note-done"
    """Note what was done to the streets; contractors, to theirs."""
    SEND_DRIVES = "send-drives"
    EDIT_SETTINGS = "edit-settings"
    """See the settings, and change what treatments cost."""
    ADMINISTRATE = "administrate"
    """Change every setting."""
    MANAGE_USERS = "manage-users"
    SEE_AUDIT = "see-audit"


class Role(StrEnum):
    """What somebody is in an organisation."""

    ADMINISTRATOR = "administrator"
    ENGINEER = "engineer"
    REVIEWER = "reviewer"
    DRIVER = "driver"
    CONTRACTOR = "contractor"
    """Sees only the areas and treatments that were given to them."""
    VIEWER = "viewer"
    PUBLIC = "public"
    """Anybody without an account."""


_LOOKING = frozenset({Permission.SEE_PUBLIC, Permission.SEE_TOWN, Permission.SEE_PICTURES})

ALLOWED: Mapping[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.ENGINEER: _LOOKING
    | {
        *(Permission.REVIEW, Permission.PLAN, Permission.NOTE_DONE),
        *(Permission.SEND_DRIVES, Permission.EDIT_SETTINGS),
    },
    Role.REVIEWER: _LOOKING | {Permission.REVIEW},
    Role.DRIVER: frozenset({Permission.SEE_PUBLIC, Permission.SEND_DRIVES}),
    Role.CONTRACTOR: _LOOKING | {Permission.NOTE_DONE},
    Role.VIEWER: _LOOKING,
    Role.PUBLIC: frozenset({Permission.SEE_PUBLIC}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who asks, and what they may do.

    Parameters
    ----------
    name
        Under which what they change is noted; empty for the public.
    permissions
        Their role's, or fewer where a token is for less.
    areas, treatments
        What a contractor was given; None is everything.
    """

    name: str
    role: Role
    permissions: frozenset[Permission]
    areas: frozenset[str] | None = None
    treatments: frozenset[str] | None = None

    def may(self, permission: Permission) -> bool:
        """Say whether they may do something."""
        return permission in self.permissions
