"""Photos: what they say of themselves, and their pixels."""

from __future__ import annotations

import math
import struct
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from gatusyn.capture.exif import PhotoTags, read_tags
from gatusyn.capture.video_header import MAX_PIXELS, MAX_SIDE_PX
from gatusyn.model import Image as Pixels
from gatusyn.model import Rejected, RejectReason

_FORMATS: Final = ("JPEG", "PNG", "WEBP", "TIFF", "BMP")
_MIN_SIDE_PX: Final = 64
"""In a smaller picture a network sees what is not there."""

_BEHIND: Final = (127, 127, 127, 255)
_BROKEN: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    IndexError,
    KeyError,
    AttributeError,
    EOFError,
    OverflowError,
    ZeroDivisionError,
    MemoryError,
    struct.error,
)
"""What Pillow raises for damaged files, by experience."""


def read_photo_tags(path: Path) -> PhotoTags | Rejected:
    """Read when and where a photo was taken, without decoding it."""
    try:
        with _opened(path) as image:
            exif = image.getexif()
            try:
                detail = exif.get_ifd(ExifTags.IFD.Exif)
                gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
                return read_tags(dict(exif), detail, gps)
            except _BROKEN:
                return PhotoTags(
                    time_s=math.nan,
                    zoned=True,
                    lon_deg=math.nan,
                    lat_deg=math.nan,
                    accuracy_m=math.nan,
                )
    except _BombError as error:
        return Rejected(frame_id=path.name, reason=RejectReason.UNREADABLE, detail=str(error))
    except UnidentifiedImageError:
        return Rejected(
            frame_id=path.name, reason=RejectReason.NOT_AN_IMAGE, detail=_what_else(path)
        )
    except _BROKEN as error:
        words = str(error).replace(str(path), path.name)[:120]
        return Rejected(frame_id=path.name, reason=RejectReason.UNREADABLE, detail=words)


def read_photo(
    path: Path, *, max_side_px: int = MAX_SIDE_PX, min_side_px: int = _MIN_SIDE_PX
) -> Pixels | Rejected:
    """Read a photo upright, its longer side at most ``max_side_px``: RGB uint8 [h, w, 3].

    Grey, 16-bit and CMYK pictures become RGB; what is transparent becomes grey.
    """
    try:
        with _opened(path) as image:
            if min(image.size) < min_side_px:
                width, height = image.size
                detail = f"{width}x{height} pixels, limit {min_side_px}"
                return Rejected(
                    frame_id=path.name,
                    reason=RejectReason.TOO_SMALL,
                    detail=detail,
                    figures={"value": min(image.size), "limit": min_side_px},
                )
            # JPEG can be decoded at a half, quarter or eighth: quicker, and as good.
            image.draft("RGB", (max_side_px, max_side_px))
            upright = _as_rgb(ImageOps.exif_transpose(image))
            upright.thumbnail((max_side_px, max_side_px), Image.Resampling.BOX)
            return np.array(upright, dtype=np.uint8)
    except UnidentifiedImageError:
        return Rejected(
            frame_id=path.name, reason=RejectReason.NOT_AN_IMAGE, detail=_what_else(path)
        )
    except _BombError as error:
        return Rejected(frame_id=path.name, reason=RejectReason.UNREADABLE, detail=str(error))
    except _BROKEN as error:
        words = str(error).replace(str(path), path.name)[:120]
        return Rejected(frame_id=path.name, reason=RejectReason.UNREADABLE, detail=words)


def read_oldest_s(paths: Sequence[Path]) -> float:
    """Return when the oldest of some files was last changed, seconds since 1970-01-01 UTC."""
    return min(path.stat().st_mtime for path in paths)


class _BombError(Exception):
    """A small file that would become a huge picture."""


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    with warnings.catch_warnings():
        # Pillow warns of odd EXIF and of large pictures; both are judged here.
        warnings.simplefilter("ignore")
        try:
            with Image.open(path, formats=_FORMATS) as image:
                if image.width * image.height > MAX_PIXELS * 2:
                    raise _BombError(f"{image.width}x{image.height} pixels are too many")
                yield image
        except Image.DecompressionBombError as error:
            raise _BombError("its pixels are too many") from error


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode == "F":
        raise ValueError("its pixels are not whole numbers")
    if image.mode.startswith("I"):
        # Pillow would cut 16 bits off at 255 and make the picture white.
        return Image.fromarray((np.asarray(image) / 257.0).clip(0, 255).astype(np.uint8)).convert(
            "RGB"
        )
    if image.has_transparency_data:
        below = Image.new("RGBA", image.size, _BEHIND)
        return Image.alpha_composite(below, image.convert("RGBA")).convert("RGB")
    return image.convert("RGB")


def _what_else(path: Path) -> str:
    if path.stat().st_size == 0:
        return "the file is empty (0 bytes)"
    with path.open("rb") as file:
        start = file.read(12)
    if start[4:8] == b"ftyp" and start[8:11] in {b"hei", b"mif", b"hev"}:
        return "HEIC is not read: let the phone save JPEG"
    return "the file is not a picture"
