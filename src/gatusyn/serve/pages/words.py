"""What kinds, states and grades are called; translated where they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from gatusyn.model import (
    DamageKind,
    FindingState,
    Permission,
    RejectReason,
    Role,
    SeverityReason,
)
from gatusyn.serve.pages.navigation import N_

GRADES: Mapping[int, str] = {
    0: N_("unknown"),
    1: N_("very good"),
    2: N_("good"),
    3: N_("fair"),
    4: N_("poor"),
    5: N_("very poor"),
}

KINDS: Mapping[DamageKind, str] = {
    DamageKind.LONGITUDINAL_CRACK: N_("longitudinal crack"),
    DamageKind.TRANSVERSE_CRACK: N_("transverse crack"),
    DamageKind.CRAZING: N_("crazing"),
    DamageKind.POTHOLE: N_("pothole"),
    DamageKind.SURFACE_LOSS: N_("surface loss"),
    DamageKind.PATCH: N_("patch"),
}

STATES: Mapping[FindingState, str] = {
    FindingState.NEW: N_("new"),
    FindingState.CONFIRMED: N_("confirmed"),
    FindingState.GONE: N_("gone"),
    FindingState.REPAIRED: N_("repaired"),
    FindingState.REJECTED: N_("rejected"),
}

SEVERITIES: Mapping[int, str] = {1: N_("1 slight"), 2: N_("2 moderate"), 3: N_("3 severe")}


REASONS: Mapping[SeverityReason, str] = {
    SeverityReason.SINGLE_LINE: N_("one line"),
    SeverityReason.BRANCHED: N_("branched"),
    SeverityReason.HEAVILY_BRANCHED: N_("heavily branched"),
    SeverityReason.FAINT_NET: N_("faint net"),
    SeverityReason.CLEAR_NET: N_("clear net"),
    SeverityReason.PIECES_LOST: N_("pieces lost"),
    SeverityReason.SMALL_HOLE: N_("under 20 cm"),
    SeverityReason.MEDIUM_HOLE: N_("20 to 45 cm"),
    SeverityReason.LARGE_HOLE: N_("45 cm or more"),
    SeverityReason.SURFACE_LOST: N_("surface lost"),
    SeverityReason.SURFACE_LOST_WIDELY: N_("surface lost widely"),
    SeverityReason.SOUND_PATCH: N_("sound patch"),
    SeverityReason.CRACKED_PATCH: N_("cracked patch"),
    SeverityReason.BROKEN_PATCH: N_("broken patch"),
}

REJECTIONS: Mapping[RejectReason, str] = {
    RejectReason.UNREADABLE: N_("unreadable"),
    RejectReason.NOT_AN_IMAGE: N_("not a picture"),
    RejectReason.TOO_SMALL: N_("too small"),
    RejectReason.NO_POSITION: N_("no position"),
    RejectReason.NO_TRACK: N_("outside the track's time"),
    RejectReason.TOO_CLOSE: N_("too close to the one before"),
    RejectReason.TOO_DARK: N_("too dark"),
    RejectReason.BLURRED: N_("blurred"),
    RejectReason.TURNING: N_("in a sharp turn"),
    RejectReason.OFF_ROAD: N_("no road in view"),
    RejectReason.OFF_NETWORK: N_("off the network"),
    RejectReason.UNCHECKED: N_("could not be checked for faces and plates"),
}

ROLES: Mapping[Role, str] = {
    Role.ADMINISTRATOR: N_("administrator"),
    Role.ENGINEER: N_("engineer"),
    Role.REVIEWER: N_("reviewer"),
    Role.DRIVER: N_("driver"),
    Role.CONTRACTOR: N_("contractor"),
    Role.VIEWER: N_("viewer"),
    Role.PUBLIC: N_("public"),
}

PERMISSIONS: Mapping[Permission, str] = {
    Permission.SEE_PUBLIC: N_("see the page for everybody"),
    Permission.SEE_TOWN: N_("see the map and the lists"),
    Permission.SEE_PICTURES: N_("see pictures"),
    Permission.REVIEW: N_("judge findings, hide and remove pictures"),
    Permission.PLAN: N_("make and save programmes"),
    Permission.NOTE_DONE: N_("note what was done"),
    Permission.SEND_DRIVES: N_("send drives"),
    Permission.EDIT_SETTINGS: N_("see the settings, change costs"),
    Permission.ADMINISTRATE: N_("change every setting"),
    Permission.MANAGE_USERS: N_("look after accounts"),
    Permission.SEE_AUDIT: N_("see the audit log"),
}
