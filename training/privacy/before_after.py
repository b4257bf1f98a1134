"""Score a fold's finder without and with those that it asks, on the third that none ever saw.

``python -m training.privacy.before_after --finder F --verifier V --fold 0 --shared SHARED``, and
``--sign-teller T`` for one that is of this fold, too. Without ``--fold`` on all photos: what ships
has learned from them.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Mapping
from pathlib import Path

from gatusyn.evaluate import Truth, evaluate_privacy, read_faces, read_plates
from gatusyn.model import CameraParams, PrivacyParams, RegionKind
from gatusyn.privacy import Redactor
from gatusyn.privacy.finders import NetworkFinder
from gatusyn.privacy.load_redactor import open_session, passes_for
from gatusyn.privacy.pairs import PairsSession
from gatusyn.privacy.second_look import CheckedFinder
from gatusyn.privacy.sign_teller import SignTeller
from gatusyn.privacy.verifier import Verifier
from training.privacy.pictures import FOLDS, LABELS, held_out

LOG = logging.getLogger(__name__)


def opened(path: Path) -> PairsSession:
    """Open a network that takes pixels in pairs."""
    return PairsSession(session=open_session(path.read_bytes(), threads=1))


def lines(redactor: Redactor, photos: Mapping[str, Path], truth: Truth, kind: RegionKind) -> str:
    """Return how many of a kind are hidden in photos, by height, and what is hidden besides."""
    done = evaluate_privacy(
        dict(photos), [truth], redactor, horizontal_fov_deg=CameraParams().horizontal_fov_deg
    )
    parts = done.parts(kind)
    recalls = {**parts["all"], **parts["height_px"]}
    hidden = ", ".join(f"{name} {r.hidden}/{r.boxes}" for name, r in recalls.items())
    return f"{hidden}; besides {100 * done.besides[kind]:.2f} %"


def arguments_for(words: str | None) -> argparse.ArgumentParser:
    """Return a parser of which finder is meant, whom it asks, and where the photos are."""
    parser = argparse.ArgumentParser(description=words)
    parser.add_argument("--finder", type=Path, required=True, help="exported, of this fold")
    parser.add_argument("--verifier", type=Path, help="of this fold")
    parser.add_argument("--sign-teller", type=Path, help="of this fold")
    parser.add_argument("--fold", type=int, choices=range(FOLDS))
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--horizon", type=float, help="as of a city's camera; else everywhere")
    return parser


def redactors(given: argparse.Namespace) -> dict[str, Redactor]:
    """Return the finder alone, and with those that are given to ask: each asks one more."""
    finder = NetworkFinder(
        session=opened(given.finder), model="fold", passes=passes_for(given.horizon)
    )
    asked, verifier = {"alone": CheckedFinder(finder=finder)}, None
    if given.verifier is not None:
        verifier = Verifier(session=opened(given.verifier), model="verifier")
        asked["with the verifier"] = CheckedFinder(finder=finder, verifier=verifier)
    if given.sign_teller is not None:
        teller = SignTeller(session=opened(given.sign_teller), model="sign teller")
        asked["and the sign teller"] = CheckedFinder(
            finder=finder, verifier=verifier, sign_teller=teller
        )
    return {
        name: Redactor(finder=checked, params=PrivacyParams()) for name, checked in asked.items()
    }


def photos_of(shared: Path, fold: int | None) -> dict[str, Path]:
    """Return the photos that a fold holds out, or all if it is None, by their names."""
    folders = (shared / "data" / "plates" / "images", shared / "data" / "signs" / "scenes")
    return {
        path.stem: path
        for folder in folders
        for path in sorted(folder.glob("*.jpg"))
        if fold is None or held_out(path.stem, fold)
    }


def main() -> None:
    """Run the command."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    given = arguments_for(__doc__).parse_args()
    paths = photos_of(given.shared, given.fold)
    truths = {
        RegionKind.PLATE: read_plates(given.shared / "data" / "plates" / "boxes.csv"),
        RegionKind.FACE: read_faces(LABELS),
    }
    for name, redactor in redactors(given).items():
        for kind, truth in truths.items():
            photos = {stem: path for stem, path in paths.items() if stem in truth}
            score = lines(redactor, photos, truth, kind)
            LOG.info("%s, %s: %s", name, kind.value, score)


if __name__ == "__main__":
    main()
