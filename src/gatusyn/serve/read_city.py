"""The store as the service reads it, laid out once for each state."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from contextlib import suppress
from threading import Lock

from gatusyn.model import Finding, SectionCondition
from gatusyn.serve.errors import MissingError
from gatusyn.serve.index import CityIndex, build_index
from gatusyn.serve.mercator import Tile
from gatusyn.serve.tiles import encode_tile
from gatusyn.store.protocol import DriveSummary, PictureView, Store

TILES_KEPT = 1024
"""Some 30 MB for a dense town."""


class CityReader:
    """Answers the routes' questions from the store.

    Parameters
    ----------
    store
        The city's store; requests read it from several threads, and the caller closes it.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._stamp = ""
        self._indexes: dict[str | None, CityIndex] = {}
        self._tiles: OrderedDict[tuple[str, Tile], bytes] = OrderedDict()

    def index(self, period: str | None = None) -> CityIndex:
        """Return the city laid out for a period, the newest if None.

        Raises
        ------
        MissingError
            If the store has no such period.
        StoreError
            If the city has no network yet, or the store cannot be read.
        """
        with self._lock:
            stamp = f"{self._store.derived_stamp()}|{self._store.facts_stamp()}"
            if stamp != self._stamp:
                self._indexes, self._stamp = {}, stamp
            periods = self._store.periods()
            if period is not None and period not in periods:
                raise MissingError(f"Period {period}", "has no grades", "Choose another period.")
            chosen = period or (periods[-1] if periods else None)
            if chosen not in self._indexes:
                self._indexes[chosen] = self._build(stamp, chosen)
            return self._indexes[chosen]

    def _build(self, stamp: str, period: str | None) -> CityIndex:
        network = self._store.read_network()
        if not network.sections:
            raise MissingError("The road network", "has no sections", "Import a network first.")
        conditions = self._store.conditions(period=period) if period else ()
        digest = hashlib.sha256(f"{stamp}|{period}".encode()).hexdigest()[:16]
        findings = self._store.findings()
        return build_index(network, conditions, findings, stamp=digest, period=period)

    def tile(self, index: CityIndex, tile: Tile) -> bytes:
        """Return a gzipped vector tile; those asked for lately are kept."""
        key = (index.stamp, tile)
        with self._lock:
            if key in self._tiles:
                self._tiles.move_to_end(key)
                return self._tiles[key]
        encoded = encode_tile(index.layers, tile)
        with self._lock:
            self._tiles[key] = encoded
            while len(self._tiles) > TILES_KEPT:
                self._tiles.popitem(last=False)
        return encoded

    def periods(self) -> tuple[str, ...]:
        """Return the periods that have grades, oldest first."""
        return self._store.periods()

    def drives(self) -> tuple[DriveSummary, ...]:
        """Return the newest run of every drive, oldest first."""
        return self._store.drives()

    def history(self, section_id: str) -> tuple[SectionCondition, ...]:
        """Return a section's condition in every period that has one, oldest first."""
        return tuple(
            condition
            for period in self._store.periods()
            for condition in self._store.conditions(period=period, section_ids=[section_id])
        )

    def findings(self, section_id: str) -> tuple[Finding, ...]:
        """Return the findings of a section."""
        return self._store.findings(section_id=section_id)

    def pictures(self, section_id: str) -> tuple[PictureView, ...]:
        """Return the newest pictures that looked at a section."""
        return self._store.pictures(section_id)

    def picture_state(self, picture_id: str) -> tuple[int, int]:
        """Return how often a picture was rewritten, and how many regions are hidden in it."""
        picture = self._store.ledger.picture(picture_id)
        return picture.version, len(picture.redaction.regions)

    def picture(self, picture_id: str) -> bytes:
        """Return the content of a blurred picture.

        Raises
        ------
        MissingError
            If there is no such picture, or none any more.
        """
        # A file that is hidden in just now goes between the question and the reading: ask again.
        for _ in range(2):
            path = self._store.picture_path(picture_id)
            if path is None:
                break
            with suppress(FileNotFoundError):
                return path.read_bytes()
        raise MissingError(
            "The picture", "is not in the store", "It may have been erased; open the map anew."
        )
