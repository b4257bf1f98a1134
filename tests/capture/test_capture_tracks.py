from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatusyn.capture.fixes import clean_track
from gatusyn.capture.parse_csv import parse_csv
from gatusyn.capture.parse_gpx import parse_gpx
from gatusyn.capture.parse_nmea import parse_nmea
from gatusyn.capture.read_track import read_fixes, read_track
from gatusyn.model import CaptureParams, TrackError

T0 = datetime(2025, 6, 1, 10, 0, 0, tzinfo=UTC).timestamp()
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
NS = 'xmlns="http://www.topografix.com/GPX/1/1"'


def test_gpx_points_come_with_time_place_and_accuracy() -> None:
    text = (
        f'{HEAD}<gpx version="1.1" creator="x" {NS}><trk><trkseg>'
        '<trkpt lat="59.5" lon="17.25"><time>2025-06-01T10:00:00Z</time><hdop>1.5</hdop></trkpt>'
        '<trkpt lat="59.6" lon="17.35"><time>2025-06-01T12:00:01.500+02:00</time></trkpt>'
        "</trkseg></trk></gpx>"
    )
    fixes = parse_gpx(text, source="a.gpx")
    assert fixes.time_s.tolist() == [T0, T0 + 1.5]
    assert fixes.lon_deg.tolist() == [17.25, 17.35]
    assert fixes.lat_deg.tolist() == [59.5, 59.6]
    assert fixes.accuracy_m[0] == pytest.approx(6.0)
    assert np.isnan(fixes.accuracy_m[1])


@pytest.mark.parametrize(
    "bomb",
    [
        '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]>',
        '<!doctype gpx [<!entity x SYSTEM "file:///etc/hostname">]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_gpx_with_entities_is_refused(tmp_path: Path, bomb: str, encoding: str) -> None:
    path = tmp_path / "a.gpx"
    text = f'<?xml version="1.0"?>{bomb}<gpx {NS}><trk><name>&lol2;</name></trk></gpx>'
    path.write_bytes(text.encode(encoding))
    with pytest.raises(TrackError, match="entities"):
        read_fixes(path)


@pytest.mark.parametrize("text", ["<gpx", "<gpx><trk><trkseg><trkpt lat='x' lon='1'/>", "<a/>"])
def test_broken_gpx_is_a_track_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.gpx"
    path.write_text(text)
    with pytest.raises(TrackError) as caught:
        clean_track(read_fixes(path), source="a.gpx", max_speed_ms=60)
    assert caught.value.source == "a.gpx"


def test_a_planned_route_is_no_track() -> None:
    text = f'<gpx version="1.1" {NS}><rte><rtept lat="59" lon="17"/></rte></gpx>'
    with pytest.raises(TrackError, match="route"):
        parse_gpx(text, source="a.gpx")


def _sentence(body: str) -> str:
    check = 0
    for char in body:
        check ^= ord(char)
    return f"${body}*{check:02X}"


def _rmc(clock: str, day: str, *, status: str = "A") -> str:
    return _sentence(f"GPRMC,{clock},{status},5951.6000,N,01738.4000,E,10.0,40.0,{day},,,A")


def _gga(clock: str, *, quality: int = 1) -> str:
    return _sentence(f"GPGGA,{clock},5951.6000,N,01738.4000,E,{quality},08,0.9,20.0,M,25.0,M,,")


def test_nmea_joins_rmc_and_gga_of_the_same_moment() -> None:
    lines = [_gga("100000.00"), _rmc("100000.00", "010625"), _rmc("100001.00", "010625")]
    fixes = parse_nmea("\r\n".join(lines), source="a.nmea")
    assert fixes.time_s.tolist() == [T0, T0 + 1]
    assert fixes.lat_deg == pytest.approx([59.86, 59.86])
    assert fixes.lon_deg == pytest.approx([17.64, 17.64])
    assert fixes.accuracy_m[0] == pytest.approx(3.6)


def test_nmea_rolls_over_midnight() -> None:
    lines = [_gga("235958.00"), _rmc("235959.00", "310525"), _gga("000000.00"), _gga("000001.00")]
    fixes = parse_nmea("\n".join(lines), source="a.nmea")
    midnight = datetime(2025, 6, 1, tzinfo=UTC).timestamp()
    assert (fixes.time_s - midnight).tolist() == [-2, -1, 0, 1]


def test_nmea_before_the_first_date_gets_the_day_before() -> None:
    lines = [_gga("235959.00"), _rmc("000001.00", "010625")]
    fixes = parse_nmea("\n".join(lines), source="a.nmea")
    midnight = datetime(2025, 6, 1, tzinfo=UTC).timestamp()
    assert (fixes.time_s - midnight).tolist() == [-1, 1]


def test_nmea_without_fix_or_with_broken_sums_is_passed_over() -> None:
    lines = [_rmc("095959.00", "010625", status="V"), _gga("100000.00", quality=0)]
    lines += [_rmc("100001.00", "010625")[:-2] + "00", "noise", "$", _rmc("100002.00", "010625")]
    fixes = parse_nmea("\n".join(lines), source="a.nmea")
    assert fixes.time_s.tolist() == [T0 + 2]
    assert "2 broken sentences" in str(fixes.remarks[0])


@pytest.mark.parametrize(
    ("text", "words"), [(_gga("100000.00"), "no date"), ("$GPGSV,1*00", "no positions")]
)
def test_nmea_without_dates_or_positions_is_refused(text: str, words: str) -> None:
    with pytest.raises(TrackError, match=words):
        parse_nmea(text, source="a.nmea")


@pytest.mark.parametrize(
    "text",
    [
        "time,lat,lon\n2025-06-01T10:00:00Z,59.5,17.25\n2025-06-01T10:00:01.5Z,59.6,17.35\n",
        "Latitude;Longitude;Timestamp\n59,5;17,25;1748772000\n59,6;17,35;1748772001,5\n",
        "lng\tlat\ttimestamp_ms\n17.25\t59.5\t1748772000000\n17.35\t59.6\t1748772001500\n",
        "date,time,lat,lon\n2025-06-01,10:00:00Z,59.5,17.25\n2025-06-01,10:00:01.5Z,59.6,17.35",
        "time_s,lat_deg,lon_deg\n1748772000,59.5,17.25\n1748772001.5,59.6,17.35\n",
        'time,lat,lon\n1748772000000000000,"59,5","17,25"\n1748772001500000000,"59,6","17,35"\n',
    ],
)
def test_csv_of_many_kinds_is_the_same_track(text: str) -> None:
    fixes = parse_csv(text, source="a.csv")
    assert fixes.time_s == pytest.approx([T0, T0 + 1.5])
    assert fixes.lat_deg.tolist() == [59.5, 59.6]
    assert fixes.lon_deg.tolist() == [17.25, 17.35]


def test_csv_names_photos_and_accuracy() -> None:
    text = "file,lat,lon,accuracy\nsub\\a.jpg,59.5,17.25,3.5\nb.jpg,59.6,17.35,\n"
    fixes = parse_csv(text, source="a.csv")
    assert fixes.names == ("a.jpg", "b.jpg")
    assert fixes.accuracy_m[0] == 3.5
    assert np.isnan(fixes.accuracy_m[1])
    assert np.isnan(fixes.time_s).all()


def test_csv_without_zone_says_so_and_broken_rows_are_counted() -> None:
    text = "time,lat,lon\n2025-06-01 10:00:00,59.5,17.25\nx,59,17\n2025-06-01 10:00:02,,\nshort\n"
    fixes = parse_csv(text, source="a.csv")
    assert fixes.time_s.tolist() == [T0]
    assert any("3 rows" in str(remark) for remark in fixes.remarks)
    assert any("UTC" in str(remark) for remark in fixes.remarks)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("time,x,y\n1,2,3\n", "no column for latitude and longitude"),
        ("time,lat,north\n1,2,3\n", "no column for longitude"),
        ("lat,lon\na,b\n", "no row"),
        ("lat,lon\n", "no row"),
    ],
)
def test_csv_that_is_no_track_says_what_is_missing(text: str, words: str) -> None:
    with pytest.raises(TrackError, match=words):
        parse_csv(text, source="a.csv")


