"""One run of ffmpeg as a separate process, under limits, with its pictures and their times."""

from __future__ import annotations

import os
import queue
import re
import subprocess
import sys
import threading
from collections import deque
from io import BufferedReader
from types import TracebackType
from typing import IO, Final, Self

import numpy as np

from gatusyn.model import Image

MEMORY_BYTES: Final = 3 * 2**30
_TAIL_LINES: Final = 40
_LINE_BYTES: Final = 65536
_TIME: Final = re.compile(r"^\[Parsed_showinfo\S* @ \S+\] n: *\d+ .*?pts_time:(-?[\d.]+)")


class Decoder:
    """Read an ffmpeg's raw pictures; leave it with ``with``, which ends the process.

    Parameters
    ----------
    command
        ffmpeg with its arguments.
    graph
        The filter graph for its standard input.
    shape
        Shape of a picture as it is written, uint8.
    cpu_s
        Seconds of processor time after which the system ends the process.
    """

    def __init__(
        self, command: list[str], *, graph: str, shape: tuple[int, ...], cpu_s: float
    ) -> None:
        self._shape = shape
        self._pictures: queue.Queue[Image | None] = queue.Queue(maxsize=2)
        self._times: queue.Queue[float | None] = queue.Queue()
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)
        self._closing = threading.Event()
        self._process = start_limited(command, cpu_s=cpu_s)
        assert self._process.stdin
        assert self._process.stderr
        assert isinstance(self._process.stdout, BufferedReader)
        self._threads = (
            threading.Thread(target=self._send, args=(self._process.stdin, graph), daemon=True),
            threading.Thread(target=self._listen, args=(self._process.stderr,), daemon=True),
            threading.Thread(target=self._receive, args=(self._process.stdout,), daemon=True),
        )
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._process.kill()
        self._process.wait()
        while self._threads[2].is_alive():
            self._drain()
        for thread in self._threads:
            thread.join()
        for stream in (self._process.stdout, self._process.stderr):
            if stream:
                stream.close()

    @property
    def said(self) -> tuple[str, ...]:
        """The last lines that ffmpeg wrote."""
        return tuple(self._tail)

    def next(self, *, wait_s: float) -> tuple[float, Image] | None:
        """Return the next picture and its time in seconds of the video; None at the end.

        Raises
        ------
        TimeoutError
            If none comes within ``wait_s``.
        """
        try:
            picture = self._pictures.get(timeout=wait_s)
            if picture is None:
                # What it says at the end may come after its last picture: why there was none.
                self._threads[1].join(wait_s)
                return None
            # ffmpeg logs a frame's time before it writes the frame.
            time_s = self._times.get(timeout=wait_s)
        except queue.Empty:
            raise TimeoutError(f"no picture came within {wait_s:.0f} s") from None
        return None if time_s is None else (time_s, picture)

    def _send(self, stream: IO[bytes], graph: str) -> None:
        try:
            with stream:
                stream.write(graph.encode())
        except OSError:
            self._tail.append("the decoder ended before it was told what to do")

    def _listen(self, stream: IO[bytes]) -> None:
        for raw in iter(lambda: stream.readline(_LINE_BYTES), b""):
            line = raw.decode("utf-8", errors="replace").rstrip()
            found = _TIME.match(line)
            if found:
                self._times.put(float(found[1]))
            elif not line.startswith("[Parsed_showinfo"):
                self._tail.append(line)
        self._times.put(None)

    def _receive(self, stream: BufferedReader) -> None:
        while not self._closing.is_set():
            picture = np.empty(self._shape, dtype=np.uint8)
            view = picture.reshape(-1).data
            got = 0
            while got < len(view):
                count = stream.readinto(view[got:])
                if not count:
                    break
                got += count
            if got < len(view):
                break
            self._pictures.put(picture)
        self._pictures.put(None)

    def _drain(self) -> None:
        try:
            self._pictures.get(timeout=0.05)
        except queue.Empty:
            return


def start_limited(command: list[str], *, cpu_s: float) -> subprocess.Popen[bytes]:
    """Start a process that gets an empty environment, little memory and may write no file."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"LC_ALL": "C", "SYSTEMROOT": os.environ.get("SYSTEMROOT", "")},
    )
    if sys.platform == "linux":
        import resource

        # Set from outside, because code between fork and exec is unsafe beside threads.
        seconds = int(cpu_s) + 1
        for limit, value in (
            (resource.RLIMIT_AS, MEMORY_BYTES),
            (resource.RLIMIT_CPU, seconds),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            try:
                resource.prlimit(process.pid, limit, (value, value))
            except ProcessLookupError:
                break
    return process
