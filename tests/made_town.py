"""A small made-up town: one block, one drive, small pictures."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from hashlib import blake2b
from pathlib import Path

import imageio_ffmpeg

from gatusyn.simulate import SimulationParams, TownFiles, write_town

ROOT = Path(__file__).resolve().parent.parent
BEGINNING_S = 12
MAKES_IT = ("simulate", "geo", "model")

PARAMS = SimulationParams(
    seed=11,
    blocks_x=1,
    blocks_y=1,
    block_length_m=60.0,
    drives=1,
    fps=2.0,
    image_width_px=640,
    image_height_px=360,
)


def filmed_town() -> Path:
    """Return the folder of the town's files, to be copied; film it where nobody has.

    Filming takes longer than most tests together. So it is kept under ``build`` until something
    that makes it changes, for the other workers of a run and for the runs after it.
    """
    kept = ROOT / "build" / "small_town"
    kept.mkdir(parents=True, exist_ok=True)
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        town = kept / _made_by()
        if not town.exists():
            for old in kept.glob("made-*"):
                shutil.rmtree(old)
            write_town(PARAMS, kept / "made-half")
            (kept / "made-half").rename(town)
    return town


def beginning(town: TownFiles, folder: Path) -> Path:
    """Make a folder with the first seconds of the town's drive; return the video."""
    video, track = town.drives[0]
    folder.mkdir()
    short = folder / video.name
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(video)]
    subprocess.run([*command, "-t", str(BEGINNING_S), "-c", "copy", str(short)], check=True)
    shutil.copy(track, folder)
    return short


def _made_by() -> str:
    """Return a name that says what makes the town: our files, and the libraries' versions."""
    rooms = [ROOT / "src" / "gatusyn" / name for name in MAKES_IT]
    ours = [path for room in rooms for path in sorted(room.rglob("*.py"))]
    every = [*ours, Path(__file__), ROOT / "requirements" / "dev.txt"]
    return "made-" + blake2b(b"".join(map(Path.read_bytes, every)), digest_size=8).hexdigest()
