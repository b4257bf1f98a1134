"""What people may do with a picture: hide what was missed in it, have it taken away."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from gatusyn.model import Permission, Visitor
from gatusyn.pipeline import hide_missed, remove_picture
from gatusyn.serve.answers import picture_url
from gatusyn.serve.schemas_review import HideIn, HideOut, RemoveIn, RemoveOut
from gatusyn.serve.visitor import needs
from gatusyn.store.protocol import Store

Reviews = Annotated[Visitor, Depends(needs(Permission.REVIEW))]
"""The visitor, who may judge findings and change pictures: noted under their name."""


def review_routes(store: Store) -> APIRouter:
    """Return the routes that change pictures."""
    router = APIRouter(prefix="/api/v1/picture")

    @router.post("/hide")
    def hide(visitor: Reviews, request: Request, wanted: HideIn) -> HideOut:
        """Hide a missed face, plate or other region for good, in every copy of the picture."""
        request.state.about = wanted.picture_id
        by = visitor.name
        done = hide_missed(
            store, wanted.picture_id, wanted.box, wanted.kind, by=by, now_s=time.time()
        )
        picture = store.ledger.picture(wanted.picture_id)
        return HideOut(
            picture_id=wanted.picture_id,
            url=picture_url(wanted.picture_id, picture.version),
            hidden_regions=len(picture.redaction.regions),
            copies=done.copies,
        )

    @router.post("/remove")
    def remove(visitor: Reviews, request: Request, wanted: RemoveIn) -> RemoveOut:
        """Take a picture away for good; what was measured in it stays."""
        request.state.about = wanted.picture_id
        by = visitor.name
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
