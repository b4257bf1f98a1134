"""Streets of a made-up town whose sections pay for actions at a price of money."""

from __future__ import annotations

import numpy as np

from gatusyn.economy.lone import Prices, stakes
from gatusyn.economy.prepared import Ints, prepare
from gatusyn.economy.streets import Streets
from gatusyn.simulate import made_paving_town


def evened_streets(*, years: int, rounds: int, hard: float) -> tuple[Streets, Prices, Ints]:
    """Return the streets of 400 sections, prices at which a krona costs two, and all chains."""
    prepared = prepare(made_paving_town(sections=400, years=years, seed=3))
    streets, chains = Streets(prepared, stakes(prepared)), np.arange(prepared.chains)
    prices = Prices(krona=np.full((1, years), 2.0))
    streets.even(prices, chains, rounds=rounds, soft=0.15, hard=hard)
    return streets, prices, chains
