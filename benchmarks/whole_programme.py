"""Time of ``gatusyn programme`` on a made-up town of any size, step by step, and debts after it."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from gatusyn.condition import load_curves
from gatusyn.model import CitySettings
from gatusyn.pipeline import (
    ProgrammePaths,
    make_programme,
    open_city,
    stamp_of,
    write_programme,
    write_settings,
)
from gatusyn.simulate import wide_town
from gatusyn.store import create_store


class Steps:
    """Keeps the processor's seconds of each step, and says where it is."""

    def __init__(self) -> None:
        self.cpu_s: dict[str, float] = {}
        self._what, self._began_s = "", 0.0

    def step(self, what: str, done: int, total: int) -> None:
        """Begin a step; an empty one ends the last."""
        now_s = time.process_time()
        if self._what:
            self.cpu_s[self._what] = round(now_s - self._began_s, 1)
        self._what, self._began_s = what, now_s
        print(f"{what} {done}/{total}", flush=True)


def make_city(folder: Path, sections: int, seed: int) -> None:
    """Make a city folder of a made-up town, graded, without drives."""
    settings = replace(CitySettings(), name="Made-up town")
    town = wide_town(sections=sections, findings=2 * sections, seed=seed)
    with create_store(folder, organisation=settings.organisation, network=town.network) as store:
        stamp = stamp_of(store.facts_stamp(), settings, load_curves(None))
        store.write_derived(town.findings, town.conditions, stamp=stamp)
    write_settings(folder / "gatusyn.toml", settings)


def measure(folder: Path, *, sections: int, budget: float, compare: bool) -> dict[str, object]:
    """Return seconds by step, and what came of it."""
    steps = Steps()
    opened = open_city(folder)
    params = replace(opened.settings.programme, budget_sek=budget, years=10)
    made, town = make_programme(
        opened, params, name="", by="bench", now_s=1e9, compare=compare, progress=steps
    )
    names = {kind: folder / f"p.{kind}" for kind in ("xlsx", "gpkg", "pdf", "json")}
    write_programme(made, town, ProgrammePaths(**names), progress=steps)
    steps.step("", 0, 0)
    opened.store.close()
    return {
        "sections": sections,
        "budget_sek": budget,
        "projects": len(made.projects),
        "gap": made.gap,
        "debt_after_sek": {
            f"{one.kind.value} {one.budget_share:.0%}": round(one.debt_sek[-1])
            for one in made.scenarios
        },
        "cpu_s": steps.cpu_s,
        "all_cpu_s": round(sum(steps.cpu_s.values()), 1),
    }


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sections", type=int, default=45_000)
    parser.add_argument("--budget", type=float, default=50e6)
    parser.add_argument("--no-compare", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        city = Path(folder) / "city"
        make_city(city, given.sections, given.seed)
        figures = measure(
            city, sections=given.sections, budget=given.budget, compare=not given.no_compare
        )
    text = json.dumps(figures, indent=1)
    if given.json is not None:
        given.json.write_text(text + "\n", "utf-8")
    print(text)


if __name__ == "__main__":
    main()
