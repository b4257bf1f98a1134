"""Kinds of sections: as sorting all that tells sections apart would number them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.economy.made_programmes import small_town

from gatusyn.economy.prepared import numbered, prepare, worth_sek_m2
from gatusyn.model import NOT_ALLOWED


@pytest.mark.parametrize("most", [3, 40, 10_000])
def test_numbers_are_told_by_their_place_however_far_apart_they_lie(most: int) -> None:
    code = np.random.default_rng(most).integers(0, most, 50)
    there, place = numbered(code)
    assert there.tolist() == sorted(set(code.tolist()))
    assert (there[place] == code).all()


def test_sections_are_of_one_kind_only_if_they_are_alike_in_all() -> None:
    town = small_town(7, sections=40, years=2)
    # Prices that go together in the first section only, and weights of which two are the same.
    cost = town.sections.cost_sek_m2[np.arange(40) % 3] * np.array([1.0, 1.0])
    cost[5, 1] *= 2.0
    sections = replace(town.sections, cost_sek_m2=cost, weight=np.where(np.arange(40) % 2, 2.0, 1.0))
    prepared = prepare(replace(town, sections=sections))
    told = [
        (int(sections.family[row]), int(sections.state[row]), *cost[row], sections.weight[row])
        for row in prepared.rows
    ]
    assert len(set(told)) == len(prepared.kinds.family) == prepared.kind.max() + 1
    for one, other in zip(told, prepared.kind, strict=True):
        kinds = prepared.kinds
        assert one[:2] == (kinds.family[other], kinds.state[other])
        assert one[2:4] == tuple(kinds.price_sek_m2[other])
        assert one[4] == kinds.weight[other]


def test_what_a_section_owes_is_the_cheapest_treatment_that_does_enough() -> None:
    town = small_town(3, sections=30, years=2)
    prepared, space = prepare(town), town.space
    kinds, states = prepared.kinds, space.index.shape[1]
    some = 0
    for kind in range(len(kinds.family)):
        family = int(kinds.family[kind])
        owed = worth_sek_m2(town, kinds, np.arange(states), np.full(states, kind))
        for state in range(states):
            bare = int(space.bare(np.array(family), np.array(state)))
            after = space.after[:, family, bare]
            index = np.where(after != NOT_ALLOWED, space.index[family, after], -1.0)
            enough = index >= min(town.target_index[family], index.max())
            price = kinds.price_sek_m2[kind] * space.cost_share[:, family, bare]
            cheapest = price[enough & (after != NOT_ALLOWED)].min(initial=np.inf)
            is_due = space.index[family, bare] < town.trigger_index[family]
            assert owed[state] == (cheapest if is_due else 0.0)
            some += is_due
    assert some
