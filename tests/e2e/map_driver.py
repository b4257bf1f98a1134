"""One driver for the map page: what a person does, in words, through headless Chromium."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
)
PATIENCE_MS = 30_000


@contextmanager
def open_browser(executable: str) -> Iterator[Browser]:
    """Start Chromium so that it draws WebGL without a graphics card."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class MapDriver:
    """Drives one page and notes what must not happen: errors, and requests to elsewhere.

    Parameters
    ----------
    base
        The service's address, ``http://127.0.0.1:PORT``.
    shots
        Folder for screenshots.
    """

    page: Page
    base: str
    shots: Path
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.foreign.append(request.url)

    def open(self, **state: str) -> None:
        """Open the page at a state of its address, and wait until the map has been drawn."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.base}/#{urlencode(state)}")
        self.wait_for_map()

    def wait_for_map(self) -> None:
        """Wait until every tile is drawn and nothing moves."""
        self.page.wait_for_selector("html[data-map=idle]", state="attached")

    def look_at(self, lon: float, lat: float, *, zoom: float) -> None:
        """Open the page with a place in the middle of the map."""
        self.open(map=f"{zoom}/{lat}/{lon}")

    def click_middle(self) -> None:
        """Click on what is in the middle of the map."""
        box = self.canvas.bounding_box()
        assert box is not None
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def choose_language(self, language: str) -> None:
        """Press a language's button; the page comes back in it."""
        self.page.locator(f".head-languages button[value={language}]").click()
        self.page.wait_for_selector(f"html[lang={language}]", state="attached")

    def shot(self, name: str) -> Path:
        """Keep what is seen as a picture."""
        self.shots.mkdir(parents=True, exist_ok=True)
        path = self.shots / f"{name}.png"
        self.page.screenshot(path=path)
        return path

    def colours_drawn(self) -> set[tuple[int, int, int]]:
        """Return the colours of the map's pixels, as seen."""
        with Image.open(io.BytesIO(self.canvas.screenshot())) as image:
            pixels = np.asarray(image.convert("RGB")).reshape(-1, 3)
        return {(int(r), int(g), int(b)) for r, g, b in np.unique(pixels, axis=0)}

    @property
    def canvas(self) -> Locator:
        """The map itself."""
        return self.page.locator(".maplibregl-canvas")

    @property
    def card(self) -> Locator:
        """The card of the selected section."""
        return self.page.locator("aside.card")

    @property
    def rows(self) -> Locator:
        """The rows of the list beside the map."""
        return self.page.locator(".section-row")

    @property
    def fragment(self) -> str:
        """The state in the address."""
        return urlsplit(self.page.url).fragment

    def shown_picture_size(self) -> tuple[int, int]:
        """Return the pixels of the picture on the card once it has been decoded, else zeros."""
        image = self.card.locator(".stage img").first
        image.wait_for()
        image.evaluate("image => image.decode().catch(() => undefined)")
        size = image.evaluate("image => [image.naturalWidth, image.naturalHeight]")
        return int(size[0]), int(size[1])

    def assert_clean(self) -> None:
        """Fail if the page complained or asked anybody else for anything."""
        assert not self.errors, self.errors
        assert not self.foreign, self.foreign
