"""What a tile tells of its features: a column a key, each value encoded once."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Value = str | int | float
Properties = dict[str, str | int | float]
Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]

# Keys of the fields of a value (vector tile 2.1, 4.1): field number and wire type.
_STRING, _DOUBLE, _INT, _BOOL = b"\x0a", b"\x19", b"\x20", b"\x38"

_NONE = np.zeros(0, dtype=np.int32)

# What precedes a text in a layer, by how many bytes it has.
_STARTS = tuple(bytes((0x22, 2 + size, _STRING[0], size)) for size in range(126))


def encode_varints(numbers: Ints) -> tuple[Bytes, Ints]:
    """Return numbers as Protocol Buffers' variable-length integers, and how long each is.

    Parameters
    ----------
    numbers
        None is negative.
    """
    sizes = np.ones(len(numbers), dtype=np.int64)
    most = int(numbers.max(initial=0))
    for bits in range(7, most.bit_length(), 7):
        sizes += numbers >= (1 << bits)
    begins = np.cumsum(sizes) - sizes
    out = np.empty(int(sizes.sum()), dtype=np.uint8)
    left, at = numbers, begins
    while len(left):
        more = left > 0x7F
        out[at] = (left & 0x7F) | (more << 7)
        left, at = left[more] >> 7, at[more] + 1
    return out, sizes


def varint(number: int) -> bytes:
    """Return one number as ``encode_varints`` does."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pieces:
    """Runs of bytes, one after the other.

    Parameters
    ----------
    content
        uint8.
    begins
        Where each begins, and where the last ends, int64 [pieces + 1].
    """

    content: Bytes
    begins: Ints

    @classmethod
    def of(cls, pieces: Iterable[bytes]) -> Pieces:
        """Put pieces one after the other."""
        known = list(pieces)
        sizes = np.fromiter(map(len, known), np.int64, len(known))
        return cls(
            content=np.frombuffer(b"".join(known), dtype=np.uint8),
            begins=np.concatenate([[0], np.cumsum(sizes)]),
        )

    def __len__(self) -> int:
        return len(self.begins) - 1

    def take(self, places: Ints) -> bytes:
        """Return some pieces, one after the other."""
        begins = self.begins[places]
        sizes = self.begins[places + 1] - begins
        ends = np.cumsum(sizes)
        shift = np.repeat(begins - (ends - sizes), sizes)
        taken: bytes = self.content[np.arange(int(sizes.sum())) + shift].tobytes()
        return taken


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Column:
    """The values of one key.

    Parameters
    ----------
    codes
        Place in ``values`` of each feature's; -1 where it has none, int32 [features].
    values
        As they stand in a tile's layer, with the key of the layer's field and the length.
    """

    codes: NDArray[np.int32]
    values: Pieces


