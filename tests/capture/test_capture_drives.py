from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gatusyn.capture import DriveKind, find_drives, open_drive
from gatusyn.capture.frames import RawFrame
from gatusyn.model import (
    CaptureParams,
    FootageError,
    GroundTrack,
    Rejected,
    RejectReason,
    Track,
    TrackError,
)

Pixels = NDArray[np.uint8]
WriteVideo = Callable[..., Path]
WriteGpx = Callable[..., Path]
Numbered = Callable[[int], list[Pixels]]
NumberOf = Callable[[Pixels], int]
GroundOf = Callable[[Track], GroundTrack]
T0 = 1_748_772_000.0


@pytest.fixture
def drive(tmp_path: Path, write_video: WriteVideo, write_gpx: WriteGpx, numbered: Numbered) -> Path:
    """Return 12 s of video beside 40 s of track at 10 m/s; the video starts 5 s into it."""
    write_gpx(tmp_path / "drive.gpx", T0 + np.arange(40.0), np.arange(40) * 10.0)
    extra = ("-movflags", "faststart")
    return write_video(tmp_path / "drive.mp4", numbered(120), created_s=T0 + 5, extra=extra)


def test_a_video_with_its_track_gives_a_frame_every_five_metres(
    drive: Path, ground_of: GroundOf, number_of: NumberOf
) -> None:
    (source,) = find_drives(drive)
    assert source.kind is DriveKind.VIDEO
    opened = open_drive(source, CaptureParams())
    assert (opened.name, opened.size_px) == ("drive.mp4", (128, 96))
    ground = ground_of(opened.track)
    times = opened.sample_times(ground)
    items = list(opened.frames(ground))
    assert len(items) == times.size == 24
    for item, wanted in zip(items, times, strict=True):
        assert isinstance(item, RawFrame)
        assert abs(item.time_s - wanted) <= 0.051
        assert number_of(item.image) == round((item.time_s - T0 - 5) * 10)
    metres = np.interp(times, ground.time_s, ground.distance_m)
    assert metres / 5 == pytest.approx(np.round(metres / 5), abs=1e-6)
    assert opened.remarks == ()


def test_a_given_offset_moves_the_video(drive: Path, ground_of: GroundOf) -> None:
    opened = open_drive(find_drives(drive)[0], CaptureParams(clock_offset_s=3.0))
    first = next(iter(opened.frames(ground_of(opened.track))))
    assert isinstance(first, RawFrame)
    assert first.time_s == pytest.approx(T0 + 8, abs=0.3)
    assert opened.clock_offset_s == 3.0


