"""How long the map's first view of a town takes in headless Chromium, and one after panning.

    gatusyn serve CITY --port 8600 &
    python benchmarks/first_view.py http://127.0.0.1:8600 --times 5

Time runs from asking for the page until the map says that every tile is drawn and nothing moves.
Chromium keeps nothing from one time to the next: each is a visitor's first.
"""

from __future__ import annotations

import argparse
import shutil
import time

from playwright.sync_api import Page
from tests.e2e.map_driver import open_browser

DRAWN = "html[data-map=idle]"


def drawn_s(page: Page, address: str) -> float:
    """Return the seconds until a page is drawn."""
    began = time.perf_counter()
    page.goto(address)
    page.wait_for_selector(DRAWN, state="attached", timeout=120_000)
    return time.perf_counter() - began


def panned_s(page: Page) -> float:
    """Return the seconds until the map is drawn again after a step aside by the keyboard."""
    page.evaluate("document.documentElement.dataset.map = 'moving'")
    page.focus("canvas")
    began = time.perf_counter()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(DRAWN, state="attached", timeout=120_000)
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("address")
    parser.add_argument("--times", type=int, default=5)
    asked = parser.parse_args()
    first, panned = [], []
    with open_browser(shutil.which("chromium") or "chromium") as browser:
        for _ in range(asked.times):
            context = browser.new_context(viewport={"width": 1280, "height": 800})
            page = context.new_page()
            first.append(drawn_s(page, asked.address))
            panned.append(panned_s(page))
            context.close()
    for name, seconds in (("first view", first), ("after a step aside", panned)):
        print(f"{name}: {', '.join(f'{own:.2f}' for own in seconds)} s")


if __name__ == "__main__":
    main()
