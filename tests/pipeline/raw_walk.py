"""Walks files for what must never be in one: the raw pixels of a test face and a test plate."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import apsw
import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
MAGIC = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|RIFF....WEBP|II\*\0|MM\0\*", re.DOTALL)
ALIKE = 0.8
SCALES = (1.5, 1.0, 0.75, 0.5, 0.375)


@dataclass(frozen=True)
class Secret:
    """A part of a raw frame, and pieces of its rows as they would lie in memory."""

    name: str
    pixels: Picture

    @property
    def rows(self) -> list[bytes]:
        """Rows with much in them, as RGB, BGR, grey and single channels."""
        middle = self.pixels[self.pixels.shape[0] // 3 : 2 * self.pixels.shape[0] // 3 : 4]
        grey = cv2.cvtColor(self.pixels, cv2.COLOR_RGB2GRAY)
        greys = grey[self.pixels.shape[0] // 3 : 2 * self.pixels.shape[0] // 3 : 4]
        found = [row.tobytes() for row in (*middle, *middle[..., ::-1], *greys)]
        found += [np.ascontiguousarray(row[:, c]).tobytes() for row in middle for c in range(3)]
        return [row for row in found if len(set(row)) > 8]


def leaks(folders: list[Path], secrets: list[Secret], *, source: Path) -> list[str]:
    """Return where a secret was found; the source of the footage itself is not walked."""
    found = []
    for path in sorted({path for folder in folders for path in folder.rglob("*")}):
        if path.is_file() and not path.is_symlink() and source not in path.parents:
            for place, data in contents(path):
                found += [f"{place}: {what}" for what in leaks_in(data, secrets)]
    return found


def contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """Give a file's bytes, and each value of a database as its own piece."""
    data = path.read_bytes()
    yield str(path), data
    if data.startswith(b"SQLite format 3\0"):
        with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as database:
            query = "SELECT name FROM sqlite_master WHERE type = 'table'"
            for (table,) in list(database.execute(query)):
                for row in database.execute(f'SELECT * FROM "{table}"'):
                    for value in row:
                        if isinstance(value, bytes | str):
                            raw = value if isinstance(value, bytes) else value.encode()
                            yield f"{path} table {table}", raw


def leaks_in(data: bytes, secrets: list[Secret]) -> Iterator[str]:
    """Say which secrets are in some bytes, plain, packed, or as a picture at any place of them."""
    for piece in (data, *unpacked(data)):
        for secret in secrets:
            if any(row in piece for row in secret.rows):
                yield f"raw rows of the {secret.name}"
        for start in MAGIC.finditer(piece):
            picture = decoded(piece[start.start() :])
            if picture is not None:
                for secret in secrets:
                    alike = likeness(picture, secret.pixels)
                    if alike > ALIKE:
                        yield f"a picture with the {secret.name} ({alike:.2f})"


def unpacked(data: bytes) -> Iterator[bytes]:
    """Give what zlib, gzip or base64 may have packed."""
    for bits in (zlib.MAX_WBITS, zlib.MAX_WBITS | 16):
        try:
            yield zlib.decompress(data, bits)
        except zlib.error:
            continue
    for found in re.finditer(rb"[A-Za-z0-9+/]{200,}={0,2}", data):
        try:
            yield base64.b64decode(found[0][: len(found[0]) // 4 * 4])
        except binascii.Error:
            continue


def decoded(data: bytes) -> Picture | None:
    """Return the picture that some bytes start with; None if they start with none."""
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    except cv2.error:
        return None
    return None if picture is None else np.asarray(picture, np.uint8)


def likeness(picture: Picture, secret: Picture) -> float:
    """Return the best correlation of a secret, at several sizes, with any place of a picture."""
    best = 0.0
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    wanted = cv2.cvtColor(secret, cv2.COLOR_RGB2GRAY)
    for scale in SCALES:
        size = round(wanted.shape[1] * scale), round(wanted.shape[0] * scale)
        if size[0] > grey.shape[1] or size[1] > grey.shape[0]:
            continue
        small = cv2.resize(wanted, size, interpolation=cv2.INTER_AREA)
        match = cv2.matchTemplate(grey, small, cv2.TM_CCOEFF_NORMED)
        best = max(best, float(np.nan_to_num(match, posinf=0.0, neginf=0.0).max()))
    return best
