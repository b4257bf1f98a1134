"""Loads the finders of faces and plates that the package carries."""

from __future__ import annotations

import hashlib
import tomllib
from importlib.resources import as_file, files
from pathlib import Path

import onnxruntime

from gatusyn.model import ModelWeightsError, PrivacyParams
from gatusyn.privacy.finders import FaceFinder, Pass, PlateFinder, Session
from gatusyn.privacy.load_faces import load_faces
from gatusyn.privacy.redactor import Redactor

_REINSTALL = "Install the package anew."


def load_redactor(
    params: PrivacyParams,
    *,
    horizon_share: float = 0.33,
    threads: int = 0,
    weights: Path | None = None,
) -> Redactor:
    """Load the redactor.

    Parameters
    ----------
    params
        Thresholds and margin.
    horizon_share
        The horizon's row as a share of the picture's height, 0 at the top: small faces are looked
        for around it, large ones everywhere, and plates from a little above it downwards.
    threads
        Threads of each model; 0 leaves it to ONNX Runtime (all cores).
    weights
        Folder with ``weights.toml`` and ``plates.onnx``; None takes the package's own.

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
    horizon = min(max(horizon_share, 0.0), 1.0)
    far = Pass(top=max(horizon - 0.19, 0.0), bottom=min(horizon + 0.25, 1.0), scale=1.0)
    near = Pass(top=0.0, bottom=1.0, scale=0.5)
    roadward = Pass(top=max(horizon - 0.15, 0.0), bottom=1.0, scale=0.75)
    description = weights / "weights.toml"
    face_name, face_hash = _described(description, "faces")
    plate_name, plate_hash = _described(description, "plates")
    face_model, plate_model = f"{face_name} {face_hash[:12]}", f"{plate_name} {plate_hash[:12]}"
    faces = _session(load_faces(sha256=face_hash), threads=threads)
    plates = _session(_read(weights / "plates.onnx", sha256=plate_hash), threads=threads)
    return Redactor(
        finders=(
            FaceFinder(session=faces, model=face_model, passes=(far, near)),
            PlateFinder(session=plates, model=plate_model, passes=(roadward,)),
        ),
        params=params,
    )


def _described(description: Path, part: str) -> tuple[str, str]:
    """Return the name and the hash of a model."""
    try:
        table = tomllib.loads(description.read_text("utf-8"))[part]
        return str(table["name"]), str(table["sha256"])
    except OSError as error:
        raise ModelWeightsError(
            description, f"cannot be read ({error.strerror})", _REINSTALL
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise ModelWeightsError(
            description, f"does not describe the {part} model ({error})", _REINSTALL
        ) from error


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


def _session(content: bytes, *, threads: int) -> Session:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session: Session = onnxruntime.InferenceSession(
        content, options, providers=["CPUExecutionProvider"]
    )
    return session
