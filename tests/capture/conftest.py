"""Tiny made drives: videos through ffmpeg, tracks along a straight street in Uppsala."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ExifTags, Image
from pyproj import Geod

from gatusyn.geo import Projection
from gatusyn.model import GroundTrack, Track

T0 = datetime(2025, 6, 1, 10, 0, 0, tzinfo=UTC).timestamp()
LON0, LAT0 = 17.64, 59.86

Floats = NDArray[np.float64]
Pictures = Iterable[NDArray[np.uint8]]


@pytest.fixture(scope="session")
def t0() -> float:
    return T0


@pytest.fixture(scope="session")
def write_video() -> Callable[..., Path]:
    """Encode RGB pictures of one size."""

    def write(
        path: Path,
        pictures: Pictures,
        *,
        fps: float = 10,
        created_s: float | None = None,
        extra: tuple[str, ...] = (),
    ) -> Path:
        pictures = list(pictures)
        height, width = pictures[0].shape[:2]
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", "-f", "rawvideo"]
        command += ["-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", f"{fps}", "-i", "pipe:0"]
        command += ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-pix_fmt", "yuv420p"]
        if created_s is not None:
            moment = datetime.fromtimestamp(created_s, tz=UTC).isoformat()
            command += ["-metadata", f"creation_time={moment}"]
        data = b"".join(picture.tobytes() for picture in pictures)
        subprocess.run([*command, *extra, str(path)], input=data, check=True)
        return path

    return write


@pytest.fixture(scope="session")
def numbered() -> Callable[[int], list[NDArray[np.uint8]]]:
    """Return textured pictures of 128x96 that carry their number in eight bright or dark bars."""

    def make(count: int) -> list[NDArray[np.uint8]]:
        texture = np.random.default_rng(1).integers(90, 160, (96, 128, 3), dtype=np.uint8)
        pictures = []
        for number in range(count):
            picture = texture.copy()
            for bit in range(8):
                picture[:32, bit * 16 : bit * 16 + 16] = 230 if number >> bit & 1 else 20
            pictures.append(picture)
        return pictures

    return make


@pytest.fixture(scope="session")
def number_of() -> Callable[[NDArray[np.uint8]], int]:
    """Read the number of a picture of ``numbered``."""

    def read(image: NDArray[np.uint8]) -> int:
        bars = [image[8:24, bit * 16 + 4 : bit * 16 + 12].mean() > 128 for bit in range(8)]
        return sum(1 << bit for bit, bright in enumerate(bars) if bright)

    return read


@pytest.fixture(scope="session")
def places() -> Callable[[Floats], tuple[Floats, Floats]]:
    """Return lon, lat of distances in metres along a street that runs north-east."""

    def along(distance_m: Floats) -> tuple[Floats, Floats]:
        start = np.full(distance_m.shape, LON0), np.full(distance_m.shape, LAT0)
        bearing = np.full(distance_m.shape, 40.0)
        lon, lat, _ = Geod(ellps="WGS84").fwd(*start, bearing, distance_m)
        return np.asarray(lon), np.asarray(lat)

    return along


@pytest.fixture(scope="session")
def write_gpx(places: Callable[[Floats], tuple[Floats, Floats]]) -> Callable[..., Path]:
    """Write a GPX track of times and distances along the street."""

    def write(path: Path, times_s: Floats, distance_m: Floats, *, timed: bool = True) -> Path:
        points = []
        for time_s, lon, lat in zip(times_s, *places(distance_m), strict=True):
            stamp = datetime.fromtimestamp(time_s, tz=UTC).isoformat().replace("+00:00", "Z")
            inner = f"<time>{stamp}</time>" if timed else ""
            points.append(f'<trkpt lat="{lat:.8f}" lon="{lon:.8f}">{inner}</trkpt>')
        path.write_text(
            '<?xml version="1.0" encoding="UTF-8"?><gpx version="1.1" creator="t" '
            'xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>'
            + "".join(points)
            + "</trkseg></trk></gpx>",
            encoding="utf-8",
        )
        return path

    return write


@pytest.fixture(scope="session")
def ground_of() -> Callable[[Track], GroundTrack]:
    """Return a track in metres, without smoothing."""

    def make(track: Track) -> GroundTrack:
        east, north = Projection(3006).to_metres(track.lon_deg, track.lat_deg)
        step = np.hypot(np.diff(east), np.diff(north))
        speed = np.concatenate([step / np.diff(track.time_s), [0.0]])
        return GroundTrack(
            time_s=track.time_s,
            easting_m=east,
            northing_m=north,
            bearing_deg=np.zeros(len(track)),
            speed_ms=speed,
            sigma_m=np.full(len(track), 3.0),
            distance_m=np.concatenate([[0.0], np.cumsum(step)]),
        )

    return make


@pytest.fixture(scope="session")
def write_photo() -> Callable[..., Path]:
    """Write a textured JPEG, with EXIF time and position where given."""

    def write(
        path: Path,
        *,
        time_s: float | None = None,
        place: tuple[float, float] | None = None,
        size: tuple[int, int] = (96, 64),
        zone: str | None = "+00:00",
        orientation: int = 1,
        light: int = 120,
        focal_35mm: int | None = None,
    ) -> Path:
        noise = np.random.default_rng(0).integers(-40, 40, (size[1], size[0], 3))
        image = Image.fromarray(np.clip(light + noise, 0, 255).astype(np.uint8))
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        if focal_35mm is not None:
            exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.FocalLengthIn35mmFilm] = focal_35mm
        if time_s is not None:
            moment = datetime.fromtimestamp(time_s, tz=UTC)
            detail = exif.get_ifd(ExifTags.IFD.Exif)
            detail[ExifTags.Base.DateTimeOriginal] = moment.strftime("%Y:%m:%d %H:%M:%S")
            detail[ExifTags.Base.SubsecTimeOriginal] = f"{moment.microsecond // 1000:03d}"
            if zone is not None:
                detail[ExifTags.Base.OffsetTimeOriginal] = zone
        if place is not None:
            gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
            lon, lat = place
            gps[ExifTags.GPS.GPSLatitudeRef] = "N" if lat >= 0 else "S"
            gps[ExifTags.GPS.GPSLatitude] = _dms(abs(lat))
            gps[ExifTags.GPS.GPSLongitudeRef] = "E" if lon >= 0 else "W"
            gps[ExifTags.GPS.GPSLongitude] = _dms(abs(lon))
        image.save(path, quality=92, exif=exif)
        return path

    return write


def _dms(degrees: float) -> tuple[float, float, float]:
    whole, rest = divmod(degrees * 60, 60)
    minutes = int(rest)
    return float(whole), float(minutes), round((rest - minutes) * 60, 5)
