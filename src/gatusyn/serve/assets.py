"""The built scripts and styles, which were compressed when they were built."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope


class Assets(StaticFiles):
    """Serves a folder, each file by its neighbour ``NAME.gz`` to who takes it."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file.

        Raises
        ------
        starlette.exceptions.HTTPException
            404 if it is not there, 405 for what only looks at files cannot do.
        """
        packed = await run_in_threadpool(self.lookup_path, f"{path}.gz")
        is_packed = packed[1] is not None and takes_gzip(scope)
        response = await super().get_response(f"{path}.gz" if is_packed else path, scope)
        response.headers["Vary"] = "Accept-Encoding"
        if is_packed:
            response.headers["Content-Encoding"] = "gzip"
        return response


def takes_gzip(scope: Scope) -> bool:
    """Say whether who asks takes gzip, as browsers all do."""
    offered = Headers(scope=scope).get("accept-encoding", "").split(",")
    named = {one.partition(";")[0].strip(): one.partition(";")[2] for one in offered}
    return "gzip" in named and named["gzip"].replace(" ", "") not in ("q=0", "q=0.0")
