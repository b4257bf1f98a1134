"""How long the map's first view of a town takes in headless Chromium, and one after panning.

    gatusyn serve CITY --port 8600 &
    python benchmarks/first_view.py http://127.0.0.1:8600 --times 5

Time runs from asking for the page until the map says that every tile is drawn and nothing moves,
the panel beside it is there, and the browser has shown it.
Chromium keeps nothing from one time to the next: each is a visitor's first. Of each browser that is
started, the first page is told apart: it also makes ready what draws.
"""

from __future__ import annotations

import argparse
import shutil
import time
from statistics import median

from playwright.sync_api import Page
from tests.e2e.map_driver import open_browser

DRAWN = """() => new Promise((done) => {
  const page = document.documentElement;
  const shown = () => requestAnimationFrame(() => requestAnimationFrame(done));
  const look = () => page.dataset.map === "idle" && document.querySelector(".panel") && shown();
  new MutationObserver(look).observe(page, { attributes: true, childList: true, subtree: true });
  look();
})"""
"""Waits in the page: Playwright's own waiting looks twice a second only."""


def drawn_s(page: Page, address: str) -> float:
    """Return the seconds until a page is drawn."""
    began = time.perf_counter()
    page.goto(address)
    page.evaluate(DRAWN)
    return time.perf_counter() - began


def panned_s(page: Page) -> float:
    """Return the seconds until the map is drawn again after a step aside by the keyboard."""
    page.evaluate("document.documentElement.dataset.map = 'moving'")
    page.focus("canvas")
    began = time.perf_counter()
    page.keyboard.press("ArrowRight")
    page.evaluate(DRAWN)
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("addresses", nargs="+", help="Several are measured in turns.")
    parser.add_argument("--browsers", type=int, default=3)
    parser.add_argument("--times", type=int, default=5, help="Pages of each browser.")
    asked = parser.parse_args()
    executable = shutil.which("chromium") or "chromium"
    seconds: dict[str, dict[str, list[float]]] = {
        address: {"first page": [], "next": [], "after a step aside": []}
        for address in asked.addresses
    }
    for _ in range(asked.browsers):
        for address, own in seconds.items():
            with open_browser(executable) as browser:
                for place in range(asked.times):
                    context = browser.new_context(viewport={"width": 1280, "height": 800})
                    page = context.new_page()
                    own["next" if place else "first page"].append(drawn_s(page, address))
                    own["after a step aside"].append(panned_s(page))
                    context.close()
    for address, own in seconds.items():
        print(address)
        for name, figures in own.items():
            if figures:
                told = ", ".join(f"{one:.2f}" for one in figures)
                print(f"  {name}: {told} s (median {median(figures):.2f})")


if __name__ == "__main__":
    main()
