"""What comes out of an envelope is what went in, or nothing; whoever changed it."""

from __future__ import annotations

import io
import stat
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatusyn.envelope import (
    CHUNK_BYTES,
    About,
    Opener,
    SealedFile,
    Sealer,
    read_private_key,
    read_public_key,
    read_sealed,
    write_keys,
)
from gatusyn.envelope.keys import new_keys, parse_private_key, parse_public_key
from gatusyn.model import KeyMissingError, SealError, UploadConflictError, UploadGoneError

SECRET, TOLD = new_keys()
PRIVATE = parse_private_key(SECRET, source="test")
PUBLIC = parse_public_key(TOLD, source="test")
CLEAR = bytes(range(256)) * 12


def sealed(parts: list[bytes], about: About) -> bytes:
    """Return what is on the disk of a file that came in parts."""
    found, offset = b"", 0
    for part in parts:
        sealer = Sealer(PUBLIC, about, offset=offset)
        found += sealer.head + sealer.seal(part)
        offset += len(part)
    return found


def opened(data: bytes, about: About) -> bytes:
    return b"".join(Opener(PRIVATE).open(io.BytesIO(data).read, about))


def records(data: bytes) -> Iterator[bytes]:
    """Yield the heads and pieces of a sealed file."""
    while data:
        length = 41 if data[:1] == b"K" else 5 + struct.unpack(">I", data[1:5])[0]
        yield data[:length]
        data = data[length:]


@given(st.lists(st.binary(min_size=1, max_size=2000), min_size=1, max_size=6))
def test_what_comes_in_parts_comes_out_whole(parts: list[bytes]) -> None:
    whole = b"".join(parts)
    about = About(upload_id="a" * 32, size=len(whole))
    locked = sealed(parts, about)
    assert opened(locked, about) == whole
    assert not any(part in locked for part in parts if len(part) > 8)


def test_a_part_longer_than_a_piece_is_in_several() -> None:
    clear = b"footage " * (CHUNK_BYTES // 4)
    about = About(upload_id="a", size=len(clear))
    locked = sealed([clear], about)
    assert len(list(records(locked))) == 1 + 2
    assert opened(locked, about) == clear


@given(st.data())
def test_a_byte_that_is_changed_anywhere_is_found(data: st.DataObject) -> None:
    about = About(upload_id="a", size=len(CLEAR))
    locked = bytearray(sealed([CLEAR[:1000], CLEAR[1000:]], about))
    place = data.draw(st.integers(0, len(locked) - 1))
    locked[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealError):
        opened(bytes(locked), about)


@given(st.integers(0, 3195))
def test_what_is_cut_off_anywhere_is_found(length: int) -> None:
    about = About(upload_id="a", size=len(CLEAR))
    locked = sealed([CLEAR[:1000], CLEAR[1000:]], about)
    assert len(locked) == 3196
    with pytest.raises(SealError):
        opened(locked[:length], about)


@given(st.permutations(range(8)))
def test_pieces_in_another_order_are_found(order: list[int]) -> None:
    parts = [CLEAR[start : start + 768] for start in range(0, len(CLEAR), 768)]
    about = About(upload_id="a", size=len(CLEAR))
    rows = list(records(sealed(parts, about)))
    assert len(rows) == 8
    if list(order) == list(range(8)):
        return
    with pytest.raises(SealError):
        opened(b"".join(rows[place] for place in order), about)


def test_pieces_that_are_repeated_or_of_another_file_are_found() -> None:
    about, other = About(upload_id="a", size=2000), About(upload_id="b", size=2000)
    ours = list(records(sealed([CLEAR[:1000], CLEAR[1000:2000]], about)))
    theirs = list(records(sealed([CLEAR[:1000], CLEAR[1000:2000]], other)))
    for rows in (
        [*ours, *ours[2:]],
        [*ours[:2], *ours[:2]],
        [*ours[:2], *theirs[2:]],
        ours[1:],
        ours[:2],
        theirs,
    ):
        with pytest.raises(SealError):
            opened(b"".join(rows), about)
    longer = About(upload_id="a", size=3000)
    with pytest.raises(SealError):
        opened(b"".join(ours), longer)


def test_the_same_bytes_never_look_the_same() -> None:
    about = About(upload_id="a", size=1000)
    assert sealed([CLEAR[:1000]], about) != sealed([CLEAR[:1000]], about)


def test_another_key_opens_nothing_and_is_named() -> None:
    about = About(upload_id="a", size=1000)
    wrong = parse_private_key(new_keys()[0], source="test")
    with pytest.raises(SealError, match="another key"):
        list(Opener(wrong).open(io.BytesIO(sealed([CLEAR[:1000]], about)).read, about))


def test_keys_are_their_owner_s_alone_and_never_written_over(tmp_path: Path) -> None:
    private, public = tmp_path / "private.pem", tmp_path / "public.pem"
    with pytest.raises(KeyMissingError, match="gatusyn keys"):
        read_private_key(private)
    write_keys(private, public)
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert read_private_key(private).public_key() == read_public_key(public)
    with pytest.raises(SealError, match="there already"):
        write_keys(private, public)
    with pytest.raises(SealError, match="no private key"):
        read_private_key_at(public, 0o600)
    private.chmod(0o640)
    with pytest.raises(SealError, match="read by others"):
        read_private_key(private)


def read_private_key_at(path: Path, mode: int) -> None:
    path.chmod(mode)
    read_private_key(path)


def test_a_file_is_gone_on_with_where_what_was_acknowledged_ends(tmp_path: Path) -> None:
    path, about = tmp_path / "uploads" / "a.sealed", About(upload_id="a", size=3000)
    with SealedFile(path, PUBLIC, about, taken=0, sealed=0) as file:
        file.add(CLEAR[:1000])
        file.sync()
        taken, length = file.taken, file.sealed
        file.add(b"never acknowledged")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with SealedFile(path, PUBLIC, about, taken=taken, sealed=length) as file:
        with pytest.raises(UploadConflictError, match="being sent already"):
            SealedFile(path, PUBLIC, about, taken=taken, sealed=length)
        file.add(b"wrong")
        file.go_back(taken=taken, sealed=length)
        file.add(CLEAR[1000:3000])
        file.sync()
    assert b"".join(read_sealed(path, PRIVATE, about)) == CLEAR[:3000]
    with pytest.raises(UploadGoneError):
        SealedFile(path, PUBLIC, about, taken=3000, sealed=path.stat().st_size + 1)
    path.unlink()
    with pytest.raises(SealError, match="not on the disk"):
        list(read_sealed(path, PRIVATE, about))
