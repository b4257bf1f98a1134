"""Whatever a run writes, and wherever it is stopped: no unblurred face or plate is in any file."""

from __future__ import annotations

import base64
import os
import shutil
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import apsw
import cv2
import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base
from tests.made_town import PARAMS
from tests.pipeline.raw_walk import Secret, leaks, leaks_in
from tests.pipeline.walked_run import inspect
from tests.privacy.test_redactor import drawn_car, portrait

from gatusyn.capture.read_video import read_frames, read_header
from gatusyn.cli.demo import settings_of
from gatusyn.pipeline import create_city
from gatusyn.simulate import TownFiles

ROOT = Path(__file__).resolve().parent.parent.parent
CAR = np.s_[255:455, 495:765]
PLATE = np.s_[380:406, 575:686]
FACE = np.s_[61:141, 1024:1084]
FRAMES = 8
FILMED_S = [2.0 + 0.5 * number for number in range(12)]


def with_target(street: np.ndarray) -> np.ndarray:
    """Return a street of 1280 x 720 px with a car's plate and a person's face in it."""
    picture = cv2.resize(street, (1280, 720), interpolation=cv2.INTER_CUBIC)
    picture[CAR] = drawn_car(500, 260)[CAR]
    person = cv2.resize(
        portrait()[:400], None, fx=60 / 88, fy=60 / 88, interpolation=cv2.INTER_AREA
    )
    picture[20 : 20 + person.shape[0], 900 : 900 + person.shape[1]] = person
    return np.asarray(picture, np.uint8)


@dataclass(frozen=True)
class Walked:
    """A city about to inspect a drive, everything a process may write to, and the secrets."""

    home: Path
    footage: Path
    secrets: list[Secret]

    @property
    def city(self) -> Path:
        return self.home / "city"

    def start(self, mode: str = "whole") -> subprocess.Popen[bytes]:
        for name in ("temp", "work", "logs"):
            (self.home / name).mkdir(exist_ok=True)
        places = {"TMPDIR": str(self.home / "temp"), "HOME": str(self.home / "work")}
        paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
        arguments = ["-m", "tests.pipeline.walked_run", str(self.city), str(self.footage), mode]
        with (self.home / "logs" / "said.txt").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=self.home / "work",
                env={**os.environ, **places, "PYTHONPATH": paths},
                stdout=log,
                stderr=log,
            )

    def run(self, mode: str = "whole") -> int:
        return self.start(mode).wait(timeout=300)

    def run_here(self, mode: str) -> int:
        """Run without a process's own places: enough to see what the walk finds in the city."""
        return inspect(self.city, self.footage, mode).exit_code

    def leaks(self) -> list[str]:
        return leaks([self.home], self.secrets, source=self.footage)

    def pictures(self) -> list[Path]:
        return list(self.city.rglob("*.jpg"))


@pytest.fixture(scope="module")
def photographed(
    small_town: TownFiles, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, np.ndarray]:
    """Return a folder of photos and a track, to be copied, and the last of the photos."""
    video, track = small_town.drives[0]
    photos = tmp_path_factory.mktemp("photos")
    header = read_header(video)
    assert header.created_s is not None
    last = np.zeros((720, 1280, 3), np.uint8)
    for number, time_s, image in read_frames(video, header, [2.0 + 2 * n for n in range(FRAMES)]):
        last = with_target(image)
        moment = datetime.fromtimestamp(header.created_s + time_s, UTC)
        exif = Image.Exif()
        exif[IFD.Exif] = {
            Base.DateTimeOriginal: moment.strftime("%Y:%m:%d %H:%M:%S"),
            Base.SubsecTimeOriginal: f"{moment.microsecond:06d}",
            Base.OffsetTimeOriginal: "+00:00",
        }
        Image.fromarray(last).save(photos / f"{number:03d}.png", exif=exif)
    (photos / f"track{track.suffix}").write_bytes(track.read_bytes())
    return photos, last


@pytest.fixture
def walked(small_town: TownFiles, photographed: tuple[Path, np.ndarray], tmp_path: Path) -> Walked:
    photos, last = photographed
    shutil.copytree(photos, tmp_path / "photos")
    return about_to_inspect(tmp_path / "photos", small_town, last)


def about_to_inspect(footage: Path, town: TownFiles, frame: np.ndarray) -> Walked:
    """Return a fresh city beside footage, with the secrets of one of its frames."""
    home = footage.parent / "home"
    home.mkdir()
    settings = settings_of(PARAMS)
    create_city(home / "city", network=town.network, settings=settings).store.close()
    secrets = [Secret("plate", frame[PLATE]), Secret("face", frame[FACE])]
    return Walked(home=home, footage=footage, secrets=secrets)


@pytest.fixture(scope="module")
def film(
    small_town: TownFiles, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, np.ndarray]:
    """Return a folder with a video of ten frames a second and a track, and one of its frames."""
    video, track = small_town.drives[0]
    header = read_header(video)
    assert header.created_s is not None
    still = [with_target(image) for _, _, image in read_frames(video, header, FILMED_S)]
    path = tmp_path_factory.mktemp("film") / "drive.mp4"
    started = datetime.fromtimestamp(header.created_s + FILMED_S[0], UTC).isoformat()
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "rawvideo"]
    command += ["-pix_fmt", "rgb24", "-s", "1280x720", "-r", "10", "-i", "pipe:0"]
    # Without loss: what does not move has the same bytes in every frame.
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-pix_fmt", "yuv420p"]
    command += ["-metadata", f"creation_time={started}", str(path)]
    subprocess.run(command, input=b"".join(5 * image.tobytes() for image in still), check=True)
    (path.parent / f"drive{track.suffix}").write_bytes(track.read_bytes())
    _, _, frame = next(iter(read_frames(path, read_header(path), [1.0])))
    return path.parent, frame


