"""The one place that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from gatusyn.model import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What the environment may tell: secrets, which belong in no settings file.

    Parameters
    ----------
    trafikverket_key
        ``GATUSYN_TRAFIKVERKET_KEY``: the user's key for Trafikverket's open API.
    trafikverket_address
        ``GATUSYN_TRAFIKVERKET_ADDRESS``: where that API is, if elsewhere.
    """

    trafikverket_key: str | None = field(default=None, repr=False)
    trafikverket_address: str | None = None

    def require_trafikverket_key(self) -> str:
        """Return the key.

        Raises
        ------
        SettingsError
            If there is none.
        """
        if self.trafikverket_key is None:
            raise SettingsError(
                "GATUSYN_TRAFIKVERKET_KEY",
                "is not set in the environment",
                "Get a key (free) at data.trafikverket.se and set the variable to it.",
            )
        return self.trafikverket_key


def read_environment(variables: Mapping[str, str] | None = None) -> Environment:
    """Read the environment; a variable that is empty is not set."""
    given = os.environ if variables is None else variables
    found = {
        name: given.get(f"GATUSYN_{name.upper()}", "").strip() or None
        for name in Environment.__dataclass_fields__
    }
    return Environment(**found)


def read_secret(variable: str) -> str:
    """Return a secret that the settings name the variable of.

    Raises
    ------
    SettingsError
        If the variable is not set.
    """
    secret = os.environ.get(variable, "").strip()
    if not secret:
        raise SettingsError(
            variable, "is not set in the environment", "Set it to the identity provider's secret."
        )
    return secret
