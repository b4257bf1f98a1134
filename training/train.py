"""Train the damage network, for a given number of minutes or of steps.

``python -m training.train --road ROAD --cache CACHE --out RUN --minutes 40``. The same command
goes on from the last checkpoint in ``RUN``. ``--steps`` makes runs comparable on a busy machine.
"""

from __future__ import annotations

import argparse
import copy
import logging
import math
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import torch

from training import data, score
from training.batches import Batch, Share, frame_chances, make_batch
from training.encoder import load_published
from training.network import DamageNetwork
from training.replicas import Limit, Replica, Weights, make_replicas, train_round

LOG = logging.getLogger(__name__)
CHECKPOINT_SECONDS = 150.0
VALIDATION_SECONDS = 600.0
ROUND_SECONDS = 12.0
WARM_UP_STEPS = 100
AVERAGE_DECAY = 0.998
#: Real validation frames have no marked patches to choose a threshold by.
PATCH_AT = {"patch": 0.5}


@dataclass
class State:
    """What a checkpoint holds beside the optimisers."""

    network: DamageNetwork
    average: DamageNetwork
    seconds: float = 0.0
    steps: int = 0
    history: list[str] = field(default_factory=list)


def take(state: State, weights: Weights, steps: int) -> None:
    """Take over new weights and move the running average towards them.

    Parameters
    ----------
    state
        Gets both.
    weights
        From the replicas.
    steps
        Steps since the last time. The average follows faster in the first steps.
    """
    state.steps += steps
    decay = min(AVERAGE_DECAY, (1 + state.steps) / (10 + state.steps)) ** steps
    state.network.load_state_dict(weights)
    with torch.no_grad():
        for name, value in state.average.state_dict().items():
            if value.dtype.is_floating_point:
                value.lerp_(weights[name], 1.0 - decay)
            else:
                value.copy_(weights[name])


def progress(settings: argparse.Namespace, state: State) -> float:
    """Return the share of the minutes or steps given that is over, one at the end."""
    if settings.steps is not None:
        return min(1.0, state.steps / settings.steps)
    return min(1.0, state.seconds / (60.0 * settings.minutes))


def rate(settings: argparse.Namespace, state: State) -> float:
    """Return the learning rate: a short rise, then a cosine until the end."""
    fall = 0.5 * (1 + math.cos(math.pi * progress(settings, state)))
    rise = min(1.0, (state.steps + 1) / WARM_UP_STEPS)
    return float(settings.rate * rise * (0.01 + 0.99 * fall))


