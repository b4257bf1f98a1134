"""Adds up folds, and chooses a threshold on some for another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gatusyn.evaluate import Recall

THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class Scored:
    """How a fold's photos of a kind came out at a threshold."""

    recalls: Mapping[str, Recall]
    besides: float
    photos: int


Sweep = Mapping[float, Scored]


def together(scored: Iterable[Scored]) -> Scored:
    """Add up folds."""
    recalls: dict[str, Recall] = {}
    besides, photos = 0.0, 0
    for one in scored:
        besides, photos = besides + one.besides * one.photos, photos + one.photos
        for name, recall in one.recalls.items():
            before = recalls.get(name, Recall(hidden=0, boxes=0))
            recalls[name] = Recall(
                hidden=before.hidden + recall.hidden, boxes=before.boxes + recall.boxes
            )
    return Scored(recalls, besides / max(photos, 1), photos)


def chosen(sweeps: Sequence[Sweep], *, besides: float) -> float:
    """Return the lowest threshold at which these folds hide no more than a share besides."""
    for threshold in THRESHOLDS:
        if together(sweep[threshold] for sweep in sweeps).besides <= besides:
            return threshold
    return THRESHOLDS[-1]


def line(name: str, scored: Scored) -> str:
    """Return figures as a row of a table."""
    sizes = ", ".join(f"{k} {r.hidden}/{r.boxes}" for k, r in sorted(scored.recalls.items()))
    low, high = scored.recalls["all"].interval or (0.0, 1.0)
    return f"| {name} | {sizes} | {low:.2f} to {high:.2f} | {100 * scored.besides:.2f} % |"
