"""Extents, indices and grades of sections, from findings and from what was looked at."""

from gatusyn.condition.curves import DeductCurves
from gatusyn.condition.derive import derive_conditions, period_of
from gatusyn.condition.grades import grades_of
from gatusyn.condition.load_curves import load_curves

__all__ = ["DeductCurves", "derive_conditions", "grades_of", "load_curves", "period_of"]