def steps_left(settings: argparse.Namespace, state: State) -> int | None:
    """Return the most steps that one replica may still take, None where minutes count."""
    if settings.steps is None:
        return None
    return -(-(settings.steps - state.steps) // settings.threads)


def save(state: State, replicas: list[Replica], path: Path, width: int) -> None:
    """Write a checkpoint by way of a second file, so that a kill leaves a whole one."""
    stored = {
        "width": width,
        "network": state.network.state_dict(),
        "average": state.average.state_dict(),
        "optimisers": [r.optimiser.state_dict() for r in replicas],
        "seconds": state.seconds,
        "steps": state.steps,
        "history": state.history,
    }
    part = path.with_suffix(".part")
    torch.save(stored, part)
    part.replace(path)


def start(settings: argparse.Namespace) -> tuple[State, list[Replica]]:
    """Return a new state, one with the weights of another run, or that of the last checkpoint."""
    torch.manual_seed(settings.seed)
    network = DamageNetwork(width=settings.width).to(memory_format=torch.channels_last)
    if settings.encoder is not None:
        published = torch.load(settings.encoder, map_location="cpu", weights_only=True)
        load_published(network.encoder, published)
    state = State(network, copy.deepcopy(network).eval())
    path = settings.out / "checkpoint.pt"
    source = path if path.exists() else settings.start
    stored = None
    if source is not None:
        stored = torch.load(source, map_location="cpu", weights_only=True)
        state.average.load_state_dict(stored["average"])
        network.load_state_dict(stored["network" if source == path else "average"])
    if stored is not None and source == path:
        state.seconds, state.steps = stored["seconds"], stored["steps"]
        state.history = stored["history"]
    seed = [settings.seed, state.steps]
    replicas = make_replicas(network, count=settings.threads, seed=seed)
    if stored is not None and source == path:
        for replica, optimiser in zip(replicas, stored["optimisers"], strict=True):
            replica.optimiser.load_state_dict(optimiser)
    return state, replicas


def load_shares(settings: argparse.Namespace) -> list[Share]:
    """Pack what is not packed yet and return the sources of crops."""
    data.pack_road(settings.road, settings.cache)
    caches = [("train", 1.0)]
    if settings.scenes is not None:
        paths = [path for folder in settings.scenes for path in sorted(folder.glob("*.jpg"))]
        data.pack(data.scenes(paths), settings.cache / "scenes", count=len(paths))
        caches.append(("scenes", settings.scene_share))
    if settings.simulated_share > 0:
        caches.append(("simulated", settings.simulated_share))
    opened = [(data.open_cache(settings.cache / name), share) for name, share in caches]
    rest = 1.0 - sum(share for _, share in opened[1:])
    return [
        Share(cache, frame_chances(cache), rest if i == 0 else share)
        for i, (cache, share) in enumerate(opened)
    ]


def validate(state: State, settings: argparse.Namespace) -> dict[str, object]:
    """Score the averaged network on whole lines kept back, and on simulated ones if packed."""
    frames = score.cells_of(state.average, data.open_cache(settings.cache / "validation"))
    real = score.sweeps(frames, complete=False)
    best = score.best_thresholds(real)
    report: dict[str, object] = {"thresholds": best, "real": score.chosen(real, best)}
    folder = settings.cache / "simulated_validation"
    if settings.simulated_share > 0 and (folder / "index.csv").exists():
        # A part will do while training goes on; training.evaluate takes them all.
        cells = score.cells_of(state.average, data.open_cache(folder), limit=40)
        report["simulated"] = score.chosen(score.sweeps(cells, complete=True), {**PATCH_AT, **best})
    return report


def note(state: State, line: str) -> None:
    """Print a line of the log and keep it."""
    text = f"{state.seconds / 60:.1f} min, step {state.steps}: {line}"
    state.history.append(text)
    LOG.info("%s", text)


def run(
    state: State, replicas: list[Replica], settings: argparse.Namespace, shares: list[Share]
) -> None:
    """Train until the minutes or the steps are over.

    Parameters
    ----------
    state
        Where to go on from.
    replicas
        Copies of its network.
    settings
        The command's arguments.
    shares
        Sources of crops.
    """

    def draw(generator: np.random.Generator) -> Batch:
        return make_batch(generator, shares, settings.batch)

    losses: list[float] = []
    saved, validated = state.seconds, state.seconds
    path = settings.out / "checkpoint.pt"
    with ThreadPoolExecutor(len(replicas)) as pool:
        while progress(settings, state) < 1.0:
            begun = time.monotonic()
            now = rate(settings, state)
            limit = Limit(ROUND_SECONDS, steps_left(settings, state))
            new, weights = train_round(pool, replicas, draw, rate=now, limit=limit)
            take(state, weights, len(new))
            losses += new
            state.seconds += time.monotonic() - begun
            if state.seconds - saved > CHECKPOINT_SECONDS:
                saved = state.seconds
                note(state, f"loss {np.mean(losses):.4f}")
                losses.clear()
                save(state, replicas, path, settings.width)
            # Runs to compare are given steps, and are looked at when they are over.
            if settings.steps is None and state.seconds - validated > VALIDATION_SECONDS:
                validated = state.seconds
                note(state, str(validate(state, settings)))
    save(state, replicas, path, settings.width)


def record(state: State, settings: argparse.Namespace, shares: list[Share]) -> None:
    """Write settings, data, log and result as small text files.

    Parameters
    ----------
    state
        At the end of the run.
    settings
        The command's arguments.
    shares
        Sources of crops.
    """
    result = validate(state, settings)
    note(state, str(result))
    thresholds = {**PATCH_AT, **result["thresholds"], "road": 0.5}  # type: ignore[dict-item]
    score.write_json(settings.out / "thresholds.json", thresholds)
    if settings.record is None:
        return
    settings.record.mkdir(parents=True, exist_ok=True)
    paths = ("road", "cache", "out", "scenes", "start", "record", "encoder")
    # Folders differ from machine to machine; what was trained on is in frames.txt.
    plain = {k: v for k, v in vars(settings).items() if k not in paths}
    score.write_json(settings.record / "settings.json", {**plain, "steps": state.steps})
    score.write_json(settings.record / "result.json", result)
    names = [f"{e.source} {e.name}" for s in shares for e in s.cache.entries]
    (settings.record / "frames.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    (settings.record / "log.txt").write_text("\n".join(state.history) + "\n", encoding="utf-8")


def parse(words: list[str] | None = None) -> argparse.Namespace:
    """Return the command's arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--road", type=Path, required=True, help="images, masks and frames.csv")
    parser.add_argument("--cache", type=Path, required=True, help="folder for packed frames")
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint")
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--minutes", type=float)
    length.add_argument("--steps", type=int, help="of all replicas together")
    parser.add_argument("--scenes", type=Path, nargs="+", help="folders of scenes without labels")
    parser.add_argument("--scene-share", type=float, default=0.05)
    parser.add_argument("--simulated-share", type=float, default=0.0)
    parser.add_argument("--encoder", type=Path, help="published weights of the encoder")
    parser.add_argument("--start", type=Path, help="checkpoint whose weights to begin with")
    parser.add_argument("--record", type=Path, help="folder for the small text files")
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args(words)


def main() -> None:
    """Run the command."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    settings = parse()
    # Each replica keeps to one core, and makes its own crops.
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    settings.out.mkdir(parents=True, exist_ok=True)
    shares = load_shares(settings)
    state, replicas = start(settings)
    run(state, replicas, settings, shares)
    record(state, settings, shares)


if __name__ == "__main__":
    main()
