"""Write a whole made-up town: network, drives, truth and camera."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .making import make_town
from .params import SimulationParams
from .write_drives import write_drives
from .write_network import write_network
from .write_truth import write_truth


@dataclass(frozen=True, slots=True, kw_only=True)
class TownFiles:
    """Where a town was written.

    Parameters
    ----------
    network : Path
        GeoPackage.
    drives : tuple of (Path, Path)
        Video and track of each drive.
    truth : Path
        GeoJSON; not for the pipeline.
    camera : Path
        TOML with the camera's height, angles and field of view, as a user would write them (before
        a slip).
    """

    network: Path
    drives: tuple[tuple[Path, Path], ...]
    truth: Path
    camera: Path


def write_town(
    params: SimulationParams,
    folder: Path,
    *,
    on_progress: Callable[[int, int], None] | None = None,
    workers: int | None = None,
) -> TownFiles:
    """Make a town and write it: network.gpkg, drives/, truth.geojson, camera.toml.

    Parameters
    ----------
    params : SimulationParams
        Settings.
    folder : Path
        Folder to write into; made if absent.
    on_progress : callable, optional
        Is told the frames done and all frames.
    workers : int, optional
        See `write_drives`.
    """
    town = make_town(params)
    folder.mkdir(parents=True, exist_ok=True)
    network, truth, camera = (
        folder / name for name in ("network.gpkg", "truth.geojson", "camera.toml")
    )
    write_network(town, network)
    write_truth(town, truth)
    camera.write_text(
        f"height_m = {params.camera_height_m}\n"
        f"pitch_deg = {params.camera_pitch_deg}\n"
        f"yaw_deg = {params.camera_yaw_deg}\n"
        f"roll_deg = {params.camera_roll_deg}\n"
        f"horizontal_fov_deg = {params.camera_fov_deg}\n",
        encoding="utf-8",
    )
    drives = write_drives(town, folder / "drives", on_progress=on_progress, workers=workers)
    return TownFiles(network=network, drives=tuple(drives), truth=truth, camera=camera)