def test_a_video_that_breaks_off_rejects_the_rest_and_says_where(
    drive: Path, ground_of: GroundOf
) -> None:
    whole = drive.read_bytes()
    drive.write_bytes(whole[: len(whole) // 2])
    opened = open_drive(find_drives(drive)[0], CaptureParams())
    ground = ground_of(opened.track)
    items = list(opened.frames(ground))
    assert len(items) == opened.sample_times(ground).size == 24
    lost = [item for item in items if isinstance(item, Rejected)]
    assert 5 < len(lost) < 20
    assert {item.reason for item in lost} == {RejectReason.UNREADABLE}
    assert len({item.frame_id for item in items}) == 24
    (remark,) = opened.remarks
    assert "of 12.0 s" in str(remark)
    assert list(opened.frames(ground))
    assert len(opened.remarks) == 1


def test_moments_closer_than_the_frames_are_too_close(drive: Path, ground_of: GroundOf) -> None:
    opened = open_drive(find_drives(drive)[0], CaptureParams(spacing_m=0.5))
    ground = ground_of(opened.track)
    items = list(opened.frames(ground))
    assert len(items) == opened.sample_times(ground).size > 200
    reasons = [item.reason for item in items if isinstance(item, Rejected)]
    assert set(reasons) == {RejectReason.TOO_CLOSE}
    assert len(items) - len(reasons) == pytest.approx(120, abs=2)


def test_dark_frames_are_rejected(drive: Path, ground_of: GroundOf) -> None:
    opened = open_drive(find_drives(drive)[0], CaptureParams(min_brightness=250))
    items = list(opened.frames(ground_of(opened.track)))
    assert len(items) == 24
    assert all(isinstance(i, Rejected) and i.reason is RejectReason.TOO_DARK for i in items)


def test_the_clock_is_found_from_stops_in_the_picture(
    tmp_path: Path, write_video: WriteVideo, write_gpx: WriteGpx
) -> None:
    fine = np.arange(0, 120, 0.2)
    speed = np.where(((fine > 30) & (fine < 42)) | ((fine > 80) & (fine < 86)), 0.0, 9.0)
    distance = np.concatenate([[0.0], np.cumsum(speed[:-1] * 0.2)])
    time = np.arange(0, 120.0)
    write_gpx(tmp_path / "a.gpx", T0 + time, np.interp(time, fine, distance))
    rng = np.random.default_rng(5)
    strip = rng.integers(40, 200, (72, 4000), dtype=np.uint8).repeat(3, axis=1)
    shown = np.interp(np.arange(12.4, 105, 0.2), fine, distance)
    pictures = [np.repeat(strip[:, int(m * 8) : int(m * 8) + 96, None], 3, axis=2) for m in shown]
    path = write_video(tmp_path / "a.mp4", pictures, fps=5)
    opened = open_drive(find_drives(path)[0], CaptureParams())
    assert opened.clock_offset_s == pytest.approx(12.4, abs=0.5)
    assert any("correlation" in str(remark) for remark in opened.remarks)


def test_a_jump_of_500_km_is_a_remark(drive: Path, write_gpx: WriteGpx) -> None:
    distance = np.arange(40) * 10.0
    distance[20] += 500_000
    write_gpx(drive.with_suffix(".gpx"), T0 + np.arange(40.0), distance)
    opened = open_drive(find_drives(drive)[0], CaptureParams())
    assert len(opened.track) == 39
    assert any("1 of 40 fixes" in str(remark) for remark in opened.remarks)


def test_a_video_without_track_is_refused(drive: Path) -> None:
    drive.with_suffix(".gpx").unlink()
    (source,) = find_drives(drive)
    with pytest.raises(TrackError, match="without a track"):
        open_drive(source, CaptureParams())


def test_a_track_without_times_is_refused(drive: Path, write_gpx: WriteGpx) -> None:
    write_gpx(drive.with_suffix(".gpx"), np.arange(9.0), np.arange(9.0), timed=False)
    with pytest.raises(TrackError, match=r"drive\.gpx.*no times"):
        open_drive(find_drives(drive)[0], CaptureParams())


def test_a_track_of_another_day_is_refused(drive: Path, write_gpx: WriteGpx) -> None:
    later = T0 + 3 * 86400 + np.arange(40.0)
    write_gpx(drive.with_suffix(".gpx"), later, np.arange(40) * 10.0)
    with pytest.raises(TrackError, match="do not overlap"):
        open_drive(find_drives(drive)[0], CaptureParams())


def test_an_unclear_track_names_the_candidates(drive: Path) -> None:
    drive.with_suffix(".gpx").rename(drive.with_name("b.gpx"))
    drive.with_name("a.nmea").write_text("$")
    drive.with_name("notes.txt").write_text("no track")
    (source,) = find_drives(drive)
    with pytest.raises(TrackError, match=r"a\.nmea, b\.gpx"):
        open_drive(source, CaptureParams())
    (named,) = find_drives(drive, track=drive.with_name("b.gpx"))
    assert open_drive(named, CaptureParams()).drive_id


def test_the_only_track_in_the_folder_is_taken(drive: Path) -> None:
    drive.with_suffix(".gpx").rename(drive.with_name("other.gpx"))
    assert find_drives(drive)[0].track == drive.with_name("other.gpx")


def test_each_video_of_a_folder_is_a_drive_and_a_bad_one_hides_none(drive: Path) -> None:
    drive.with_name("second.mp4").write_bytes(drive.read_bytes())
    drive.with_name("second.gpx").write_bytes(drive.with_suffix(".gpx").read_bytes())
    drive.with_name("third.mov").write_bytes(b"")
    sources = find_drives(drive.parent)
    assert [source.name for source in sources] == ["drive.mp4", "second.mp4", "third.mov"]
    assert sources[0].track == drive.with_suffix(".gpx")
    assert len(sources[2].candidates) == 2


def test_the_drive_id_is_the_content(drive: Path, tmp_path: Path) -> None:
    first = open_drive(find_drives(drive)[0], CaptureParams()).drive_id
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for suffix in (".mp4", ".gpx"):
        (moved / f"renamed{suffix}").write_bytes(drive.with_suffix(suffix).read_bytes())
    assert open_drive(find_drives(moved)[0], CaptureParams()).drive_id == first
    with (moved / "renamed.gpx").open("a") as file:
        file.write("\n")
    assert open_drive(find_drives(moved)[0], CaptureParams()).drive_id != first


def test_a_drive_outside_the_town_is_refused(drive: Path) -> None:
    (source,) = find_drives(drive)
    assert open_drive(source, CaptureParams(), network_box=(17.0, 59.0, 18.0, 60.0))
    with pytest.raises(TrackError, match="outside the town"):
        open_drive(source, CaptureParams(), network_box=(11.0, 57.0, 12.0, 58.0))
    with pytest.raises(TrackError, match="swapped"):
        open_drive(source, CaptureParams(), network_box=(59.0, 17.0, 60.0, 18.0))


def test_what_is_no_footage_is_named(tmp_path: Path) -> None:
    with pytest.raises(FootageError, match="does not exist"):
        find_drives(tmp_path / "none")
    with pytest.raises(FootageError, match="no video and no photo"):
        find_drives(tmp_path)
    (tmp_path / "monday").mkdir()
    with pytest.raises(FootageError, match="monday"):
        find_drives(tmp_path)
    note = tmp_path / "note.pdf"
    note.write_text("x")
    with pytest.raises(FootageError, match="is not footage"):
        find_drives(note)
    with pytest.raises(TrackError, match="does not exist"):
        find_drives(tmp_path, track=tmp_path / "none.gpx")
