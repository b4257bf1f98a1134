"""Logging in at the town's identity provider: OpenID Connect, authorization code with PKCE."""

from __future__ import annotations

import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from authlib.oauth2.client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gatusyn.model import LoginParams, Role, SettingsError, User
from gatusyn.serve.errors import LoginNeededError
from gatusyn.store import AccountBook

BROWSER_COOKIE = "gatusyn_door"
"""Ties what comes back from the provider to the browser that was sent there."""

PENDING_S = 600.0
MOST_PENDING = 1000
LEEWAY_S = 60
ALGORITHMS = ["RS256", "PS256", "ES256"]
"""Signatures with a key that only the provider has: never a shared one, never none."""

SCOPE = "openid profile email"
LOCAL = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """Somebody who was sent to the provider."""

    browser: str
    nonce: str
    verifier: str
    redirect: str
    after: str
    sent_s: float


class Provider:
    """A town's identity provider.

    Parameters
    ----------
    params
        ``issuer`` must be set.
    secret
        The provider's secret for this service.
    clock
        Seconds since 1970-01-01 UTC.

    Raises
    ------
    SettingsError
        If the issuer is no encrypted address.
    """

    def __init__(
        self, params: LoginParams, secret: str, *, clock: Callable[[], float] = time.time
    ) -> None:
        parts = urlsplit(params.issuer or "")
        if parts.scheme != "https" and (parts.scheme, parts.hostname in LOCAL) != ("http", True):
            raise SettingsError(
                "login.issuer", f"{params.issuer!r} is no https address", "Correct it."
            )
        self._params = params
        self._issuer = str(params.issuer)
        self._secret = secret
        self._clock = clock
        self._lock = Lock()
        self._pending: OrderedDict[str, Pending] = OrderedDict()
        self._described: Mapping[str, Any] | None = None

    def begin(self, redirect: str, *, after: str) -> tuple[str, str]:
        """Return the address to send a browser to, and what it is to bring back as a cookie.

        Raises
        ------
        LoginNeededError
            If the provider cannot be reached.
        """
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        endpoint = self._endpoint("authorization_endpoint")
        client = OAuth2Client(
            session=None,
            client_id=self._params.client_id,
            scope=SCOPE,
            redirect_uri=redirect,
            code_challenge_method="S256",
        )
        address, state = client.create_authorization_url(
            endpoint, state=secrets.token_urlsafe(24), nonce=nonce, code_verifier=verifier
        )
        pending = Pending(
            browser=secrets.token_urlsafe(24),
            nonce=nonce,
            verifier=verifier,
            redirect=redirect,
            after=after,
            sent_s=self._clock(),
        )
        with self._lock:
            self._pending[state] = pending
            while len(self._pending) > MOST_PENDING:
                self._pending.popitem(last=False)
        return str(address), pending.browser

    def is_waiting(self, state: str) -> bool:
        """Say whether somebody was sent to this provider with a state."""
        with self._lock:
            return state in self._pending

    def finish(
        self, state: str, code: str, browser: str, accounts: AccountBook
    ) -> tuple[User, str]:
        """Return who comes back from the provider, and where they wanted to go.

        Raises
        ------
        LoginNeededError
            If anything of it is not as it must be, or they are not let in.
        """
        with self._lock:
            pending = self._pending.pop(state, None)
        if (
            pending is None
            or not secrets.compare_digest(pending.browser.encode(), browser.encode())
            or self._clock() - pending.sent_s > PENDING_S
        ):
            raise _refused("did not begin in this browser, or too long ago")
        claims = self._claims(self._id_token(pending, code), nonce=pending.nonce)
        return self._user(claims, accounts), pending.after

    def _endpoint(self, name: str) -> str:
        described = self._described
        if described is None:
            address = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
            described = self._fetch(address)
            if described.get("issuer") != self._issuer:
                raise _refused("is described by a provider of another name")
            self._described = described
        endpoint = described.get(name)
        if not isinstance(endpoint, str):
            raise _refused(f"has no {name} at the provider")
        return endpoint

    def _fetch(self, address: str, form: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        """Return what the provider answers, with a form as this service."""
        # RFC 6749, 2.3.1: name and secret are encoded before they become Basic.
        pair = (quote(self._params.client_id, safe=""), quote(self._secret, safe=""))
        try:
            with httpx.Client(timeout=10.0) as client:
                answer = (
                    client.get(address)
                    if form is None
                    else client.post(address, data=dict(form), auth=pair)
                )
            answer.raise_for_status()
            found = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise _refused("cannot reach the provider") from error
        if not isinstance(found, dict):
            raise _refused("is answered by the provider in a way that is not understood")
        return found

    def _id_token(self, pending: Pending, code: str) -> str:
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": pending.redirect,
            "code_verifier": pending.verifier,
        }
        return str(self._fetch(self._endpoint("token_endpoint"), asked).get("id_token", ""))

    def _claims(self, id_token: str, *, nonce: str) -> Mapping[str, Any]:
        """Return what a token says, if it is the provider's, for us, and for this log-in."""
        keys = self._fetch(self._endpoint("jwks_uri"))
        try:
            signed = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]
            registry = jwt.JWTClaimsRegistry(
                now=int(self._clock()),
                leeway=LEEWAY_S,
                iss={"essential": True, "value": self._issuer},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": nonce},
            )
            registry.validate(signed.claims)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise _refused("brings a token that is not valid") from error
        claims: Mapping[str, Any] = signed.claims
        audience = claims.get("aud")
        ours = [audience] if isinstance(audience, str) else audience
        if not isinstance(ours, list) or self._params.client_id not in ours:
            raise _refused("brings a token for somebody else")
        if len(ours) > 1 and claims.get("azp") != self._params.client_id:
            raise _refused("brings a token for somebody else")
        return claims

    def _user(self, claims: Mapping[str, Any], accounts: AccountBook) -> User:
        subject = f"{self._issuer} {claims['sub']}"
        role, known = self._role(claims), accounts.user_of_subject(subject)
        if known is not None:
            if known.disabled:
                raise _refused("is for an account that is disabled")
            if known.role is Role.CONTRACTOR or not self._params.roles:
                return known
            if role is None:
                raise _refused("is for somebody without a role here")
            return known if role is known.role else accounts.change_user(replace(known, role=role))
        if role is None:
            raise _refused("is for somebody without a role here")
        made = User(
            name=_free_name(claims, accounts),
            display_name=_line(claims.get("name")),
            email=_line(claims.get("email")),
            role=role,
            subject=subject,
            made_s=self._clock(),
        )
        accounts.add_user(made)
        return made

    def _role(self, claims: Mapping[str, Any]) -> Role | None:
        told = claims.get(self._params.role_claim, ())
        values = [told] if isinstance(told, str) else told
        if isinstance(values, list):
            for name, role in self._params.roles.items():
                if name in values:
                    return role
        return Role.VIEWER if self._params.let_in else None


def _refused(problem: str) -> LoginNeededError:
    return LoginNeededError("The log-in", problem, "Try again, or ask your administrator.")


def _line(text: object) -> str:
    return "".join(own for own in str(text or "") if own.isprintable())[:200]


def _free_name(claims: Mapping[str, Any], accounts: AccountBook) -> str:
    """Return a name for a new account that nobody has."""
    told = str(claims.get("preferred_username") or claims.get("email") or claims["sub"])
    plain = re.sub(r"[^a-z0-9åäöéü._@-]", "", told.casefold()).lstrip("._@-")[:56] or "user"
    taken = {own.name for own in accounts.users()}
    numbered = (plain if number == 1 else f"{plain}-{number}" for number in range(1, 10_000))
    return next(name for name in numbered if name not in taken)
