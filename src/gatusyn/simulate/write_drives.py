"""Film a town's drives into video files beside their tracks."""

import multiprocessing
import os
import queue
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import imageio_ffmpeg
import numpy as np

from gatusyn.model import FootageError, end_with_parent

from .bonnet import cover_bonnet
from .camera import Pose
from .drives import Drive, frame_poses, lens_of, plan_drives
from .light import make_light
from .render import film
from .scene import Scene, make_scene
from .sensor import expose, make_sensor
from .town import Town
from .write_track import write_track


def write_drives(
    town: Town,
    folder: Path,
    *,
    on_progress: Callable[[int, int], None] | None = None,
    workers: int | None = None,
) -> list[tuple[Path, Path]]:
    """Film every drive and write its track beside it.

    Parameters
    ----------
    town : Town
        The town.
    folder : Path
        Folder for NAME.mp4 and NAME.gpx of each drive.
    on_progress : callable, optional
        Is told the frames done and all frames.
    workers : int, optional
        Processes to film with; by default one for each drive, as far as there are cores. With 1,
        filming happens in this process.

    Returns
    -------
    list of (Path, Path)
        Video and track of each drive.
    """
    folder.mkdir(parents=True, exist_ok=True)
    planned = plan_drives(town)
    pairs = [(folder / f"{drive.name}.mp4", folder / f"{drive.name}.gpx") for drive in planned]
    for drive, (_, track) in zip(planned, pairs, strict=True):
        write_track(town, drive, track)
    total = sum(drive.frame_count(town.params.fps) for drive in planned)
    jobs = [(number, video) for number, (video, _) in enumerate(pairs)]
    share = min(len(jobs), workers or os.cpu_count() or 1)
    counted = _film_here(town, jobs) if share == 1 else _film_apart(town, jobs, share)
    for done, _ in enumerate(counted, start=1):
        if on_progress is not None:
            on_progress(done, total)
    return pairs


def frames_of(town: Town, planned: Drive, scene: Scene) -> Iterator[np.ndarray[Any, Any]]:
    """Yield a drive's frames, uint8 (height, width, 3), red, green, blue."""
    poses, speeds = frame_poses(town, planned)
    lens = lens_of(town)
    rng = np.random.default_rng([town.params.seed, 10, len(poses)])
    sensor = make_sensor(rng, lens, scene.light)
    first = 0
    while first < len(poses):
        last = _group_end(poses, first)
        for index, (frame, _) in enumerate(film(scene, lens, poses[first:last], masks=False)):
            if town.params.bonnet_share > 0:
                cover_bonnet(frame, lens, town.params.bonnet_share)
            yield expose(rng, frame, sensor, speeds[first + index])
        first = last


def scene_of(town: Town) -> Scene:
    """Return the scene in which a town's drives are filmed."""
    return make_scene(town, make_light(np.random.default_rng(town.params.seed), varied=False))


def _group_end(poses: list[Pose], first: int) -> int:
    """Return the end of a run of poses near enough to share one painting of the ground."""
    start = poses[first]
    for index in range(first + 1, min(len(poses), first + 12)):
        pose = poses[index]
        moved = np.hypot(pose.x_m - start.x_m, pose.y_m - start.y_m)
        turned = abs((pose.heading_deg - start.heading_deg + 180) % 360 - 180)
        if moved > 11.0 or turned > 25.0:
            return index
    return min(len(poses), first + 12)


def _film_here(town: Town, jobs: list[tuple[int, Path]]) -> Iterator[None]:
    scene = scene_of(town)
    planned = plan_drives(town)
    for number, video in jobs:
        yield from _write_video(town, planned[number], scene, video)


def _film_apart(town: Town, jobs: list[tuple[int, Path]], workers: int) -> Iterator[None]:
    """Film in other processes; yield once for each frame."""
    context = multiprocessing.get_context("spawn")
    news: Any = context.Queue()
    processes = [
        context.Process(target=_work, args=(town, jobs[start::workers], news), daemon=True)
        for start in range(workers)
    ]
    for process in processes:
        process.start()
    running = workers
    try:
        while running:
            try:
                kind, text = news.get(timeout=2.0)
            except queue.Empty:
                if any(process.exitcode for process in processes):
                    raise FootageError(
                        "filming", "a process ended early", "Use one worker"
                    ) from None
                continue
            if kind == "frame":
                yield
            elif kind == "end":
                running -= 1
            else:
                raise FootageError("filming", text)
    finally:
        for process in processes:
            if running:
                process.terminate()
            process.join()


def _work(town: Town, jobs: list[tuple[int, Path]], news: Any) -> None:
    """Film some drives in a process of their own and report each frame."""
    end_with_parent()
    cv2.setNumThreads(1)
    try:
        for _ in _film_here(town, jobs):
            news.put(("frame", ""))
        news.put(("end", ""))
    except Exception as fault:
        news.put(("fault", repr(fault)))


def _write_video(town: Town, planned: Drive, scene: Scene, path: Path) -> Iterator[None]:
    """Encode a drive's frames as H.264; yield after each."""
    params = town.params
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error",
        "-protocol_whitelist", "file,pipe",
        "-f", "rawvideo", "-pix_fmt", "rgb24",
        "-s", f"{params.image_width_px}x{params.image_height_px}", "-r", str(params.fps),
        "-i", "pipe:0", "-an", "-c:v", "libx264", "-preset", "veryfast", "-crf", "26",
        "-threads", "1", "-g", str(max(1, round(params.fps * 4))), "-pix_fmt", "yuv420p",
        "-metadata", f"creation_time={planned.start.strftime('%Y-%m-%dT%H:%M:%S.000000Z')}",
        "-movflags", "+faststart", str(path),
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as encoder:
        assert encoder.stdin is not None
        assert encoder.stderr is not None
        try:
            for frame in frames_of(town, planned, scene):
                encoder.stdin.write(frame.tobytes())
                yield
            encoder.stdin.close()
            said = encoder.stderr.read().decode(errors="replace")
        except BrokenPipeError:
            said = encoder.stderr.read().decode(errors="replace")
            raise FootageError(path, f"the video encoder stopped: {said.strip()}") from None
        except BaseException:
            encoder.kill()
            raise
    if encoder.returncode:
        raise FootageError(path, f"the video encoder failed: {said.strip()}")
