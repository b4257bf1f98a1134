"""Extents and grades of sections, from findings and from what was looked at."""

from gatusyn.condition.derive import derive_conditions, period_of
from gatusyn.condition.index import combine, deduct, grade_of

__all__ = ["combine", "deduct", "derive_conditions", "grade_of", "period_of"]
