"""The map and its API: one FastAPI app over a city's store."""

from gatusyn.serve.app import create_app
from gatusyn.serve.gate import ServedTown, create_gate
from gatusyn.serve.mercator import town_tiles
from gatusyn.serve.oidc import Provider
from gatusyn.serve.passwords import Passwords
from gatusyn.serve.people import without_second
from gatusyn.serve.second_factor import Vault, new_key
from gatusyn.serve.security import LOCAL_HOSTS, hosts_for, is_this_machine
from gatusyn.serve.telemetry import log_settings
from gatusyn.serve.tokens import hash_of, new_api_token
from gatusyn.serve.visitor import NOBODY

__all__ = [
    "LOCAL_HOSTS",
    "NOBODY",
    "Passwords",
    "Provider",
    "ServedTown",
    "Vault",
    "create_app",
    "create_gate",
    "hash_of",
    "hosts_for",
    "is_this_machine",
    "log_settings",
    "new_api_token",
    "new_key",
    "town_tiles",
    "without_second",
]
