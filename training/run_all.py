"""Train and export the damage network in one command: real frames, simulated ones, thresholds.

``PYTHONPATH=src python -m training.run_all --road ROAD --scenes SCENES --work WORK
--weights src/gatusyn/detect/weights --version 0.1.0``
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
    cache, first, second = str(work / "cache"), work / "real", work / "mixed"
    source = ["--road", str(settings.road), "--cache", cache, "--scenes", str(settings.scenes)]
    mixed = [
        "--simulated-share",
        "0.4",
        "--rate",
        "1.2e-3",
        "--start",
        str(first / "checkpoint.pt"),
    ]
    return [
        ["training.train", *source, "--out", str(first), "--minutes", str(settings.real_minutes)],
        [
            "training.simulated",
            "--cache",
            cache,
            "--train",
            "900",
            "--validation",
            "90",
            "--each",
            "15",
        ],
        [
            *["training.train", *source, *mixed, "--out", str(second)],
            *["--minutes", str(settings.mixed_minutes), "--record", str(work / "record")],
        ],
        [
            *["training.evaluate", "--checkpoint", str(second / "checkpoint.pt")],
            *["--cache", cache, "--out", str(second)],
        ],
        [
            *["training.export", "--checkpoint", str(second / "checkpoint.pt")],
            *["--thresholds", str(second / "thresholds.json")],
            *["--weights", str(settings.weights), "--version", settings.version],
        ],
    ]


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--road", type=Path, required=True)
    parser.add_argument("--scenes", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="folder for cache and runs")
    parser.add_argument("--weights", type=Path, required=True, help="folder to export to")
    parser.add_argument("--version", required=True)
    parser.add_argument("--real-minutes", type=float, default=35)
    parser.add_argument("--mixed-minutes", type=float, default=75)
    for command in commands(parser.parse_args()):
        subprocess.run([sys.executable, "-m", *command], check=True)


if __name__ == "__main__":
    main()