@pytest.mark.parametrize("data", [b"", b"  \n"])
def test_empty_tracks_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.gpx"
    path.write_bytes(data)
    with pytest.raises(TrackError, match="is empty"):
        read_fixes(path)


def test_content_decides_what_a_track_is(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(_rmc("100000.00", "010625"))
    assert len(read_fixes(path)) == 1


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_a_track_or_a_track_error(text: str) -> None:
    parsers: tuple[Callable[..., object], ...] = (parse_csv, parse_gpx, parse_nmea)
    for parse in parsers:
        for prefix in ("", "lat,lon,time\n", "$GPRMC,", "<gpx><trk><trkseg>"):
            with contextlib.suppress(TrackError):
                parse(prefix + text, source="any")


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(1e9, 2e9), st.floats(-180, 180), st.floats(-90, 90), st.floats(0.1, 99)
        ),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from(",;\t"),
    st.booleans(),
)
def test_csv_round_trip(
    rows: list[tuple[float, float, float, float]], delimiter: str, comma: bool
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["time", "lon", "lat", "accuracy"])
    for row in rows:
        cells = [repr(value) for value in row]
        writer.writerow([cell.replace(".", ",") for cell in cells] if comma else cells)
    fixes = parse_csv(out.getvalue(), source="a.csv")
    table = np.column_stack([fixes.time_s, fixes.lon_deg, fixes.lat_deg, fixes.accuracy_m])
    assert np.array_equal(table, np.array(rows))


@pytest.mark.shared
def test_a_real_gpx_of_andorra(shared: Path) -> None:
    path = shared / "data/tracks/andorra/andorra_for_map_matching.gpx"
    with pytest.raises(TrackError, match="no times"):
        read_track(path, CaptureParams())
    track, remarks = read_track(path, CaptureParams(), untimed_speed_ms=12)
    assert len(track) > 0.95 * len(read_fixes(path))
    assert "12 m/s was assumed" in str(remarks[0])
    assert 1.3 < track.lon_deg.min() < track.lon_deg.max() < 1.9


@pytest.mark.shared
def test_a_real_csv_without_times_is_refused(shared: Path) -> None:
    path = shared / "data/tracks/denver/sample_trace_1.csv"
    with pytest.raises(TrackError, match="no times"):
        clean_track(read_fixes(path), source=path.name, max_speed_ms=60)
