"""What people say of pictures and findings, over the wire."""

from __future__ import annotations

from pydantic import Field, FiniteFloat

from gatusyn.model import DamageKind, RegionKind, VerdictKind
from gatusyn.serve.schemas import Schema


class HideIn(Schema):
    """A region to hide: left, top, right, bottom in pixels of the picture as shown."""

    picture_id: str = Field(min_length=1, max_length=200)
    box: tuple[FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat]
    kind: RegionKind


class HideOut(Schema):
    """The picture as it is now; its address has changed.

    Copies is 0 if the same region had been marked before.
    """

    picture_id: str
    url: str
    hidden_regions: int
    copies: int


class RemoveIn(Schema):
    """A picture to take away, and why."""

    picture_id: str = Field(min_length=1, max_length=200)
    reason: str = Field(min_length=1, max_length=500)


class RemoveOut(Schema):
    """The note that stays of a picture.

    Copies is 0 if it had been removed before; date and reason are then the first ones.
    """

    picture_id: str
    removed_s: float
    reason: str
    copies: int


class VerdictIn(Schema):
    """What a person says of a finding; its kind only where it is of another one."""

    finding_id: str = Field(min_length=1, max_length=500)
    verdict: VerdictKind
    said_kind: DamageKind | None = None
    why: str = Field(min_length=1, max_length=500)


class VerdictOut(Schema):
    """What was noted."""

    number: int
    finding_id: str
    verdict: VerdictKind
    said_kind: DamageKind | None
    said_s: float
