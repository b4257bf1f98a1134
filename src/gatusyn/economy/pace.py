"""How multipliers of a town whose projects join are sought, and how its streets are worked on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

MANY = 12_000
"""Of more sections than this the plans of streets that are met divide budgets finely."""
MOST = 30_000
"""Of more sections than this no single street tells much, and time does."""
ANSWERS = 32
"""So many plans of a street's beginning are answered by the next section's best ways, usually."""
ALL = 1 << 60
"""Tries without end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How streets are worked on that are not exact: see `Streets.even` and `Streets.best`.

    Parameters
    ----------
    rounds
        How often what sections pay is set to and fro.
    soft, hard
        What differs by this much is told apart, first and last, as a share of a start's cost.
    listed, width, answers
        How many ways of a section, plans of a street, and plans that are answered, at most.
    tried
        So many sets of a street's actions are tried at most, where little hangs on it: a few
        streets take seconds.
    lost
        Whether only streets that are lost are.
    idle
        A street of which a plan is known no further from what its parts come to alone than by so
        many times that of the best plan that was last found there is left as it is; 0 for none.
    sure
        Whether a street is left to later work as soon as lists or plans are cut short.
    """

    rounds: int
    soft: float
    hard: float = 0.0005
    listed: int = 64
    width: int = 64
    answers: int = ANSWERS
    tried: int = ALL
    lost: bool = False
    idle: float = 0.0
    sure: bool = False


# Few streets are dear beside a mobilisation: what their sections pay is far off for long.
_FIND = Work(rounds=20, soft=0.3, hard=0.002, lost=True)
FRESH: Sequence[Work] = (Work(rounds=8, soft=0.15, hard=0.005), _FIND)
AGAIN = (Work(rounds=2, soft=0.005, hard=0.001), _FIND)
SWEEP = (Work(rounds=0, soft=0.001),)
WIDER = Work(rounds=4, soft=0.01, listed=512, width=256)
REACHED = (*FRESH, WIDER)
BOUND = (
    Work(rounds=2, soft=0.003, listed=128, width=128),
    Work(rounds=12, soft=0.03, listed=1024, width=1024),
    Work(rounds=30, soft=0.05, hard=0.0002, listed=20_000, width=20_000),
)
# Answers are worth less than their time where all of a large town is worked on.
_FRESH_OF_MOST = (
    Work(rounds=4, soft=0.15, hard=0.008, listed=32, width=32, answers=0),
    Work(rounds=10, soft=0.3, hard=0.004, listed=32, width=32, answers=0, lost=True),
)
_SWEEP_OF_MOST = (Work(rounds=0, soft=0.001, listed=32, width=32, answers=0, idle=0.5),)
# Most streets are sure at once; of those that are not a good plan spares more time than it takes.
_BOUND_OF_MOST = (
    Work(rounds=0, soft=0.003, answers=0, sure=True),
    Work(rounds=4, soft=0.01, listed=512, width=512, answers=0, sure=True),
    Work(rounds=20, soft=0.05, hard=0.0002, answers=0),
    Work(rounds=0, soft=0.05, listed=10_000, width=10_000, answers=0, tried=20_000_000),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How multipliers are sought.

    Parameters
    ----------
    sweeps
        How often all streets are planned at most.
    enough
        Multipliers are good enough where no others can be better by more than this share.
    nearer, failed, further
        How the distance to the next multipliers changes where they were better, where not, and
        where better ones were as far away as they could be.
    reach
        No others are better by more than ``enough`` up to this distance, in logarithms.
    soft
        How near its best a plan of a street takes part, as a share of what a plan comes to.
    parted
        At how many little prices plans part where money is worth next to nothing.
    first, works, bound
        How streets are worked on the first time, after it, and for the bound.
    parts
        After the first round streets are planned a part of them at a time, of so many.
    moved
        In so many first rounds the plans found are kept a year later and sooner, too.
    begin
        What part of a mobilisation a section is taken to pay before anything is known.
    added
        In large towns: how many plans are kept at the end that the best mix of those kept asks for.
    """

    sweeps: int
    enough: float
    nearer: float
    failed: float
    further: float = 1.0
    reach: float = 0.0
    soft: float
    parted: int
    first: Sequence[Work]
    works: Sequence[Work]
    bound: Sequence[Work]
    parts: int = 1
    moved: int = 100
    begin: float = 0.3
    added: int = 0


OF_FEW = Pace(
    sweeps=16,
    enough=1e-4,
    nearer=1.0,
    failed=0.6,
    soft=0.01,
    parted=8,
    first=FRESH,
    works=AGAIN,
    bound=BOUND,
)
OF_MANY = Pace(
    sweeps=24,
    enough=5e-5,
    nearer=0.8,
    failed=0.5,
    further=1.5,
    reach=0.08,
    soft=0.002,
    parted=4,
    first=FRESH,
    works=SWEEP,
    bound=BOUND,
    added=1,
)
OF_MOST = replace(
    OF_MANY,
    enough=4e-4,
    first=_FRESH_OF_MOST,
    works=_SWEEP_OF_MOST,
    bound=_BOUND_OF_MOST,
    parts=2,
    moved=2,
    begin=0.15,
    added=0,
)


def pace_of(sections: int, *, has_target: bool) -> Pace:
    """Return how multipliers are sought in a town of so many sections."""
    if not is_large(sections, has_target=has_target):
        return OF_FEW
    return OF_MANY if sections <= MOST else OF_MOST


def is_large(sections: int, *, has_target: bool) -> bool:
    """Return whether plans kept divide budgets finely: of many streets, with no target."""
    return sections > MANY and not has_target
