"""What can be done to a street: when, what it does now and later, what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gatusyn.model.checks import require_between
from gatusyn.model.damage import DamageKind
from gatusyn.model.errors import SettingsError

HIGHEST_COST_SEK_M2 = 100_000.0


class Trust(StrEnum):
    """How far a figure can be trusted."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """A measure on a section's surface.

    Parameters
    ----------
    name
        Its key in the settings.
    swedish
        What Swedish street engineers call it.
    in_use
        Whether the town does it at all.
    cost_sek_m2
        Price of a square metre that it is laid on, of a large area.
    cost_year, cost_source, cost_trust
        The year of the price, where it is from, and how far it can be trusted: high, medium or low.
    mobilisation_sek
        What coming there costs, once a project, in prices of the same year.
    index_from, index_below
        Its trigger: the condition index is in this range, the end not included. Without an end it
        needs damages.
    damages
        Its trigger, too: the section has at least one of these, where the damages are known. None
        named takes any section.
    reach
        Condition index right after a treatment that gives a new surface; not set, the surface stays
        and grows older under the treatment.
    gain, gain_to
        Points that the index of a surface that stays is lifted by while the treatment is at work,
        and the index that it is not lifted above. Then the surface is as its age makes it.
    hold_pace
        How fast the surface ages while the treatment is at work: 0.5 is half a year a year, 1 does
        not hold ageing off. What is held off stays gained.
    life_years
        Of a new surface: years until `life_end_index` on a street whose own surface lives
        `typical_life_years`; on others in proportion. Of a surface that stays: years that the
        treatment is at work.
    effect_year, effect_source, effect_trust
        The same of what it does: reach, gain, pace and life.
    laid_on
        The damages that it is laid on, where they are; none named is laid on the whole surface.
    share_at_50
        Share of the surface that it is laid on at condition index 50 where the damages are not
        known; it grows with the square of what the index lacks to 100.
    minimum_length_m
        It is not done on a stretch of treated neighbours that is shorter, but for whole streets; 0
        takes any. Set it with care: where no neighbour meets the trigger, a bad section is left
        then. Our assumptions; no town publishes such lengths.
    """

    name: str
    swedish: str
    cost_sek_m2: float
    cost_year: int
    cost_source: str
    cost_trust: Trust
    life_years: float
    effect_year: int
    effect_source: str
    effect_trust: Trust
    mobilisation_sek: float = 0.0
    index_from: float = 0.0
    index_below: float | None = None
    damages: tuple[DamageKind, ...] = ()
    reach: float | None = None
    gain: float = 0.0
    gain_to: float = 100.0
    hold_pace: float = 1.0
    laid_on: tuple[DamageKind, ...] = ()
    share_at_50: float = 1.0
    minimum_length_m: float = 0.0
    in_use: bool = True

    def __post_init__(self) -> None:
        key = f"economy.treatments.{self.name}"
        require_between(f"{key}.cost_sek_m2", self.cost_sek_m2, 0.01, HIGHEST_COST_SEK_M2)
        require_between(f"{key}.cost_year", self.cost_year, 1950, 2200)
        require_between(f"{key}.mobilisation_sek", self.mobilisation_sek, 0.0, 1e8)
        require_between(f"{key}.life_years", self.life_years, 0.25, 200.0)
        require_between(f"{key}.index_from", self.index_from, 0.0, 100.0)
        require_between(f"{key}.gain", self.gain, 0.0, 100.0)
        require_between(f"{key}.gain_to", self.gain_to, 0.0, 100.0)
        require_between(f"{key}.hold_pace", self.hold_pace, 0.0, 1.0)
        require_between(f"{key}.share_at_50", self.share_at_50, 0.0001, 1.0)
        require_between(f"{key}.minimum_length_m", self.minimum_length_m, 0.0, 10_000.0)
        self._check_trigger(key)
        self._check_effect(key)

    def _check_trigger(self, key: str) -> None:
        if self.index_below is None:
            if not self.damages:
                raise SettingsError(
                    key,
                    "has no trigger",
                    "Set index_below, or name the damages that it is for.",
                )
        else:
            require_between(f"{key}.index_below", self.index_below, 0.0, 100.0)
            if self.index_below <= self.index_from:
                raise SettingsError(
                    f"{key}.index_below",
                    f"is {self.index_below:g}, not above index_from ({self.index_from:g})",
                    "Raise it, or lower index_from.",
                )

    def _check_effect(self, key: str) -> None:
        if self.reach is None:
            if self.gain == 0.0 and self.hold_pace == 1.0:
                raise SettingsError(
                    key,
                    "does nothing: no reach, no gain, and hold_pace is 1",
                    "Set what it does, or in_use = false.",
                )
            return
        require_between(f"{key}.reach", self.reach, 1.0, 100.0)
        if self.reach <= self.index_from or self.reach < self.trigger_end:
            raise SettingsError(
                f"{key}.reach",
                f"is {self.reach:g}, below the condition that it is done in ({self.trigger_end:g})",
                "Raise it, or lower index_below.",
            )
        if self.gain or self.hold_pace != 1.0:
            raise SettingsError(
                f"{key}.reach",
                "is set, and so is gain or hold_pace",
                "A new surface has reach only; remove the others.",
            )

    @property
    def trigger_end(self) -> float:
        """The index below which it is done; 100 where its trigger is damages only."""
        return 100.0 if self.index_below is None else self.index_below

    @property
    def is_new_surface(self) -> bool:
        """Whether it gives the street a new surface; if not, the old one stays."""
        return self.reach is not None

    @property
    def is_preventive(self) -> bool:
        """Whether it holds off the ageing of a surface that stays."""
        return self.hold_pace < 1.0
