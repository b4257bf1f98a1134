"""What entries of the audit log are about, with fields named in the reader's language."""

from __future__ import annotations

import pytest
from tests.serve.test_serve_causes import reader_of

from gatusyn.model import AuditEntry
from gatusyn.serve.pages.about_words import about_of


@pytest.mark.parametrize(
    ("what", "about", "told"),
    [
        ("POST /users/user/change", "anna: display_name, areas", "anna: namn, gator"),
        ("PATCH /api/v1/users/{name}", "a: role: password", "a: role: lösenord"),
        ("PATCH /api/v1/users/{name}", "anna: shoe_size", "anna: shoe_size"),
        ("POST /tokens", "token: QGIS", "nyckel: QGIS"),
        ("DELETE /api/v1/tokens/{number}", "token 3", "nyckel 3"),
        ("POST /api/v1/sent/complete", "d1, 2 files, 12345 bytes", "d1, 2 filer, 12\u00a0345 byte"),
        ("PATCH /api/v1/uploads/{upload_id}", "u, 5 of 10 bytes", "u, 5 av 10 byte"),
        ("POST /settings/values", "name Å -> not set; a.b 1 -> 2", "name Å → inte satt; a.b 1 → 2"),
        (
            "PUT /api/v1/settings/costs",
            "crack_sealing.cost_sek_m2 30 -> 40",
            "spricklagning (Kronor per kvadratmeter): 30 → 40",
        ),
        ("GET /users", "token 3", "token 3"),
        ("GET /users", "", None),
    ],
)
def test_fields_are_named_in_swedish(what: str, about: str, told: str | None) -> None:
    entry = AuditEntry(time_s=1.0, who="a", what=what, about=about)
    assert about_of(entry, reader_of("sv"), {"crack_sealing": "spricklagning"}) == told
    if told is not None:
        assert "%(" not in (about_of(entry, reader_of("pt")) or "")
