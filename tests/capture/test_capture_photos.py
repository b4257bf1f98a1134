from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from gatusyn.capture import find_drives, open_drive
from gatusyn.capture.drives import OpenDrive
from gatusyn.capture.frames import RawFrame
from gatusyn.capture.read_photos import read_photo, read_photo_tags
from gatusyn.model import (
    CalibrateParams,
    CaptureParams,
    FootageError,
    GroundTrack,
    Rejected,
    RejectReason,
    Track,
    TrackError,
)

Floats = NDArray[np.float64]
Places = Callable[[Floats], tuple[Floats, Floats]]
WritePhoto = Callable[..., Path]
WriteGpx = Callable[..., Path]
GroundOf = Callable[[Track], GroundTrack]
T0 = 1_748_772_000.0


@pytest.fixture
def folder(tmp_path: Path, write_photo: WritePhoto, places: Places) -> Path:
    """Return ten photos, 10 m and 1 s apart, with EXIF time and position."""
    path = tmp_path / "photos"
    path.mkdir()
    for i, place in enumerate(zip(*places(np.arange(10, dtype=np.float64) * 10.0), strict=True)):
        write_photo(path / f"{i:02d}.jpg", time_s=T0 + i, place=place)
    return path


def _open(folder: Path, params: CaptureParams | None = None) -> OpenDrive:
    (source,) = find_drives(folder)
    return open_drive(source, params or CaptureParams())


def _items(drive: OpenDrive, ground_of: GroundOf) -> list[RawFrame | Rejected]:
    ground = ground_of(drive.track)
    items = list(drive.frames(ground))
    assert len(items) == drive.sample_times(ground).size
    return items


def _reasons(items: list[RawFrame | Rejected]) -> dict[str, RejectReason]:
    return {item.frame_id: item.reason for item in items if isinstance(item, Rejected)}


def test_photos_with_exif_positions_are_a_drive(folder: Path, ground_of: GroundOf) -> None:
    drive = _open(folder)
    assert drive.name == "photos"
    assert drive.size_px == (96, 64)
    assert drive.remarks == ()
    items = _items(drive, ground_of)
    assert [item.frame_id for item in items] == [f"{i:02d}.jpg" for i in range(10)]
    assert all(isinstance(item, RawFrame) for item in items)
    times = [item.time_s for item in items if isinstance(item, RawFrame)]
    assert times == pytest.approx([T0 + i for i in range(10)])
    assert ground_of(drive.track).distance_m[-1] == pytest.approx(90, abs=0.5)


