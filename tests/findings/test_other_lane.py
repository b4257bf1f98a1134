"""Damage in the other lane: found is found, and not seen says nothing where nobody looked."""

from __future__ import annotations

from dataclasses import replace

from shapely import box
from tests.made_facts import look, seen
from tests.made_network import EAST, NORTH, network_of, street

from gatusyn.findings import derive_findings
from gatusyn.model import (
    Coverage,
    Finding,
    FindingParams,
    FindingState,
    Observation,
    RecordParams,
)

DAY_S = 86_400.0


def on_side(frame_id: str, *, right: bool, day: int) -> Coverage:
    whole = look(frame_id, 50.0, time_s=day * DAY_S)
    west = EAST if right else EAST - 4.0
    own = box(west, NORTH + 45.0, west + 4.0, NORTH + 55.0)
    return replace(whole, footprint=own, shown=whole.footprint)


def derived(*later: Coverage) -> Finding:
    """Two drives on the right side see a hole on the left; later ones look and see nothing."""
    observations: list[tuple[str, Observation]] = []
    coverage: list[tuple[str, Coverage]] = []
    for day in range(2):
        for number in range(2):
            name = f"{day}{number}"
            hole = seen(name, 50.0, east=-2.0, time_s=day * DAY_S + number)
            observations.append((f"run{day}", hole))
            coverage.append((f"run{day}", on_side(name, right=True, day=day)))
    coverage += [(f"later{number}", one) for number, one in enumerate(later)]
    (found,) = derive_findings(
        observations, coverage, network_of(street()), FindingParams(), RecordParams()
    )
    return found


def test_what_was_seen_beyond_what_was_looked_at_is_a_finding() -> None:
    found = derived()
    assert (found.sightings, found.looks, found.drives) == (4, 4, 2)
    assert found.state is FindingState.CONFIRMED


def test_looks_that_show_its_place_say_how_sure_it_is_though_they_do_not_count() -> None:
    beside = [on_side(f"x{day}", right=True, day=day) for day in (10, 11)]
    assert derived(*beside).looks == 6
    assert derived(*beside).confidence < derived().confidence


def test_only_drives_that_looked_at_its_place_make_it_gone() -> None:
    beside = [on_side(f"x{day}", right=True, day=day) for day in range(10, 30)]
    assert derived(*beside).state is FindingState.CONFIRMED
    over = [on_side(f"x{day}", right=False, day=day) for day in range(10, 30)]
    assert derived(*over).state is FindingState.GONE
