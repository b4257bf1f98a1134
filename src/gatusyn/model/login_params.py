"""The settings of logging in, and of the page for everybody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gatusyn.model.accounts import Role
from gatusyn.model.checks import require_between
from gatusyn.model.errors import SettingsError

_ADDRESS = re.compile(r"https?://[^\s/?#{}<>\"]+(/[^\s?#{}<>\"]*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginParams:
    """How people log in, and for how long.

    Parameters
    ----------
    idle_minutes
        Who does nothing for so long must log in again.
    longest_hours
        Who logged in so long ago must log in again, whatever they do.
    note_addresses
        Whether the audit log has the addresses that people come from. They are personal data.
    issuer
        The town's identity provider (OpenID Connect), such as ``https://login.town.example``; not
        set, people have passwords here.
    client_id
        The name under which the provider knows this service.
    secret_variable
        The name of the environment variable that holds the provider's secret for this service.
    role_claim
        The provider's claim that says what somebody is, such as ``groups``.
    roles
        The role for each of the claim's values; where several fit, the first in this order. Who
        has none of them is not let in, unless `let_in` is on.
    let_in
        Whether people whom the provider knows and Gatusyn does not are let in as viewers.
    """

    idle_minutes: float = 60.0
    longest_hours: float = 12.0
    note_addresses: bool = False
    issuer: str | None = None
    client_id: str = "gatusyn"
    secret_variable: str = "GATUSYN_OIDC_SECRET"  # noqa: S105 - a name, no secret
    role_claim: str = "groups"
    roles: Mapping[str, Role] = field(default_factory=dict)
    let_in: bool = False

    def __post_init__(self) -> None:
        require_between("login.idle_minutes", self.idle_minutes, 1.0, 10_080.0)
        require_between("login.longest_hours", self.longest_hours, 0.1, 720.0)
        if any(role in (Role.PUBLIC, Role.CONTRACTOR) for role in self.roles.values()):
            raise SettingsError(
                "login.roles",
                "cannot give the roles public and contractor",
                "Make contractors by `gatusyn user add`, with their areas and their subject.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicParams:
    """The page for everybody, without pictures and without log-in; and where the service is.

    Parameters
    ----------
    page
        Whether there is a page for everybody, at ``/public``: grades by street.
    address
        Where people reach the service, such as ``https://streets.town.example``: every row that
        ``gatusyn export`` writes has a link into the map there. Not set, rows have no link.
    """

    page: bool = False
    address: str | None = None

    def __post_init__(self) -> None:
        if self.address is not None and not _ADDRESS.fullmatch(self.address):
            raise SettingsError(
                "public.address",
                f"is {self.address!r}, no address",
                "Write it as https://streets.town.example.",
            )

    def map_link(self) -> str | None:
        """Return a link into the map, with ``{section}`` and ``{finding}`` for a row's ids."""
        if self.address is None:
            return None
        return f"{self.address.rstrip('/')}/#section={{section}}&finding={{finding}}"