def test_every_file_in_the_folder_is_accounted_for(
    folder: Path, write_photo: WritePhoto, places: Places, ground_of: GroundOf
) -> None:
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "notes.txt").write_text("no picture")
    whole = (folder / "05.jpg").read_bytes()
    (folder / "05.jpg").write_bytes(whole[: len(whole) // 2])
    write_photo(folder / "nowhere.jpg", time_s=T0 + 3)
    (lon,), (lat,) = places(np.array([31.0]))
    write_photo(folder / "burst.jpg", time_s=T0 + 3.1, place=(lon, lat))
    (lon,), (lat,) = places(np.array([100.0]))
    write_photo(folder / "night.jpg", time_s=T0 + 10, place=(lon, lat), light=5)
    Image.new("RGB", (64, 64), (120, 120, 120)).save(folder / "plain.png")
    (folder / ".hidden").write_bytes(b"x")
    items = _items(_open(folder), ground_of)
    assert len(items) == 16
    assert _reasons(items) == {
        "empty.jpg": RejectReason.NOT_AN_IMAGE,
        "notes.txt": RejectReason.NOT_AN_IMAGE,
        "05.jpg": RejectReason.UNREADABLE,
        "nowhere.jpg": RejectReason.NO_POSITION,
        "plain.png": RejectReason.NO_POSITION,
        "burst.jpg": RejectReason.TOO_CLOSE,
        "night.jpg": RejectReason.TOO_DARK,
    }
    details = {item.frame_id: item.detail for item in items if isinstance(item, Rejected)}
    assert "0 bytes" in details["empty.jpg"]
    assert not any(str(folder) in detail for detail in details.values())


def test_photos_without_times_keep_their_order(
    tmp_path: Path, write_photo: WritePhoto, places: Places, ground_of: GroundOf
) -> None:
    for i, place in enumerate(zip(*places(np.arange(5, dtype=np.float64) * 300.0), strict=True)):
        write_photo(tmp_path / f"{i}.jpg", place=place)
    drive = _open(tmp_path)
    assert any("no times" in str(remark) for remark in drive.remarks)
    items = _items(drive, ground_of)
    assert [item.frame_id for item in items if isinstance(item, RawFrame)] == [
        f"{i}.jpg" for i in range(5)
    ]


def test_photos_of_the_same_second_are_spread_over_it(
    tmp_path: Path, write_photo: WritePhoto, places: Places, ground_of: GroundOf
) -> None:
    for i, place in enumerate(zip(*places(np.arange(6, dtype=np.float64) * 5.0), strict=True)):
        write_photo(tmp_path / f"{i}.jpg", time_s=T0 + i // 2, place=place)
    items = _items(_open(tmp_path), ground_of)
    times = [item.time_s - T0 for item in items if isinstance(item, RawFrame)]
    assert times == pytest.approx([0, 0.5, 1, 1.5, 2, 2.5])


def test_photos_with_a_gpx_track(
    tmp_path: Path, write_photo: WritePhoto, write_gpx: WriteGpx, ground_of: GroundOf
) -> None:
    write_gpx(tmp_path / "track.gpx", T0 + np.arange(30.0), np.arange(30) * 10.0)
    for i in range(5):
        write_photo(tmp_path / f"{i}.jpg", time_s=T0 + 5.5 + i)
    write_photo(tmp_path / "late.jpg", time_s=T0 + 60)
    items = _items(_open(tmp_path), ground_of)
    assert len(items) == 6
    assert _reasons(items) == {"late.jpg": RejectReason.NO_TRACK}


def test_photos_on_local_time_find_their_zone(
    tmp_path: Path, write_photo: WritePhoto, write_gpx: WriteGpx, ground_of: GroundOf
) -> None:
    write_gpx(tmp_path / "track.gpx", T0 + np.arange(30.0), np.arange(30) * 10.0)
    for i in range(5):
        write_photo(tmp_path / f"{i}.jpg", time_s=T0 + 7200 + 5 + i, zone=None)
    drive = _open(tmp_path)
    assert drive.clock_offset_s == -7200
    assert "-2.00 h" in str(drive.remarks[0])
    assert _reasons(_items(drive, ground_of)) == {}


def test_photos_of_another_day_do_not_overlap(
    tmp_path: Path, write_photo: WritePhoto, write_gpx: WriteGpx
) -> None:
    write_gpx(tmp_path / "track.gpx", T0 + np.arange(30.0), np.arange(30) * 10.0)
    for i in range(3):
        write_photo(tmp_path / f"{i}.jpg", time_s=T0 + 7 * 86400 + i)
    with pytest.raises(TrackError, match="do not overlap"):
        _open(tmp_path)


@pytest.mark.parametrize("timed", [True, False])
def test_a_table_that_names_photos_places_them(
    tmp_path: Path, write_photo: WritePhoto, places: Places, ground_of: GroundOf, timed: bool
) -> None:
    lines = ["file;lat;lon;time" if timed else "file;lat;lon"]
    for i, (lon, lat) in enumerate(
        zip(*places(np.arange(4, dtype=np.float64) * 20.0), strict=True)
    ):
        write_photo(tmp_path / f"p{i}.jpg")
        when = f";{T0 + 3 * i}" if timed else ""
        lines.append(
            f"p{i}.jpg;{lat:.8f};{lon:.8f}{when}".replace(".", ",").replace(",jpg", ".jpg")
        )
    write_photo(tmp_path / "unnamed.jpg")
    (tmp_path / "positions.csv").write_text("\n".join(lines))
    drive = _open(tmp_path)
    assert any("no times" in str(remark) for remark in drive.remarks) is not timed
    items = _items(drive, ground_of)
    assert _reasons(items) == {"unnamed.jpg": RejectReason.NO_POSITION}
    assert [item.frame_id for item in items][1:] == [f"p{i}.jpg" for i in range(4)]


def test_photos_without_positions_and_track_are_refused(
    tmp_path: Path, write_photo: WritePhoto
) -> None:
    for i in range(3):
        write_photo(tmp_path / f"{i}.jpg", time_s=T0 + i)
    with pytest.raises(TrackError, match="3 photos, 0 of them with a position"):
        _open(tmp_path)


def test_a_folder_of_broken_photos_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"nothing")
    with pytest.raises(FootageError, match="none of which is a readable photo"):
        _open(tmp_path)


def test_the_drive_id_follows_content_and_names(folder: Path) -> None:
    first = _open(folder).drive_id
    assert len(first) == 64
    assert _open(folder).drive_id == first
    (folder / "09.jpg").rename(folder / "10.jpg")
    renamed = _open(folder).drive_id
    (folder / "10.jpg").write_bytes((folder / "10.jpg").read_bytes() + b"x")
    assert len({first, renamed, _open(folder).drive_id}) == 3


def test_photos_come_upright_and_not_too_large(tmp_path: Path, write_photo: WritePhoto) -> None:
    turned = read_photo(write_photo(tmp_path / "a.jpg", orientation=6))
    large = read_photo(write_photo(tmp_path / "b.jpg", size=(2400, 1800)))
    assert not isinstance(turned, Rejected)
    assert turned.shape == (96, 64, 3)
    assert not isinstance(large, Rejected)
    assert large.shape == (1440, 1920, 3)


@pytest.mark.parametrize("size", [(40_000, 30_000), (10_000, 9_000)])
def test_a_pixel_bomb_is_rejected(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "bomb.png"
    data = io.BytesIO()
    Image.new("1", (8, 8)).save(data, "PNG")
    bomb = bytearray(data.getvalue())
    bomb[16:24] = size[0].to_bytes(4, "big") + size[1].to_bytes(4, "big")
    bomb[29:33] = zlib.crc32(bytes(bomb[12:29])).to_bytes(4, "big")
    path.write_bytes(bytes(bomb))
    item = read_photo_tags(path)
    assert isinstance(item, Rejected)
    assert item.reason is RejectReason.UNREADABLE
    assert "too many" in item.detail


def test_heic_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.heic"
    path.write_bytes(b"\x00\x00\x00\x18ftypheic" + b"\x00" * 64)
    item = read_photo_tags(path)
    assert isinstance(item, Rejected)
    assert "HEIC" in item.detail


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(st.data())
def test_damaged_photos_are_rejected_or_read(folder: Path, data: st.DataObject) -> None:
    whole = bytearray((folder / "00.jpg").read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(2, len(whole) - 1))
        whole[place] = data.draw(st.integers(0, 255))
    path = folder / "fuzz.jpg"
    path.write_bytes(bytes(whole[: data.draw(st.integers(1, len(whole)))]))
    tags, image = read_photo_tags(path), read_photo(path)
    if not isinstance(tags, Rejected) and tags.placed:
        assert abs(tags.lat_deg) <= 90
        assert abs(tags.lon_deg) <= 180
    if not isinstance(image, Rejected):
        assert image.dtype == np.uint8
        assert image.shape[2] == 3


def test_photos_that_state_their_focal_length_have_a_width_of_view(
    tmp_path: Path, write_photo: WritePhoto, places: Places, ground_of: GroundOf
) -> None:
    stated = tmp_path / "stated"
    stated.mkdir()
    for i, place in enumerate(zip(*places(np.arange(4, dtype=np.float64) * 10.0), strict=True)):
        write_photo(stated / f"{i}.jpg", time_s=T0 + i, place=place, focal_35mm=26)
    drive = _open(stated)
    # 96 x 64 pixels have the shape of the film: 2 atan(18 / 26).
    assert drive.fov_deg == pytest.approx(69.39, abs=0.01)
    assert list(drive.flows(ground_of(drive.track), CalibrateParams())) == []
    write_photo(stated / "4.jpg", time_s=T0 + 4, place=place, focal_35mm=52)
    assert _open(stated).fov_deg is None, "a zoom lens has no one view"
