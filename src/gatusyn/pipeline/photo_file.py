"""A public frame as a picture file whose metadata is made anew, never copied."""

from __future__ import annotations

import io
import math
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from gatusyn.model import PublicFrame

_JPEG_QUALITY = 92
_KEPT_SUFFIXES = {".jpg", ".jpeg", ".png"}


def file_name_for(file: Path) -> str:
    """Return the name of a photo's copy: its own for JPEG and PNG, with ``.png`` after it else."""
    return file.name if file.suffix.lower() in _KEPT_SUFFIXES else f"{file.name}.png"


def encode_photo(
    frame: PublicFrame,
    *,
    jpeg: bool,
    time_s: float | None = None,
    lon_lat_deg: tuple[float, float] | None = None,
) -> bytes:
    """Return a frame as the content of a JPEG or PNG file.

    Parameters
    ----------
    time_s
        Seconds since 1970-01-01 UTC, written as the time that it was taken.
    lon_lat_deg
        WGS 84 degrees, written as the place that it was taken at.
    """
    if not isinstance(frame, PublicFrame):
        raise TypeError(f"only a PublicFrame can be written, not a {type(frame).__name__}")
    exif = _exif(time_s, lon_lat_deg)
    options = {"exif": exif.tobytes()} if len(exif) else {}
    written = io.BytesIO()
    picture = Image.fromarray(frame.image)
    if jpeg:
        picture.save(written, "JPEG", quality=_JPEG_QUALITY, **options)
    else:
        picture.save(written, "PNG", compress_level=3, **options)
    return written.getvalue()


def _exif(time_s: float | None, lon_lat_deg: tuple[float, float] | None) -> Image.Exif:
    exif = Image.Exif()
    if time_s is not None and math.isfinite(time_s):
        moment = datetime.fromtimestamp(time_s, UTC)
        exif[IFD.Exif] = {
            Base.DateTimeOriginal: moment.strftime("%Y:%m:%d %H:%M:%S"),
            Base.OffsetTimeOriginal: "+00:00",
        }
    if lon_lat_deg is not None and all(math.isfinite(value) for value in lon_lat_deg):
        lon, lat = lon_lat_deg
        exif[IFD.GPSInfo] = {
            GPS.GPSLatitudeRef: "S" if lat < 0 else "N",
            GPS.GPSLatitude: _degrees(abs(lat)),
            GPS.GPSLongitudeRef: "W" if lon < 0 else "E",
            GPS.GPSLongitude: _degrees(abs(lon)),
        }
    return exif


def _degrees(value: float) -> tuple[float, float, float]:
    minutes, degrees = math.modf(value)
    seconds, whole = math.modf(minutes * 60)
    return degrees, whole, round(seconds * 60, 5)
