"""How a street gets worse with the years: families of streets and their courses."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gatusyn.model.checks import require_between
from gatusyn.model.treatment import Trust

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The condition index of a surface by its age.

    ``index(age) = 100 exp(-(age / scale)^shape)``: 100 when new, always falling, never below 0, and
    with a closed inverse. The scale is that with which the index is ``end_index`` at
    ``life_years``. (The curve of Micro PAVER and StreetSaver, ``100 - rho / ln(alpha / age)^(1 /
    beta)``, has no value from the age alpha on.)

    Parameters
    ----------
    life_years
        Age at which the index is ``end_index``.
    end_index
        Above 0 and below 100.
    shape
        1 falls fastest at first; the higher, the longer it stays good and the faster it falls then.
    """

    life_years: float
    end_index: float
    shape: float

    def __post_init__(self) -> None:
        require_between("life_years", self.life_years, 0.1, 1000.0)
        require_between("end_index", self.end_index, 0.1, 99.9)
        require_between("shape", self.shape, 0.5, 8.0)

    @property
    def scale_years(self) -> float:
        """The age at which the index is 100 / e."""
        return self.life_years / float(wear_of(self.end_index, self.shape))

    def index_at(self, age_years: ArrayLike) -> Reals:
        """Return the condition index at ages in years, any shape; 100 before 0."""
        return index_of_wear(np.asarray(age_years, np.float64) / self.scale_years, self.shape)

    def age_at(self, index: ArrayLike) -> Reals:
        """Return the ages in years at which the index is so, any shape; infinite at 0."""
        return self.scale_years * wear_of(index, self.shape)

    def lasting(self, factor: float) -> Course:
        """Return the course of a surface that lives ``factor`` times as long."""
        return Course(
            life_years=self.life_years * factor, end_index=self.end_index, shape=self.shape
        )


def wear_of(index: ArrayLike, shape: float) -> Reals:
    """Return ``(-ln(index / 100))^(1 / shape)``: grows evenly with age, 0 when new."""
    share = np.clip(np.asarray(index, np.float64) / 100.0, 0.0, 1.0)
    with np.errstate(divide="ignore"):
        loss = -np.log(share)
    wear: Reals = np.maximum(loss, 0.0) ** (1.0 / shape)
    return wear


def index_of_wear(wear: ArrayLike, shape: float) -> Reals:
    """Return the condition index of a wear: the inverse of ``wear_of``."""
    index: Reals = 100.0 * np.exp(-(np.maximum(np.asarray(wear, np.float64), 0.0) ** shape))
    return index


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Streets that wear alike: what is known of their lives, and what they must be like.

    Parameters
    ----------
    name
        Its key in the settings.
    swedish
        Its name in Swedish.
    is_path
        Whether it is of foot and cycle paths; the others are of streets.
    aadt_from
        A street of known traffic belongs to the family with the highest bound that it reaches; not
        set, only classes count.
    classes
        Functional classes (NVDB 0 to 9, OpenStreetMap's ``highway``) that belong here where the
        traffic is not known.
    life_years
        Years from a new surface to `life_end_index`, of a typical street of the family.
    life_spread
        How much the streets' lives differ: standard deviation of their natural logarithm.
    life_year, life_source, life_trust
        Where the life is from, and how far it can be trusted: high, medium or low.
    trigger
        Condition index below which a section is due for a treatment: it is in debt.
    target
        Condition index that a treatment must reach to end the debt.
    """

    name: str
    swedish: str
    life_years: float
    life_year: int
    life_source: str
    life_trust: Trust
    is_path: bool = False
    aadt_from: float | None = None
    classes: tuple[str, ...] = ()
    life_spread: float = 0.25
    trigger: float = 40.0
    target: float = 80.0

    def __post_init__(self) -> None:
        key = f"economy.families.{self.name}"
        require_between(f"{key}.life_years", self.life_years, 1.0, 200.0)
        require_between(f"{key}.life_year", self.life_year, 1950, 2200)
        require_between(f"{key}.life_spread", self.life_spread, 0.01, 1.5)
        require_between(f"{key}.trigger", self.trigger, 1.0, 99.0)
        require_between(f"{key}.target", self.target, self.trigger, 100.0)
        if self.aadt_from is not None:
            require_between(f"{key}.aadt_from", self.aadt_from, 0.0, math.ldexp(1.0, 20))
