"""Train and export the damage network in one command.

``PYTHONPATH=src:. python -m training.run_all --road ROAD --scenes SCENES --encoder WEIGHTS
--work WORK --weights src/gatusyn/detect/weights --version 0.3.0`` trains a first network, lets it
guess what nobody marked, trains a second one from it, chooses the thresholds and exports it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path


def commands(settings: argparse.Namespace) -> list[list[str]]:
    """Return the commands of the whole training, in order.

    Parameters
    ----------
    settings
        The command's arguments.

    Returns
    -------
    list of list of str
        Module name and its arguments.
    """
    work: Path = settings.work
    cache, first, second = str(work / "cache"), work / "first", work / "second"
    start, end = str(first / "checkpoint.pt"), str(second / "checkpoint.pt")
    source = ["--road", str(settings.road), "--cache", cache]
    source += ["--scenes", *(str(folder) for folder in settings.scenes)]
    packed = ["--train", "1000", "--validation", "90", "--each", "10"]
    model = settings.weights / "damage.toml"
    return [
        ["training.simulated", "--cache", cache, *packed],
        [
            *["training.train", *source, "--out", str(first), "--simulated-share", "0.3"],
            *["--encoder", str(settings.encoder), "--rate", "1e-3"],
            *["--minutes", str(settings.first_minutes), "--record", str(work / "record-first")],
        ],
        ["training.guess", "--checkpoint", start, "--cache", cache],
        [
            *["training.train", *source, "--out", str(second), "--simulated-share", "0.25"],
            *["--scene-share", "0.07", "--start", start, "--rate", "8e-4"],
            *["--minutes", str(settings.second_minutes), "--record", str(work / "record-second")],
        ],
        ["training.evaluate", "--checkpoint", end, "--cache", cache, "--out", str(second)],
        [
            *["training.export", "--checkpoint", end, "--version", settings.version],
            *["--thresholds", str(second / "thresholds.json"), "--cache", cache],
            *["--weights", str(settings.weights)],
        ],
        ["training.calibrate", "--model", str(model), "--road", str(settings.road)],
    ]


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--road", type=Path, required=True)
    parser.add_argument("--scenes", type=Path, nargs="+", required=True)
    parser.add_argument("--encoder", type=Path, required=True, help="published weights, .pth")
    parser.add_argument("--work", type=Path, required=True, help="folder for cache and runs")
    parser.add_argument("--weights", type=Path, required=True, help="folder to export to")
    parser.add_argument("--version", required=True)
    parser.add_argument("--first-minutes", type=float, default=25)
    parser.add_argument("--second-minutes", type=float, default=45)
    for command in commands(parser.parse_args()):
        subprocess.run([sys.executable, "-m", *command], check=True)


if __name__ == "__main__":
    main()
