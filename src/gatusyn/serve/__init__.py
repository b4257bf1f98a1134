"""The map and its API: one FastAPI app over a city's store."""

from gatusyn.serve.app import create_app
from gatusyn.serve.mercator import town_tiles
from gatusyn.serve.security import LOCAL_HOSTS, hosts_for, is_this_machine
from gatusyn.serve.telemetry import log_settings

__all__ = [
    "LOCAL_HOSTS",
    "create_app",
    "hosts_for",
    "is_this_machine",
    "log_settings",
    "town_tiles",
]
