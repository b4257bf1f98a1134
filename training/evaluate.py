"""Score a checkpoint at all thresholds and choose one for each class.

``python -m training.evaluate --checkpoint RUN/checkpoint.pt --cache CACHE --out RUN``. Thresholds
come from the real validation lines, those of patches from simulated frames.
"""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from gatusyn.evaluate import CellScore
from training import score
from training.data import ROAD, ROAD_UNKNOWN, Cache, open_cache
from training.export import load_network
from training.network import CHANNELS, DamageNetwork

LOG = logging.getLogger(__name__)


def table(title: str, rows: dict[float, CellScore]) -> None:
    """Print one line for every other threshold."""
    LOG.info("%s", title)
    for threshold in list(rows)[::2]:
        values = score.figures(rows[threshold]).items()
        words = "  ".join(f"{name} {value}" for name, value in values)
        LOG.info("  %.2f  %s", threshold, words)


def road_agreement(network: DamageNetwork, cache: Cache, threshold: float) -> tuple[float, float]:
    """Return the share of marked road that is found, and of certain non-road that is called road.

    Parameters
    ----------
    network
        In evaluation mode.
    cache
        Frames with marked road.
    threshold
        Probability from which a pixel is called road.

    Returns
    -------
    tuple of float
        Found share and falsely called share, over every fourth frame.
    """
    counts = [0, 0, 0, 0]
    for index, entry in list(enumerate(cache.entries))[::4]:
        label = cache.labels[index, : entry.height]
        layer = score.probabilities(network, cache.frames[index, : entry.height])
        called = layer[CHANNELS.index("road")] >= threshold
        marked, other = (label & ROAD) > 0, (label & (ROAD | ROAD_UNKNOWN)) == 0
        counts[0] += int((called & marked).sum())
        counts[1] += int(marked.sum())
        counts[2] += int((called & other).sum())
        counts[3] += int(other.sum())
    return counts[0] / max(counts[1], 1), counts[2] / max(counts[3], 1)


def main() -> None:
    """Run the command."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder for thresholds.json")
    arguments = parser.parse_args()
    network = load_network(arguments.checkpoint)
    real = open_cache(arguments.cache / "validation")
    caches = {"real": (real, score.sweeps(score.cells_of(network, real), complete=False))}
    folder = arguments.cache / "simulated_validation"
    if (folder / "index.csv").exists():
        made = open_cache(folder)
        caches["simulated"] = (made, score.sweeps(score.cells_of(network, made), complete=True))
    # Nobody marked real patches: their threshold comes from simulated frames.
    thresholds = {"road": 0.5}
    for _, rows in reversed(caches.values()):
        thresholds |= score.best_thresholds(rows)
    reports: dict[str, object] = {"thresholds": thresholds}
    for name, (cache, rows) in caches.items():
        for damage, scores in rows.items():
            table(f"{name} {damage}", scores)
        found, false = road_agreement(network, cache, thresholds["road"])
        reports[name] = score.chosen(rows, thresholds)
        reports[f"{name}_road"] = {"found": round(found, 4), "false": round(false, 4)}
    arguments.out.mkdir(parents=True, exist_ok=True)
    score.write_json(arguments.out / "thresholds.json", thresholds)
    score.write_json(arguments.out / "validation.json", reports)
    LOG.info("%s", reports)


if __name__ == "__main__":
    main()
