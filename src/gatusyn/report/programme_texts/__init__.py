"""The texts of a programme's documents, by language and key; every language has the same keys."""

from __future__ import annotations

from collections.abc import Mapping

from gatusyn.report.programme_texts import en, pt, sv

TEXTS: Mapping[str, Mapping[str, str]] = {"sv": sv.TEXTS, "en": en.TEXTS, "pt": pt.TEXTS}
