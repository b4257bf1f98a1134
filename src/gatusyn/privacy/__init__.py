"""Hides faces and number plates: takes raw frames, and alone makes public ones."""

from gatusyn.privacy.load_redactor import load_redactor
from gatusyn.privacy.redactor import Redactor, hide_marked

__all__ = ["Redactor", "hide_marked", "load_redactor"]
