"""Yardsticks: what was found against what is there."""

from gatusyn.evaluate.against_truth import DamageTruth, KindScore, TruthScore, score_findings
from gatusyn.evaluate.read_truth import read_truth

__all__ = ["DamageTruth", "KindScore", "TruthScore", "read_truth", "score_findings"]