Columns = Mapping[str, Column]
"""By key; all of the same length."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """Columns side by side, their values one after the other.

    Parameters
    ----------
    codes
        Place in ``values`` of each feature's value of each key; -1 where it has none, int32
        [features, keys].
    values
        As in ``Column``.
    """

    keys: tuple[str, ...]
    codes: NDArray[np.int32]
    values: Pieces

    @classmethod
    def of(cls, columns: Columns) -> Table:
        """Put columns side by side."""
        known = list(columns.values()) or [Column(codes=_NONE, values=Pieces.of(()))]
        first = np.cumsum([0, *(len(one.values) for one in known)])
        codes = [
            np.where(one.codes >= 0, one.codes + start, -1)
            for one, start in zip(known, first[:-1].tolist(), strict=True)
        ]
        ends = [one.values.begins[1:] for one in known]
        shifts = np.cumsum([0, *(int(one.values.begins[-1]) for one in known)])
        return cls(
            keys=tuple(columns),
            codes=np.column_stack(codes).astype(np.int32),
            values=Pieces(
                content=np.concatenate([one.values.content for one in known]),
                begins=np.concatenate(
                    [[0], *(own + shift for own, shift in zip(ends, shifts[:-1], strict=True))]
                ),
            ),
        )

    def take(self, places: Ints) -> Table:
        """Return the rows of some features."""
        return Table(keys=self.keys, codes=self.codes[places], values=self.values)


def texts(values: Sequence[str]) -> Column:
    """Return a column of texts, of which many may be the same."""
    known = {value: place for place, value in enumerate(dict.fromkeys(values))}
    if len(known) == len(values):
        codes = np.arange(len(values), dtype=np.int32)
    else:
        codes = np.array(list(map(known.__getitem__, values)), dtype=np.int32)
    return Column(codes=codes, values=Pieces.of(_encoded_texts(known)))


def chosen(names: Sequence[Value], codes: Ints | NDArray[np.int32]) -> Column:
    """Return a column of values out of a short list; a negative code is none."""
    return Column(codes=codes.astype(np.int32), values=Pieces.of(map(encoded, names)))


def numbers(values: NDArray[np.floating[Any]] | Ints, digits: int | None = None) -> Column:
    """Return a column of numbers, NaN for none.

    Parameters
    ----------
    digits
        To how many decimals they are rounded; None for whole numbers, told as such.
    """
    different, codes = np.unique(np.round(values, digits or 0), return_inverse=True)
    is_known = ~np.isnan(different)
    told = different[is_known]
    return Column(
        codes=np.where(is_known[codes], codes, -1).astype(np.int32),
        values=Pieces.of(map(encoded, map(int, told))) if digits is None else _doubles(told),
    )


def _doubles(values: NDArray[np.floating[Any]] | Ints) -> Pieces:
    """Return numbers as ``encoded`` does: all of the same length."""
    start = np.frombuffer(b"\x22\x09" + _DOUBLE, dtype=np.uint8)
    content = np.empty((len(values), len(start) + 8), dtype=np.uint8)
    content[:, : len(start)] = start
    content[:, len(start) :] = values.astype("<f8")[:, None].view(np.uint8)
    begins = np.arange(len(values) + 1, dtype=np.int64) * content.shape[1]
    return Pieces(content=content.ravel(), begins=begins)


def entries(rows: Sequence[Properties]) -> Columns:
    """Return the columns of features given one by one, which may lack keys."""
    columns = {}
    for key in dict.fromkeys(key for row in rows for key in row):
        # True and 1 are equal, yet different values.
        cells = [(type(row[key]), row[key]) if key in row else None for row in rows]
        known = {
            cell: place
            for place, cell in enumerate(dict.fromkeys(one for one in cells if one is not None))
        }
        codes = [-1 if cell is None else known[cell] for cell in cells]
        columns[key] = chosen([value for _, value in known], np.array(codes, dtype=np.int32))
    return columns


def placed(told: Mapping[int, Properties], count: int) -> Columns:
    """Return the columns of some of so many features, by their places."""
    places = np.fromiter(told, np.int64, len(told))
    columns = {}
    for key, column in entries(list(told.values())).items():
        codes = np.full(count, -1, dtype=np.int32)
        codes[places] = column.codes
        columns[key] = Column(codes=codes, values=column.values)
    return columns


def encoded(value: Value) -> bytes:
    """Return a value as it stands in a layer: the key of its field (4), its length, itself."""
    if isinstance(value, bool):
        content = _BOOL + bytes([value])
    elif isinstance(value, int):
        # A negative one is told by its two's complement in 64 bits.
        content = _INT + varint(value % (1 << 64))
    elif isinstance(value, float):
        content = _DOUBLE + struct.pack("<d", value)
    else:
        text = value.encode()
        content = _STRING + varint(len(text)) + text
    return b"\x22" + varint(len(content)) + content


def _encoded_texts(values: Iterable[str]) -> list[bytes]:
    """Return texts as ``encoded`` does; they are many, and most of them are short."""
    starts = [b"\x22" + bytes([2 + size]) + _STRING + bytes([size]) for size in range(126)]
    plain = [value.encode() for value in values]
    return [
        starts[len(one)] + one if len(one) < len(starts) else encoded(one.decode()) for one in plain
    ]
