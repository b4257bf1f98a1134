"""Our deduct curves for tests, read once."""

from __future__ import annotations

from gatusyn.condition import load_curves

CURVES = load_curves(None)
