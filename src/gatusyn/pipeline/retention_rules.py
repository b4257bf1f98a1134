"""How long what is kept, by the city's settings."""

from __future__ import annotations

from dataclasses import dataclass

from gatusyn.model import RetentionParams

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How long one kind of thing is kept.

    Parameters
    ----------
    setting
        As it stands in the settings file.
    what
        Which things, in words.
    """

    setting: str
    what: str
    days: float

    @property
    def reason(self) -> str:
        """The rule in words, for the note that stays."""
        return f"{self.what} are kept {self.days:g} days ({self.setting})"

    def due_s(self, made_s: float) -> float:
        """Return the moment from which what was made at a moment is due."""
        return made_s + self.days * DAY_S


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOutcome:
    """What a rule took, or would take.

    Parameters
    ----------
    oldest_s
        From when the oldest of them was; None if there are none.
    """

    rule: Rule
    count: int
    oldest_s: float | None


def picture_rules(params: RetentionParams) -> tuple[Rule, Rule]:
    """Return the rules for pictures with findings and for all others."""
    return (
        Rule(
            setting="retention.finding_days",
            what="pictures of findings",
            days=params.finding_days,
        ),
        Rule(
            setting="retention.section_days",
            what="pictures of sections",
            days=params.section_days,
        ),
    )


def drive_rule(params: RetentionParams) -> Rule:
    """Return the rule for what tells how a vehicle was driven."""
    return Rule(
        setting="retention.drive_days",
        what="times and places of drives",
        days=params.drive_days,
    )
