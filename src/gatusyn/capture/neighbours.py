"""Reads each sampled frame of a video together with those just before and after it."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from gatusyn.capture.read_video import read_frames
from gatusyn.capture.video_header import VideoHeader
from gatusyn.model import FootageError, Image

_FURTHEST = 2.0
"""A neighbour further away than so many times what was asked for is none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Sampled:
    """A frame with its neighbours, which are as raw as it is.

    Parameters
    ----------
    index
        Of the wanted time.
    time_s
        Seconds since the start of the video.
    image
        RGB, uint8 [height, width, 3].
    neighbours
        Times and images of the frame before and the frame after, where there are such.
    """

    index: int
    time_s: float
    image: Image
    neighbours: tuple[tuple[float, Image], ...]


@dataclass(slots=True, eq=False, repr=False)
class _Waiting:
    """A sampled frame whose neighbour after it may be still to come."""

    index: int
    time_s: float
    image: Image
    beside: list[tuple[float, Image]] = field(default_factory=list)

    def sampled(self, furthest_s: float) -> Sampled:
        near = [one for one in self.beside if 0 < abs(one[0] - self.time_s) <= furthest_s]
        return Sampled(
            index=self.index, time_s=self.time_s, image=self.image, neighbours=tuple(near)
        )


def read_sampled(
    path: Path, header: VideoHeader, wanted_s: Sequence[float], *, neighbour_s: float
) -> Generator[Sampled, None, None]:
    """Give the frame nearest to each wanted time, with the frames around it.

    The video is decoded once: the neighbours are three frames picked of it instead of one. No more
    frames are held than are picked within ``neighbour_s``.

    Parameters
    ----------
    path, header
        The video.
    wanted_s
        Seconds since its start, strictly rising. Two that share a frame get it once, under the
        later one.
    neighbour_s
        How far before and after, rounded to whole frames, at least one; 0 gives no neighbours.
        Where there is no frame within twice that (dropped frames, a slow video), there is none.

    Raises
    ------
    FootageError
        As ``read_frames`` does, once what was read has been given.
    """
    apart_s = max(round(neighbour_s * header.frames_per_s), 1) / header.frames_per_s
    furthest_s = _FURTHEST * neighbour_s
    steps = (-apart_s, 0.0, apart_s) if apart_s <= furthest_s else (0.0,)
    looks = [
        (time_s + step, index, step) for index, time_s in enumerate(wanted_s) for step in steps
    ]
    looks = sorted(look for look in looks if look[0] > -0.5 / header.frames_per_s)
    last_look = {index: number for number, (_, index, _) in enumerate(looks)}
    early: dict[int, tuple[float, Image]] = {}
    waiting: deque[_Waiting] = deque()
    seen, fault = -1, None
    try:
        with closing(read_frames(path, header, [look[0] for look in looks])) as frames:
            for reached, time_s, image in frames:
                _sort_in(looks[seen + 1 : reached + 1], (time_s, image), early, waiting)
                seen = reached
                while waiting and last_look[waiting[0].index] <= seen:
                    yield waiting.popleft().sampled(furthest_s)
    except FootageError as error:
        fault = error
    for one in waiting:
        yield one.sampled(furthest_s)
    if fault is not None:
        raise fault


def _sort_in(
    looks: Sequence[tuple[float, int, float]],
    frame: tuple[float, Image],
    early: dict[int, tuple[float, Image]],
    waiting: deque[_Waiting],
) -> None:
    """Use a frame for all looks that get it: before, as, or after a sampled frame."""
    sampled = [index for _, index, step in looks if step == 0]
    if sampled:
        before = [early[number] for number in sampled[-1:] if number in early]
        waiting.append(_Waiting(sampled[-1], *frame, before))
    for _, index, step in looks:
        if step < 0:
            early[index] = frame
        elif step > 0:
            for one in waiting:
                if one.index == index:
                    one.beside.append(frame)
    for index in [index for index in early if sampled and index <= sampled[-1]]:
        del early[index]
