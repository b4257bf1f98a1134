"""Yardsticks: what was found against what is there."""

from gatusyn.evaluate.against_truth import ClassScore, DamageTruth, TruthScore, score_findings
from gatusyn.evaluate.read_truth import read_truth

__all__ = ["ClassScore", "DamageTruth", "TruthScore", "read_truth", "score_findings"]
