"""When and where a photo says that it was taken."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from PIL.ExifTags import GPS, Base


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoTags:
    """What a photo says of itself.

    Parameters
    ----------
    time_s
        Seconds since 1970-01-01 UTC; NaN where it has no time.
    zoned
        Whether the time's zone is certain; without one it was taken as UTC.
    lon_deg, lat_deg
        WGS 84 degrees; NaN where it has no position.
    accuracy_m
        Horizontal standard deviation; NaN where it has none.
    focal_35mm
        Focal length in millimetres as on 35 mm film; NaN where it has none.
    """

    time_s: float
    zoned: bool
    lon_deg: float
    lat_deg: float
    accuracy_m: float
    focal_35mm: float = math.nan

    @property
    def placed(self) -> bool:
        """Whether the photo has a position."""
        return math.isfinite(self.lon_deg) and math.isfinite(self.lat_deg)


def read_tags(
    main: Mapping[int, object],
    detail: Mapping[int, object],
    gps: Mapping[int, object],
) -> PhotoTags:
    """Return what a photo's EXIF says; whatever is damaged counts as missing.

    Parameters
    ----------
    main, detail, gps
        Values by tag of the image, EXIF and GPS directories.
    """
    time_s, zoned = _time(main, detail, gps)
    lat = _degrees(gps.get(GPS.GPSLatitude), gps.get(GPS.GPSLatitudeRef), "S", 90.0)
    lon = _degrees(gps.get(GPS.GPSLongitude), gps.get(GPS.GPSLongitudeRef), "W", 180.0)
    if lat == 0.0 and lon == 0.0:  # what phones write before the first fix
        lat = lon = math.nan
    accuracy = _number(gps.get(GPS.GPSHPositioningError))
    focal = _number(detail.get(Base.FocalLengthIn35mmFilm))
    return PhotoTags(
        time_s=time_s,
        zoned=zoned,
        lon_deg=lon,
        lat_deg=lat,
        accuracy_m=accuracy if accuracy > 0 else math.nan,
        focal_35mm=focal if 4.0 < focal < 400.0 else math.nan,
    )


def _time(
    main: Mapping[int, object], detail: Mapping[int, object], gps: Mapping[int, object]
) -> tuple[float, bool]:
    """Prefer the camera's clock with its zone (it has fractions), then GPS, then no zone."""
    local, zone = _local_time(main, detail), _zone(detail)
    if local is not None and zone is not None:
        return local.replace(tzinfo=zone).timestamp(), True
    utc = _gps_time(gps)
    if utc is not None:
        return utc, True
    if local is not None:
        return local.replace(tzinfo=UTC).timestamp(), False
    return math.nan, True


def _local_time(main: Mapping[int, object], detail: Mapping[int, object]) -> datetime | None:
    text = detail.get(Base.DateTimeOriginal) or main.get(Base.DateTime)
    try:
        moment = datetime.strptime(str(text).strip("\0 "), "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None
    fraction = str(detail.get(Base.SubsecTimeOriginal, "")).strip("\0 ")
    if fraction.isascii() and fraction.isdigit():
        moment += timedelta(seconds=float(f"0.{fraction}"))
    return moment


def _zone(detail: Mapping[int, object]) -> timezone | None:
    text = str(detail.get(Base.OffsetTimeOriginal) or detail.get(Base.OffsetTime) or "")
    try:
        parsed = datetime.strptime(text.strip("\0 "), "%z").utcoffset()
    except ValueError:
        return None
    return timezone(parsed) if parsed is not None else None


def _gps_time(gps: Mapping[int, object]) -> float | None:
    clock = gps.get(GPS.GPSTimeStamp)
    try:
        day = datetime.strptime(str(gps.get(GPS.GPSDateStamp)).strip("\0 "), "%Y:%m:%d")
    except ValueError:
        return None
    if not isinstance(clock, tuple) or len(clock) != 3:
        return None
    hours, minutes, seconds = (_number(part) for part in clock)
    total = hours * 3600 + minutes * 60 + seconds
    if not 0 <= total < 86401:
        return None
    return day.replace(tzinfo=UTC).timestamp() + total


def _degrees(value: object, reference: object, negative: str, limit: float) -> float:
    if not isinstance(value, tuple) or len(value) != 3:
        return math.nan
    degrees, minutes, seconds = (_number(part) for part in value)
    total = degrees + minutes / 60 + seconds / 3600
    if not 0 <= total <= limit:
        return math.nan
    return -total if str(reference).strip("\0 ").upper().startswith(negative) else total


def _number(value: object) -> float:
    """Return an EXIF number; NaN if it is none, or a fraction with nothing below the line."""
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError):
        return math.nan