@pytest.fixture
def filmed(small_town: TownFiles, film: tuple[Path, np.ndarray], tmp_path: Path) -> Walked:
    """Return a city about to inspect a video each of whose frames has its neighbours."""
    folder, frame = film
    shutil.copytree(folder, tmp_path / "footage")
    return about_to_inspect(tmp_path / "footage", small_town, frame)


def test_the_neighbours_of_a_videos_frames_leave_no_raw_pixel(filmed: Walked) -> None:
    assert filmed.run() == 0, (filmed.home / "logs" / "said.txt").read_text()
    assert len(filmed.pictures()) >= 4
    assert filmed.leaks() == []


def test_the_walk_finds_what_a_video_shows(filmed: Walked) -> None:
    assert filmed.run_here("leaky") == 0
    found = filmed.leaks()
    for secret in filmed.secrets:
        assert any(secret.name in one for one in found), secret.name


def test_a_whole_run_leaves_no_raw_pixel(walked: Walked) -> None:
    assert walked.run() == 0, (walked.home / "logs" / "said.txt").read_text()
    assert len(walked.pictures()) >= FRAMES // 2
    assert walked.leaks() == []


@pytest.mark.parametrize("mode", ["leaky", "blind"])
def test_the_walk_finds_a_redactor_that_leaves_the_region(walked: Walked, mode: str) -> None:
    assert walked.run_here(mode) == 0
    found = walked.leaks()
    pictures = {str(path) for path in walked.pictures()}
    for secret in walked.secrets:
        named = {one.split(": ")[0] for one in found if secret.name in one}
        assert named >= pictures, secret.name


def test_a_kill_in_the_middle_leaves_no_raw_pixel(walked: Walked) -> None:
    process = walked.start()
    until = time.monotonic() + 200
    while len(walked.pictures()) < 3 and process.poll() is None and time.monotonic() < until:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait(timeout=60) == -signal.SIGKILL
    assert len(walked.pictures()) >= 3, "killed while pictures were staged"
    assert walked.leaks() == []
    assert walked.run() == 0
    assert walked.leaks() == []


@pytest.mark.parametrize(("mode", "code"), [("raising", 1), ("aborting", -signal.SIGABRT)])
def test_a_fault_in_the_middle_leaves_no_raw_pixel(walked: Walked, mode: str, code: int) -> None:
    import resource

    limits = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (limits[1], limits[1]))  # as on a careless server
    try:
        assert walked.run(mode) == code
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, limits)
    said = (walked.home / "logs" / "said.txt").read_text()
    assert "the detector failed" in said if mode == "raising" else "Fatal Python error" in said
    assert not [path for path in walked.home.rglob("*core*") if path.is_file()]
    assert walked.leaks() == []


def test_the_process_that_holds_raw_frames_leaves_no_core(walked: Walked) -> None:
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_CORE, (-1, -1)) "
        "if resource.getrlimit(resource.RLIMIT_CORE)[1] == -1 else None\n"
        "from gatusyn.model import PrivacyParams\nfrom gatusyn.privacy import load_redactor\n"
        "load_redactor(PrivacyParams())\nprint(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert said.stdout.strip() == "(0, 0)"


WAYS: dict[str, Callable[[Secret], bytes]] = {
    "plain": lambda secret: b"x" * 7 + secret.pixels.tobytes(),
    "bgr": lambda secret: np.ascontiguousarray(secret.pixels[..., ::-1]).tobytes(),
    "channel": lambda secret: np.ascontiguousarray(secret.pixels[..., 1]).tobytes(),
    "zlib": lambda secret: zlib.compress(secret.pixels.tobytes()),
    "jpeg": lambda secret: cv2.imencode(".jpg", secret.pixels[..., ::-1])[1].tobytes(),
    "png inside": lambda secret: b"\0" * 99 + cv2.imencode(".png", secret.pixels)[1].tobytes(),
    "base64": lambda secret: base64.b64encode(secret.pixels.tobytes()),
    "thumbnail": lambda secret: cv2.imencode(
        ".png",
        cv2.resize(np.pad(secret.pixels, ((40, 40), (40, 40), (0, 0))), None, fx=0.5, fy=0.5),
    )[1].tobytes(),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_of_keeping_it_is_seen(way: str) -> None:
    street = with_target(np.full((360, 640, 3), 100, np.uint8))
    for secret in (Secret("plate", street[PLATE]), Secret("face", street[FACE])):
        assert list(leaks_in(WAYS[way](secret), [secret])), secret.name


def test_a_blob_and_a_log_of_writes_are_seen(tmp_path: Path) -> None:
    street = with_target(np.full((360, 640, 3), 100, np.uint8))
    secret = Secret("plate", street[PLATE])
    packed = zlib.compress(secret.pixels.tobytes())
    path = tmp_path / "home" / "a.sqlite"
    path.parent.mkdir()
    database = apsw.Connection(str(path))
    database.execute("CREATE TABLE kept (value BLOB)")
    database.execute("INSERT INTO kept VALUES (?)", (packed,))
    assert any("table kept" in one for one in leaks([path.parent], [secret], source=tmp_path / "s"))
    database.execute("DELETE FROM kept")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("INSERT INTO kept VALUES (?)", (secret.pixels.tobytes()[:3000],))
    database.execute("DELETE FROM kept")
    found = leaks([path.parent], [secret], source=tmp_path / "s")
    database.close()
    assert any("-wal" in one for one in found)
