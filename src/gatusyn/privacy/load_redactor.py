"""Loads the finder of heads and plates that the package carries."""

from __future__ import annotations

import hashlib
import tomllib
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import as_file, files
from pathlib import Path

import onnxruntime

from gatusyn.model import ModelWeightsError, PrivacyParams, counts_int8_exactly, usable_cores
from gatusyn.privacy.dumps import forbid_core_dumps
from gatusyn.privacy.finders import NetworkFinder, Session
from gatusyn.privacy.pairs import PairsSession
from gatusyn.privacy.redactor import Redactor
from gatusyn.privacy.second_look import CheckedFinder
from gatusyn.privacy.sign_teller import SignTeller
from gatusyn.privacy.strips import Pass
from gatusyn.privacy.turned import TurnedFinder
from gatusyn.privacy.verifier import Verifier

_REINSTALL = "Install the package anew."

_NEAR = tuple(Pass(top=0.0, bottom=1.0, scale=scale) for scale in (0.5, 0.25, 0.125))
"""The network knows heads and plates of 6 to 50 px: larger ones are looked at smaller."""

_ABOVE, _BELOW = 0.1465, 0.25
"""How far beyond the horizon the strip reaches in which people are far and small.

Higher up a head is under 16 px of 720 only where the street rises by some 7 % ahead of the car, or
in a window: it is looked for at half size, as what is nearer is. At a third of 720 rows these are
286, and the network takes 288."""

_VERIFIER, _SIGN_TELLER = "verifier", "sign_teller"

_SIDE_BY_SIDE = 2
"""The strip around the horizon takes about as long as all other passes together."""


def load_redactor(
    params: PrivacyParams,
    *,
    horizon_share: float | None = 0.33,
    threads: int = 0,
    weights: Path | None = None,
) -> Redactor:
    """Load the redactor. From then on this process leaves no core dump: it may hold raw frames.

    The network is taken in int8 where the processor counts so exactly, and in float32 elsewhere;
    the redactor's version says which.

    Parameters
    ----------
    params
        Thresholds and margin.
    horizon_share
        The horizon's row as a share of the picture's height, 0 at the top: small heads and plates
        are looked for around it, large ones everywhere. None looks for everything everywhere, and
        at upright pictures on both their sides, which takes longer: for cameras of which nothing
        is known.
    threads
        Threads of the model; 0 takes all cores that the process may use. From two on, two strips
        of a picture are looked at side by side.
    weights
        Folder with ``weights.toml`` and the files that it names; None takes the package's own.

    Raises
    ------
    ModelWeightsError
        If weights are missing or are not those that ``weights.toml`` names.
    """
    if weights is None:
        with as_file(files("gatusyn.privacy") / "weights") as folder:
            return load_redactor(
                params, horizon_share=horizon_share, threads=threads, weights=folder
            )
    forbid_core_dumps()
    threads = threads or usable_cores()
    side_by_side = min(threads, _SIDE_BY_SIDE)
    precision = "int8" if counts_int8_exactly() else "float32"
    session, model = _opened(weights, precision, threads=threads // side_by_side)
    finder = NetworkFinder(
        session=session,
        model=model,
        passes=passes_for(horizon_share),
        workers=ThreadPoolExecutor(side_by_side, "finder") if side_by_side > 1 else None,
    )
    session, model = _opened(weights, _VERIFIER, threads=1)
    verifier = Verifier(session=session, model=model)
    session, model = _opened(weights, _SIGN_TELLER, threads=1)
    teller = SignTeller(session=session, model=model)
    checked = CheckedFinder(finder=finder, verifier=verifier, sign_teller=teller)
    if horizon_share is None:
        return Redactor(finder=TurnedFinder(finder=checked), params=params)
    return Redactor(finder=checked, params=params)


def passes_for(horizon_share: float | None) -> tuple[Pass, ...]:
    """Return how to look."""
    top, bottom = 0.0, 1.0
    if horizon_share is not None:
        horizon = min(max(horizon_share, 0.0), 1.0)
        top, bottom = max(horizon - _ABOVE, 0.0), min(horizon + _BELOW, 1.0)
    return (Pass(top=top, bottom=bottom, scale=1.0), *_NEAR)


def _opened(weights: Path, part: str, *, threads: int) -> tuple[PairsSession, str]:
    """Open the network of a part of ``weights.toml``; return it with its name and hash."""
    description = weights / "weights.toml"
    try:
        table = tomllib.loads(description.read_text("utf-8"))
        own = table[part]
        name = own["name"] if "name" in own else f"{table['name']} {part}"
        file, digest = str(own["file"]), str(own["sha256"])
    except OSError as error:
        raise ModelWeightsError(
            description, f"cannot be read ({error.strerror})", _REINSTALL
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise ModelWeightsError(
            description, f"does not describe the {part} model ({error})", _REINSTALL
        ) from error
    content = _read(weights / file, sha256=digest)
    return PairsSession(session=open_session(content, threads=threads)), f"{name} {digest[:12]}"


def _read(path: Path, *, sha256: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelWeightsError(path, f"cannot be read ({error.strerror})", _REINSTALL) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ModelWeightsError(
            path, "is not the model that weights.toml beside it names", _REINSTALL
        )
    return content


def open_session(content: bytes, *, threads: int) -> Session:
    """Open a network; 0 threads takes all cores."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session: Session = onnxruntime.InferenceSession(
        content, options, providers=["CPUExecutionProvider"]
    )
    return session
