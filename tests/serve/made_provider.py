"""A small identity provider on this machine: discovery, codes with PKCE, signed tokens."""

from __future__ import annotations

import base64
import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "gatusyn", "a secret & more"


@dataclass
class MadeProvider:
    """Says who comes; ``claims`` and ``header`` may be changed to play a bad or foreign one."""

    issuer: str
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    subject: str = "17"
    more: dict[str, Any] = field(default_factory=dict)
    signing: RSAKey | None = None
    algorithm: str = "RS256"
    described_issuer: str | None = None
    raw_token: str | None = None
    asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def agree(self, address: str) -> dict[str, str]:
        """Play the person who agrees: return what the browser brings back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert asked["scope"].split()[0] == "openid"
        code = f"code-{len(self.asked)}"
        self.asked[code] = asked
        return {"state": asked["state"], "code": code}

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._described),
                Route("/keys", self._keys),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    async def _described(self, _: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.described_issuer or self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        )

    async def _keys(self, _: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def _token(self, request: Request) -> Response:
        form = {
            name: values[0] for name, values in parse_qs((await request.body()).decode()).items()
        }
        pair = base64.b64encode(b"gatusyn:a%20secret%20%26%20more").decode()
        asked = self.asked.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        if (
            request.headers.get("authorization") != f"Basic {pair}"
            or asked is None
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != form.get("redirect_uri")
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": self.subject,
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 300,
            "preferred_username": "Åsa.Öberg",
            "name": "Åsa",
        } | self.more
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": self.algorithm, "kid": "one"}
        token = self.raw_token or jwt.encode(header, claims, self.signing or self.key)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": token})


@contextmanager
def provided() -> Iterator[MadeProvider]:
    """Run a provider on a free port of this machine."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    provider = MadeProvider(issuer=f"http://127.0.0.1:{listener.getsockname()[1]}")
    server = uvicorn.Server(uvicorn.Config(provider.app(), log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield provider
    server.should_exit = True
    thread.join(timeout=10)
    listener.close()
