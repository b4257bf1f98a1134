"""Text that nobody would type, sent where text is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.serve.conftest import Client
from tests.store.made_store import make_condition, make_facts, make_network, make_public_frame

from gatusyn.model import CitySettings
from gatusyn.serve import create_app
from gatusyn.store import create_store

HIDE, REMOVE = "/api/v1/picture/hide", "/api/v1/picture/remove"


@pytest.fixture(scope="module")
def reviewing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("odd") / "city"
    with create_store(folder, organisation="town", network=make_network()) as store:
        facts = make_facts()
        with store.stage(facts.run_id) as stage:
            for number in range(len(facts.frames)):
                stage.add(make_public_frame(number))
            store.write_drive(facts)
        store.write_derived((), (make_condition("link-0/0"),), stamp="one")
        yield Client(create_app(store, CitySettings(), reviewer="Anna"))


odd_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    url=st.sampled_from([HIDE, REMOVE]),
    body=st.fixed_dictionaries(
        {},
        optional={
            "picture_id": odd_values | st.just("run-1/000001"),
            "box": odd_values | st.lists(st.floats(), min_size=4, max_size=4),
            "kind": odd_values | st.sampled_from(["face", "plate", "other"]),
            "reason": odd_values,
            "more": odd_values,
        },
    ),
)
def test_any_body_is_refused_in_words(reviewing: Client, url: str, body: dict[str, Any]) -> None:
    if url == REMOVE:
        body.pop("picture_id", None)
    answer = reviewing.post(url, body)
    assert answer.status_code in (404, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "text", ["\x00", "\ud800", "<script>", "'; DROP TABLE mark_rows; --", "\u202e"]
)
def test_odd_names_and_reasons_are_text(reviewing: Client, text: str) -> None:
    answer = reviewing.post(REMOVE, {"picture_id": text, "reason": "asked"})
    assert answer.status_code in (404, 422)
    answer = reviewing.post(REMOVE, {"picture_id": "run-1/000002", "reason": text})
    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 200:
        assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "7", '"x"', "{}" * 9, "\ufeff{}"])
def test_what_is_no_object_is_refused(reviewing: Client, body: str) -> None:
    own = {
        "origin": "http://127.0.0.1:8600",
        "content_type": "application/json",
    }
    answer = reviewing._ask("POST", HIDE, own, body)
    assert answer.status_code in (411, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
