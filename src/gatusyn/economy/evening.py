"""Compiled loops that set what sections pay for actions, so that sections and projects agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.near_ways import (
    NearWays,
    Scratch,
    agree,
    most_edges,
    narrow,
    new_near_ways,
    new_scratch,
    set_near_ways,
)
from gatusyn.economy.prepared import Floats, Ints
from gatusyn.economy.street_arrays import Ways
from gatusyn.economy.street_projects import (
    Projects,
    begin_projects,
    both_ways,
    go_backward,
    go_forward,
    new_projects,
    repay,
)
from gatusyn.model.compiled import compiled, compiled_loop


@compiled
def even_out(ways: Ways, chains: Ints, price: Floats, softness: Floats) -> None:
    """Set prices of chains' actions so that the sum of sections and projects rises.

    At prices, sections choose their ways alone and pay for their actions, and for each action the
    chain's projects are chosen alone and get what is paid. How much a section does an action, and
    how much the projects have it there, is softened; each price in turn is set to where both agree
    (block coordinate ascent of the smoothed dual problem), along the chain back and forth, with
    less softness each time. The less it is, the fewer of a section's ways come near the best and
    are looked at.

    Parameters
    ----------
    price
        Changed in place, shape [N, T * K].
    softness
        What differs by this much is told apart, in the aim's units, one for each time to and fro.
    """
    most = 0
    for chain in chains:
        most = max(most, ways.chain_start[chain + 1] - ways.chain_start[chain])
    near, scratch = new_near_ways(ways, most, most_edges(ways, chains)), new_scratch(ways)
    projects = new_projects(most, price.shape[1])
    for chain in chains:
        _even_out(ways, chain, price, softness, near, projects, scratch)


@compiled_loop
def _even_out(
    ways: Ways,
    chain: int,
    price: Floats,
    softness: Floats,
    near: NearWays,
    projects: Projects,
    scratch: Scratch,
) -> None:
    """Set prices of one chain's actions: see `even_out`."""
    begin = ways.chain_start[chain]
    count = ways.chain_start[chain + 1] - begin
    set_near_ways(ways, begin, count, near)
    longest = begin_projects(ways, begin, count, price, projects)
    for j in range(count):
        row = begin + j
        go_forward(price[row], ways.may[row], j, projects, longest, softness[0], ways.dear)
    for soft in softness:
        for j in range(count - 1, -1, -1):
            row = begin + j
            both_ways(price[row], j, projects, longest, soft)
            narrow(ways, row, j, near, price[row], soft, scratch)
            agree(ways, row, j, near, price[row], projects, soft, scratch)
            repay(price[row], j, projects, longest)
            go_backward(price[row], ways.may[row], j, projects, longest, soft)
        for j in range(count):
            row = begin + j
            both_ways(price[row], j, projects, longest, soft)
            agree(ways, row, j, near, price[row], projects, soft, scratch)
            repay(price[row], j, projects, longest)
            go_forward(price[row], ways.may[row], j, projects, longest, soft, ways.dear)


@compiled_loop
def follow_starts(
    member: Ints,
    never: NDArray[np.bool_],
    begun: NDArray[np.bool_],
    times: Floats,
    far: NDArray[np.bool_],
    first: Floats,
    price: Floats,
) -> None:
    """Let prices of actions go with what a start costs, or begin anew where that is far off.

    Parameters
    ----------
    member, begun
        Of each section, [N].
    never
        Whether what a section pays for an action stays as it is, [N, T * K].
    times, far, first
        By membership: by how many times prices grow, whether a start has become another thing, and
        what is paid then, [M, T * K].
    price
        Changed in place, [N, T * K].
    """
    for row in range(len(price)):
        m = member[row]
        for a in range(price.shape[1]):
            if never[row, a]:
                continue
            if far[m, a] and begun[row]:
                price[row, a] = first[m, a]
            else:
                price[row, a] *= times[m, a]
