"""What goes over the wire of programmes that are asked for, of debt, and of costs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, FiniteFloat

from gatusyn.model import Trust
from gatusyn.model.treatment import HIGHEST_COST_SEK_M2
from gatusyn.serve.schemas import Schema

MOST_LOCKS = 50


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    return text.strip()


PlanName = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_said)]


class LockIn(Schema):
    """A street that is put in (with treatment and year) or left out (without)."""

    street: str = Field(min_length=1, max_length=200)
    treatment: str | None = Field(default=None, min_length=1, max_length=60)
    year: int | None = Field(default=None, ge=1950, le=2200)


class PlanIn(Schema):
    """A programme to be worked out; what is left out is as in the town's settings."""

    budget_sek: FiniteFloat = Field(gt=0.0, le=1e12, description="SEK a year")
    years: int | None = Field(default=None, ge=1, le=20)
    locks: list[LockIn] = Field(default=[], max_length=MOST_LOCKS)


class FaultOut(Schema):
    """Why there is no programme."""

    detail: str
    remedy: str


class PlanJobOut(Schema):
    """A programme being worked out.

    ``what``, ``done`` and ``total`` say how far it has come while it is ``working``.
    """

    job: str
    state: Literal["working", "done", "failed"]
    what: str
    done: int
    total: int
    fault: FaultOut | None


class SaveIn(Schema):
    """The name to keep a programme under."""

    name: PlanName


class CostOut(Schema):
    """What a treatment costs, from which year and whom, and how far that can be trusted."""

    treatment: str
    swedish: str
    in_use: bool
    cost_sek_m2: float
    mobilisation_sek: float
    cost_year: int
    cost_source: str
    cost_trust: Trust
    is_own: bool = Field(description="whether the town's file says it; else it is our default")


class CostsOut(Schema):
    """What all treatments cost."""

    items: list[CostOut]


class CostIn(Schema):
    """New figures of a treatment; one that is left out stays."""

    treatment: str = Field(min_length=1, max_length=100)
    cost_sek_m2: FiniteFloat | None = Field(default=None, ge=0.01, le=HIGHEST_COST_SEK_M2)
    mobilisation_sek: FiniteFloat | None = Field(default=None, ge=0.0, le=1e8)


class CostsIn(Schema):
    """New figures: all are written, or none."""

    items: list[CostIn] = Field(min_length=1, max_length=100)


class DebtOut(Schema):
    """The debt of a part of the town; an empty name is what the network says nothing of.

    ``graded_sek`` with its 95 % interval is of the streets that are graded; of others it is
    estimated (null for damages: nobody knows theirs).
    """

    name: str
    length_km: float
    graded_sek: float
    low_sek: float
    high_sek: float
    not_graded_sek: float | None
    together_sek: float
    together_low_sek: float
    together_high_sek: float
    per_km_sek: float
    per_inhabitant_sek: float | None


class DebtPage(Schema):
    """A page of the parts, the largest first, and the whole."""

    total: int
    limit: int
    offset: int
    items: list[DebtOut]
    whole: DebtOut
