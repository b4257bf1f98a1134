"""Make repairs: patches laid by hand or by machine, and trenches laid again."""

from dataclasses import dataclass

import numpy as np

from gatusyn.model import DamageKind

from .arrays import Floats
from .lines import roughen


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """How a repair looks.

    Parameters
    ----------
    shade : float
        Brightness relative to sound asphalt: fresh ones are dark, old ones may be bleached.
    tint : float
        Warmth of its colour, about 0.
    roughness : float
        Unevenness of its texture relative to the road's.
    joint_m : float
        Width of its joint; 0 where the edge is only a step in colour.
    joint_shade : float
        Brightness of the joint: sealed ones are black, open ones dark.
    over_markings : bool
        Whether it was laid after the markings were painted.
    """

    shade: float
    tint: float
    roughness: float
    joint_m: float
    joint_shade: float
    over_markings: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairDraft:
    """A repair before it is laid on a street; its rim holds (along, right) about its centre."""

    kind: DamageKind = DamageKind.PATCH
    rim: Floats
    repair: Repair


def square_patch(rng: np.random.Generator) -> RepairDraft:
    """Patch cut with a saw: straight sides, now and then skewed or with a corner taken in."""
    half = rng.uniform([0.35, 0.3], [3.5, 1.1])
    corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]
    if rng.random() < 0.2:
        inward = rng.uniform(0.0, 0.5)
        corners[2:3] = [(1.0, inward), (inward, inward), (inward, 1.0)]
    rim = np.array([*corners, corners[0]]) * half
    rim[:-1] += rng.normal(0, 0.04, (len(rim) - 1, 2))
    rim[-1] = rim[0]
    return RepairDraft(rim=rim, repair=_look(rng))


def shovelled_patch(rng: np.random.Generator) -> RepairDraft:
    """Patch laid by hand over a hole: round, uneven at its edge, unsealed."""
    half = rng.uniform([0.25, 0.25], [1.0, 0.6])
    angle = np.linspace(0, 2 * np.pi, 14)[:-1]
    radius = rng.uniform(0.75, 1.0, len(angle))
    ring = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1) * half
    rim = roughen(rng, np.concatenate([ring, ring[:1]]), 0.08, 0.06)
    return RepairDraft(rim=rim, repair=_look(rng, sealed=False))


def trench(rng: np.random.Generator, *, across_m: float | None) -> RepairDraft:
    """Trench laid again: a strip along the street, or across it where a width is given."""
    half_width = rng.uniform(0.2, 0.55)
    if across_m is None:
        half = np.array([rng.uniform(3.0, 9.0), half_width])
    else:
        half = np.array([half_width, across_m / 2])
    steps = np.linspace(-1.0, 1.0, max(2, round(2 * float(half.max()) / 1.5)))
    beside = np.ones_like(steps)
    edges = (
        np.stack([steps, -beside], axis=1),
        np.stack([beside, steps], axis=1),
        np.stack([-steps, beside], axis=1),
        np.stack([-beside, -steps], axis=1),
    )
    rim = np.concatenate([edge[:-1] for edge in edges]) * half
    rim += rng.normal(0, 0.015, rim.shape)
    return RepairDraft(rim=np.concatenate([rim, rim[:1]]), repair=_look(rng))


def _look(rng: np.random.Generator, *, sealed: bool | None = None) -> Repair:
    fresh = rng.random() < 0.5
    if sealed is None:
        sealed = rng.random() < 0.35
    joint = rng.uniform(0.035, 0.09) if sealed else rng.choice([0.0, rng.uniform(0.008, 0.025)])
    return Repair(
        shade=float(rng.uniform(0.45, 0.78) if fresh else rng.uniform(0.78, 1.22)),
        tint=float(rng.normal(0, 0.02)),
        roughness=float(rng.uniform(0.4, 0.9) if fresh else rng.uniform(0.7, 1.6)),
        joint_m=float(joint),
        joint_shade=float(rng.uniform(0.3, 0.5) if sealed else rng.uniform(0.45, 0.75)),
        over_markings=bool(rng.random() < 0.5),
    )
