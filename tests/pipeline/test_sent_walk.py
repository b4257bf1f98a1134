"""Footage that is sent: wherever service or worker are killed, no clear byte is in any file."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from tests.pipeline.sent import sealed_in
from tests.pipeline.test_raw_walk import ROOT, Walked, photographed, walked
from tests.serve.sending import FOOTAGE, sha256_of

from gatusyn.model import SentState
from gatusyn.pipeline import City, make_keys, open_city

__all__ = ["photographed", "walked"]
PART = 150_000


def clear_bytes(home: Path, footage: Path) -> list[str]:
    """Return the files under a folder in which a piece of the footage's own bytes is."""
    pieces = [
        data[start : start + 32]
        for path in footage.iterdir()
        for data in [path.read_bytes()]
        for start in range(0, len(data) - 32, max(len(data) // 200, 32))
    ]
    found = []
    for path in home.rglob("*"):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            found += [str(path)] if any(piece in data for piece in pieces) else []
    return found


def started(walk: Walked, *arguments: str) -> subprocess.Popen[bytes]:
    for name in ("temp", "work", "logs"):
        (walk.home / name).mkdir(exist_ok=True)
    own = {"TMPDIR": str(walk.home / "temp"), "HOME": str(walk.home / "work")}
    own["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    with (walk.home / "logs" / "said.txt").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=walk.home / "work",
            env={**os.environ, **own},
            stdout=subprocess.PIPE,
            stderr=log,
        )


@contextmanager
def serving(walk: Walked, *more: str) -> Iterator[httpx.Client]:
    with started(walk, "tests.serve.sent_server", str(walk.city), *more) as process:
        assert process.stdout is not None
        try:
            base = process.stdout.readline().decode().strip()
            assert base, (walk.home / "logs" / "said.txt").read_text()
            own = {"origin": base, "tus-resumable": "1.0.0"}
            with httpx.Client(base_url=base, headers=own, timeout=60.0) as client:
                yield client
        finally:
            process.kill()


def send(client: httpx.Client, footage: Path) -> None:
    """Send what lacks of a drive, in parts, as a phone does that knows nothing any more."""
    for path in sorted(footage.iterdir()):
        data = path.read_bytes()
        told = {"drive": "photos", "filename": path.name}
        pairs = [f"{key} {base64.b64encode(text.encode()).decode()}" for key, text in told.items()]
        headers = {"upload-length": str(len(data)), "upload-metadata": ",".join(pairs)}
        begun = client.post("/api/v1/uploads", headers=headers)
        assert begun.status_code in (200, 201), begun.text
        url, offset = begun.headers["location"], int(begun.headers["upload-offset"])
        while offset < len(data):
            headers = {"upload-offset": str(offset), "content-type": FOOTAGE}
            answer = client.patch(url, headers=headers, content=data[offset : offset + PART])
            assert answer.status_code == 204, answer.text
            offset = int(answer.headers["upload-offset"])


def complete(client: httpx.Client, footage: Path) -> httpx.Response:
    read = {path.name: path.read_bytes() for path in footage.iterdir()}
    files = [
        {"name": name, "size": len(data), "sha256": sha256_of(data)} for name, data in read.items()
    ]
    return client.post("/api/v1/sent/complete", json={"drive": "photos", "files": files})


@contextmanager
def opened(walk: Walked) -> Iterator[City]:
    """Open a city for a moment: reading its files meanwhile would let go of SQLite's locks."""
    city = open_city(walk.city)
    try:
        yield city
    finally:
        city.store.close()


def test_no_clear_byte_wherever_it_is_killed(walked: Walked) -> None:
    with opened(walked) as city:
        make_keys(city)
    for photo in sorted(walked.footage.glob("*.png"))[5:]:
        photo.unlink()

    def assert_clean() -> None:
        assert clear_bytes(walked.home, walked.footage) == []
        assert walked.leaks() == []

    # The service dies with a part on the disk that it has not acknowledged.
    with serving(walked, "5") as client, pytest.raises(httpx.TransportError):
        send(client, walked.footage)
    assert list(walked.city.glob("uploads/*.sealed"))
    assert_clean()
    with serving(walked) as client:
        send(client, walked.footage)
        receipt = complete(client, walked.footage)
        assert receipt.status_code == 200, receipt.text
        # One file was being sent when its service died: nobody has checked it yet.
        assert [one["checked"] for one in receipt.json()["files"]].count(False) == 1
    assert_clean()
    # The worker dies with the drive in memory and pictures staged.
    with started(walked, "tests.pipeline.work_run", str(walked.city)) as process:
        until = time.monotonic() + 500
        while len(walked.pictures()) < 2 and process.poll() is None and time.monotonic() < until:
            time.sleep(0.002)
        assert process.poll() is None, (walked.home / "logs" / "said.txt").read_text()
        os.kill(process.pid, signal.SIGSTOP)
        assert_clean()
        process.kill()
        assert process.wait(timeout=60) == -signal.SIGKILL
    assert_clean()
    with opened(walked) as city:
        (drive,) = city.store.sent.drives()
        assert drive.state is SentState.WORKING
        # A minute goes by.
        assert city.store.sent.extend(drive.key, drive.lease, until_s=0.0)
    with started(walked, "tests.pipeline.work_run", str(walked.city)) as process:
        assert process.wait(timeout=500) == 0
    assert_clean()
    with opened(walked) as city:
        (drive,) = city.store.sent.drives()
        assert (drive.state, drive.tries) == (SentState.INSPECTED, 2)
        assert sealed_in(city) == []
    assert len(walked.pictures()) >= 3


def test_the_walk_finds_clear_footage(walked: Walked) -> None:
    photo = next(walked.footage.glob("*.png"))
    (walked.home / "spooled").write_bytes(photo.read_bytes()[5000:9000])
    assert clear_bytes(walked.home, walked.footage) == [str(walked.home / "spooled")]
