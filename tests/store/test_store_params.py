"""Where rows are kept is told by an address without a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatusyn.model import SettingsError
from gatusyn.model.store_params import StoreParams


@pytest.mark.parametrize(
    "address",
    ["postgresql://gatusyn@db.example/streets", "service=streets", "postgres:///x?host=/run/pg"],
)
def test_an_address_is_taken(address: str) -> None:
    assert StoreParams(postgis=address).postgis == address


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://gatusyn:hush@db.example/streets",
        "host=db.example user=gatusyn password = hush",
        "postgresql://db.example/streets?user=gatusyn&password=hush",
    ],
)
def test_a_password_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(SettingsError, match="has a password in it") as caught:
        StoreParams(postgis=address)
    assert "hush" not in str(caught.value)
    assert ".pgpass" in caught.value.remedy


@pytest.mark.parametrize("address", ["", "db.example", str(Path("/srv/streets"))])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match="is no connection string"):
        StoreParams(postgis=address)
