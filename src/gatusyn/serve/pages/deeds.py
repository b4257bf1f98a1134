"""What was done, by the audit log's entries, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gatusyn.model import AuditEntry
from gatusyn.serve.answers import PICTURES_PATH
from gatusyn.serve.pages.navigation import N_

_ADDED = N_("made an account")
_CHANGED = N_("changed an account")
_PASSWORD = N_("gave an account a new password")
_SECOND_OFF = N_("switched an account's second factor off")
_ENDED = N_("logged an account out everywhere")
_TOKEN = N_("made a token")
_REVOKED = N_("revoked a token")
_JUDGED = N_("judged a finding")
_COSTS = N_("changed what treatments cost")
_PLANNED = N_("had a programme worked out")
_SAVED = N_("saved a programme")
_UPLOADED = N_("sent a file")
_LOOKED = N_("looked at a picture")
_AUDIT = N_("read the audit log")
_READ = N_("wanted to see a page or figures")
_OTHER = N_("did something else")

DEEDS: Mapping[str, str] = {
    "log-in": N_("logged in"),
    "log-out": N_("logged out"),
    "user add": _ADDED,
    "user role": N_("changed an account's role"),
    "user disable": N_("disabled an account"),
    "user disable --undo": N_("enabled an account again"),
    "user password": _PASSWORD,
    "user totp-off": _SECOND_OFF,
    "token new": _TOKEN,
    "token revoke": _REVOKED,
    "destroy footage": N_("destroyed footage"),
    "drive inspected": N_("inspected a drive"),
    "drive rejected": N_("rejected a drive"),
    "drive aside": N_("put a drive aside"),
    "POST /account/password": N_("changed their own password"),
    "POST /account/codes": N_("asked for codes from a phone"),
    "POST /account/codes/confirm": N_("switched their second factor on"),
    "POST /account/codes/off": N_("switched their second factor off"),
    "POST /users/new": _ADDED,
    "POST /users/user/change": _CHANGED,
    "POST /users/user/password": _PASSWORD,
    "POST /users/user/second": _SECOND_OFF,
    "POST /users/user/log-out": _ENDED,
    "POST /api/v1/users": _ADDED,
    "PATCH /api/v1/users/{name}": _CHANGED,
    "POST /tokens": _TOKEN,
    "POST /tokens/revoke": _REVOKED,
    "POST /api/v1/tokens": _TOKEN,
    "DELETE /api/v1/tokens/{number}": _REVOKED,
    "POST /review": _JUDGED,
    "POST /review/undo": N_("took back what they said of a finding"),
    "POST /api/v1/finding/verdict": _JUDGED,
    "POST /api/v1/picture/hide": N_("hid a part of a picture"),
    "POST /api/v1/picture/remove": N_("removed a picture"),
    "POST /settings": _COSTS,
    "PUT /api/v1/settings/costs": _COSTS,
    "POST /settings/values": N_("changed settings"),
    "POST /settings/values/grading": N_("had findings and grades worked out anew"),
    "POST /programme/save": _SAVED,
    "POST /api/v1/programmes": _PLANNED,
    "POST /api/v1/programmes/jobs/{job}/save": _SAVED,
    "POST /work/project": N_("noted that work was done"),
    "POST /api/v1/webhooks": N_("made a webhook"),
    "POST /api/v1/webhooks/remove": N_("removed a webhook"),
    "POST /api/v1/uploads": _UPLOADED,
    "PATCH /api/v1/uploads/{upload_id}": _UPLOADED,
    "DELETE /api/v1/uploads/{upload_id}": N_("took back a file that was being sent"),
    "OPTIONS /api/v1/uploads": N_("asked how files are sent"),
    "POST /api/v1/sent/complete": N_("sent a drive"),
    "POST /language": N_("chose a language"),
    "GET /audit": _AUDIT,
    "GET /api/v1/audit": _AUDIT,
}
"""By what an entry holds: a command, or a method and a route."""

_ROLE = re.compile(r"user role \w+")


def deed_of(entry: AuditEntry) -> str:
    """Return what was done, in English words that are translated."""
    what = entry.what
    if _ROLE.fullmatch(what):
        what = "user role"
    if what in DEEDS:
        return DEEDS[what]
    if what.startswith(f"GET {PICTURES_PATH}"):
        return _LOOKED
    return _READ if what.startswith(("GET ", "HEAD ")) else _OTHER
