"""Asking Trafikverket's open API for a town's network."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gatusyn.model import NetworkError
from gatusyn.network.progress import Progress
from gatusyn.network.trafikverket import (
    OBJECT_TYPES,
    SOURCE,
    Box,
    LayerRows,
    ObjectType,
    Page,
    TooLarge,
    fault_of,
    layer_rows,
    question,
    read_page,
    require_no_fault,
    wrong_key,
)

ADDRESS = "https://api.trafikinfo.trafikverket.se/v2/data.json"
"""Where the API is."""

Send = Callable[[bytes], tuple[int, bytes]]
"""Sends a request; returns the status and the body. Raises OSError where nobody answers."""

_TIMEOUT_S = 120.0
# More is not read of one answer.
_MOST_BYTES = 200_000_000
_LIMIT, _LEAST = 5000, 50
_MOST_PAGES = 10_000
# Seconds before asking again, where the API is busy or does not answer.
_WAITS_S = (2.0, 5.0, 15.0, 30.0)
_BUSY = frozenset({429, 500, 502, 503, 504})


def sender(address: str = ADDRESS, *, timeout_s: float = _TIMEOUT_S) -> Send:
    """Return what sends requests to an address (https, or http on this machine)."""
    is_local = address.startswith(("http://127.0.0.1:", "http://localhost:"))
    if not (address.startswith("https://") or is_local):
        raise NetworkError(SOURCE, f"cannot be asked at {address}", "Give an https address.")

    def send(body: bytes) -> tuple[int, bytes]:
        request = urllib.request.Request(  # noqa: S310 -- https or this machine, checked above
            address, data=body, headers={"Content-Type": "text/xml; charset=utf-8"}, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout_s) as answer:  # noqa: S310
                return int(answer.status), bytes(answer.read(_MOST_BYTES))
        except urllib.error.HTTPError as fault:
            with fault:
                return int(fault.code), fault.read(_MOST_BYTES)

    return send


def fetch_layers(
    send: Send,
    box: Box,
    *,
    key: str,
    limit: int = _LIMIT,
    sleep: Callable[[float], None] = time.sleep,
    on_progress: Callable[[str], Progress] | None = None,
) -> tuple[LayerRows, ...]:
    """Fetch every data set of a network within a box.

    Parameters
    ----------
    key
        The user's own; it is in no message.
    limit
        Objects asked for at once; it is halved where the answer would be too large.
    on_progress
        Given a data set's name, returns what is told the number of its objects (of 0, not known).

    Raises
    ------
    NetworkError
        If the key is refused, nobody answers, the API stays busy, or an answer is in another shape.
    """
    found = []
    for wanted in OBJECT_TYPES:
        tell = None if on_progress is None else on_progress(wanted.name)
        objects: list[Mapping[str, Any]] = []
        for page in _pages(send, wanted, box, key, limit, sleep):
            objects += page.objects
            if tell is not None:
                tell(len(objects), 0)
        found.append(layer_rows(wanted, objects))
    if not found[0].geometries:
        raise NetworkError(
            SOURCE,
            f"has no roads within {', '.join(f'{value:.0f}' for value in box)}",
            "The box is west, south, east, north in EPSG:3006 (metres).",
        )
    return tuple(found)


def _pages(
    send: Send,
    wanted: ObjectType,
    box: Box,
    key: str,
    limit: int,
    sleep: Callable[[float], None],
) -> Iterator[Page]:
    pages, change = 0, "0"
    while pages < _MOST_PAGES:
        body = question(wanted, box, key=key, change=change, limit=limit)
        try:
            page = read_page(_answer(send, body, wanted, sleep), wanted)
        except TooLarge:
            if limit // 2 < _LEAST:
                raise NetworkError(
                    SOURCE, f"calls {_LEAST} objects of {wanted.name} too many at once"
                ) from None
            limit //= 2
            continue
        # Only an empty page is the last: one may be shorter than asked before that.
        if not page.objects:
            return
        yield page
        pages += 1
        if page.last_change is None or page.last_change == change:
            return
        change = page.last_change
    raise NetworkError(SOURCE, f"does not come to an end of {wanted.name}", "Try again later.")


def _answer(send: Send, body: bytes, wanted: ObjectType, sleep: Callable[[float], None]) -> bytes:
    trouble = ""
    for wait_s in (*_WAITS_S, None):
        try:
            status, answer = send(body)
        except OSError as fault:
            reason = getattr(fault, "reason", fault)
            trouble = (
                "did not answer in time"
                if isinstance(reason, TimeoutError)
                else (f"cannot be reached ({reason})")
            )
        else:
            if status == 200:
                return answer
            require_no_fault(fault_of(answer), wanted)
            if status in (401, 403):
                raise wrong_key()
            trouble = (
                "is asked too often (429)" if status == 429 else f"answered with status {status}"
            )
            if status not in _BUSY:
                raise NetworkError(SOURCE, f"{trouble} for {wanted.name}")
        if wait_s is not None:
            sleep(wait_s)
    raise NetworkError(
        SOURCE,
        f"{trouble}; it was asked {len(_WAITS_S) + 1} times for {wanted.name}",
        "Try again later; nothing was written.",
    )
