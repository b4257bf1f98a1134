"""What people may do with a picture: hide what was missed in it, have it taken away."""

from __future__ import annotations

import time

from fastapi import APIRouter

from gatusyn.pipeline import hide_missed, remove_picture
from gatusyn.serve.answers import picture_url
from gatusyn.serve.errors import ReadOnlyError
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.schemas import HideIn, HideOut, RemoveIn, RemoveOut
from gatusyn.store.protocol import Store


def review_routes(store: Store, reader: CityReader, reviewer: str | None) -> APIRouter:
    """Return the routes that change pictures.

    Parameters
    ----------
    reviewer
        The name under which changes are noted; None refuses them.
    """
    router = APIRouter(prefix="/api/v1/picture")

    @router.post("/hide")
    def hide(wanted: HideIn) -> HideOut:
        """Hide a missed face, plate or other region for good, in every copy of the picture."""
        by = _allowed(reviewer)
        done = hide_missed(
            store, wanted.picture_id, wanted.box, wanted.kind, by=by, now_s=time.time()
        )
        version, hidden = reader.picture_state(wanted.picture_id)
        return HideOut(
            picture_id=wanted.picture_id,
            url=picture_url(wanted.picture_id, version),
            hidden_regions=hidden,
            copies=done.copies,
        )

    @router.post("/remove")
    def remove(wanted: RemoveIn) -> RemoveOut:
        """Take a picture away for good; what was measured in it stays."""
        by = _allowed(reviewer)
        done = remove_picture(
            store, wanted.picture_id, reason=wanted.reason, by=by, now_s=time.time()
        )
        return RemoveOut(
            picture_id=wanted.picture_id,
            removed_s=done.note.removed_s,
            reason=done.note.reason,
            copies=done.copies,
        )

    return router


def _allowed(reviewer: str | None) -> str:
    if reviewer is None:
        raise ReadOnlyError(
            "This map",
            "is for looking only",
            "Start it with `gatusyn serve CITY --review NAME` to change pictures.",
        )
    return reviewer
