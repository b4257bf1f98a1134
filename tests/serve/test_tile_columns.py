"""What tiles tell of features, as columns."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from mapbox_vector_tile.Mapbox import vector_tile_pb2

from gatusyn.serve.tile_columns import (
    Pieces,
    Table,
    encode_varints,
    encoded,
    entries,
    numbers,
    placed,
    texts,
    varint,
)


@given(st.lists(st.integers(0, 2**40)))
def test_numbers_are_encoded_at_once_as_one_by_one(values: list[int]) -> None:
    content, sizes = encode_varints(np.array(values, dtype=np.int64))
    assert content.tobytes() == b"".join(map(varint, values))
    assert sizes.tolist() == [len(varint(value)) for value in values]


@given(st.lists(st.binary(max_size=5), min_size=1), st.data())
def test_pieces_are_taken_in_any_order(pieces: list[bytes], data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, len(pieces) - 1)))
    taken = Pieces.of(pieces).take(np.array(places, dtype=np.int64))
    assert taken == b"".join(pieces[place] for place in places)


@given(st.one_of(st.booleans(), st.integers(-(2**62), 2**62), st.floats(), st.text(max_size=200)))
def test_values_are_as_the_library_writes_them(value: str | float | bool) -> None:
    layer = vector_tile_pb2.tile.layer()
    one = layer.values.add()
    name = {bool: "bool", int: "int", float: "double", str: "string"}[type(value)]
    setattr(one, f"{name}_value", value)
    assert layer.SerializePartialToString() == encoded(value)


@given(st.lists(st.text(max_size=300)))
def test_texts_are_values_each_once(values: list[str]) -> None:
    column = texts(values)
    assert len(column.values) == len(set(values))
    own = [column.values.take(np.array([code])) for code in column.codes.tolist()]
    assert own == [encoded(value) for value in values]


def test_what_is_not_known_has_no_value() -> None:
    column = numbers(np.array([1.26, np.nan, 0.1, 1.3]), 1)
    assert column.codes.tolist() == [1, -1, 0, 1]
    assert column.values.take(np.array([0, 1])) == encoded(0.1) + encoded(1.3)
    whole = numbers(np.array([3, 0, 3]))
    assert whole.values.take(np.array([0, 1])) == encoded(0) + encoded(3)


def test_some_features_are_told_more_of() -> None:
    columns = placed({3: {"year": 2027}, 1: {"year": 2028, "treatment": "toppning"}}, 4)
    assert columns["year"].codes.tolist() == [-1, 1, -1, 0]
    assert columns["treatment"].codes.tolist() == [-1, 0, -1, -1]


def test_a_table_holds_its_columns_side_by_side() -> None:
    table = Table.of(entries([{"a": 1, "b": "x"}, {"b": "y"}, {"a": 1}]))
    assert table.keys == ("a", "b")
    assert table.take(np.array([2, 1])).codes.tolist() == [[0, -1], [-1, 2]]
    whole = table.values.take(np.arange(3))
    assert whole == encoded(1) + encoded("x") + encoded("y")
