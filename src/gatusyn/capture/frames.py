"""What leaves this room: raw frames that stay in memory, and motion without pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn, SupportsIndex

from gatusyn.model import Image


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RawFrame:
    """A frame in which people may be recognised: only the privacy stage accepts it.

    It lives in memory only: it cannot be pickled or copied, and shows no pixels.

    Parameters
    ----------
    frame_id
        The frame's name within its drive.
    time_s
        Seconds since 1970-01-01 UTC, on the track's clock.
    image
        RGB, uint8 [height, width, 3].
    neighbours
        A video's frames just before and after this one, where there are such: as raw as it is.
    """

    frame_id: str
    time_s: float
    image: Image
    neighbours: tuple[RawFrame, ...] = ()

    def __repr__(self) -> str:
        height, width = self.image.shape[:2]
        return f"RawFrame({self.frame_id!r}, time_s={self.time_s:.3f}, {width}x{height})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a raw frame never leaves memory: pass it to the privacy stage")

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        self.__reduce__()


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """What moved at one moment of a video, without its pixels.

    Parameters
    ----------
    time_s
        Seconds since the start of the video, midway between two pictures.
    change
        Mean absolute change of grey level between the two, 0..255; they are small, and their mean
        light was made equal.
    light
        Mean grey level of the later one, 0..255.
    """

    time_s: float
    change: float
    light: float
