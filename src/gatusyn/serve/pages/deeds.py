"""What was done, by the audit log's entries, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gatusyn.model import AuditEntry
from gatusyn.serve.answers import PICTURES_PATH
from gatusyn.serve.pages.navigation import N_

_ADDED = N_("make an account")
_CHANGED = N_("change an account")
_PASSWORD = N_("give an account a new password")
_SECOND_OFF = N_("switch an account's second factor off")
_ENDED = N_("log an account out everywhere")
_TOKEN = N_("make a token")
_REVOKED = N_("revoke a token")
_JUDGED = N_("judge a finding")
_COSTS = N_("change what treatments cost")
_PLANNED = N_("have a programme worked out")
_SAVED = N_("save a programme")
_UPLOADED = N_("send a file")
_LOOKED = N_("look at a picture")
_AUDIT = N_("read the audit log")
_READ = N_("see a page or figures")
_OTHER = N_("something else")

DEEDS: Mapping[str, str] = {
    "log-in": N_("log in"),
    "log-out": N_("log out"),
    "user add": _ADDED,
    "user role": N_("change an account's role"),
    "user disable": N_("disable an account"),
    "user disable --undo": N_("enable an account again"),
    "user password": _PASSWORD,
    "user totp-off": _SECOND_OFF,
    "token new": _TOKEN,
    "token revoke": _REVOKED,
    "destroy footage": N_("destroy footage"),
    "drive inspected": N_("inspect a drive"),
    "drive rejected": N_("reject a drive"),
    "drive aside": N_("put a drive aside"),
    "POST /account/password": N_("change their own password"),
    "POST /account/codes": N_("ask for codes from a phone"),
    "POST /account/codes/confirm": N_("switch their second factor on"),
    "POST /account/codes/off": N_("switch their second factor off"),
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
    "POST /review/undo": N_("take back what they said of a finding"),
    "POST /api/v1/finding/verdict": _JUDGED,
    "POST /api/v1/picture/hide": N_("hide a part of a picture"),
    "POST /api/v1/picture/remove": N_("remove a picture"),
    "POST /settings": _COSTS,
    "PUT /api/v1/settings/costs": _COSTS,
    "POST /settings/values": N_("change settings"),
    "POST /settings/values/grading": N_("have findings and grades worked out anew"),
    "POST /programme/save": _SAVED,
    "POST /api/v1/programmes": _PLANNED,
    "POST /api/v1/programmes/jobs/{job}/save": _SAVED,
    "POST /work/project": N_("note that work was done"),
    "POST /api/v1/webhooks": N_("make a webhook"),
    "POST /api/v1/webhooks/remove": N_("remove a webhook"),
    "POST /api/v1/uploads": _UPLOADED,
    "PATCH /api/v1/uploads/{upload_id}": _UPLOADED,
    "DELETE /api/v1/uploads/{upload_id}": N_("take back a file that is being sent"),
    "OPTIONS /api/v1/uploads": N_("ask how files are sent"),
    "POST /api/v1/sent/complete": N_("send a drive"),
    "POST /language": N_("choose a language"),
    "GET /audit": _AUDIT,
    "GET /api/v1/audit": _AUDIT,
}
"""By what an entry holds: a command, or a method and a route. Whether it was done stands beside."""

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
