"""What was mined already is not mined again."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from training.privacy import mine


def test_a_stopped_run_goes_on_after_the_files_that_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("photos", "crops", "signs"):
        (tmp_path / f"candidates-{part}.npz").write_text(part)
    finder = files("gatusyn.privacy") / "weights" / "finder-int8.onnx"
    nowhere = tmp_path / "nowhere"
    given = ["--finder", str(finder), "--shared", str(nowhere), "--work", str(tmp_path)]
    monkeypatch.setattr("sys.argv", ["mine", *given])
    mine.main()
    assert (tmp_path / "candidates-signs.npz").read_text() == "signs"
    (tmp_path / "candidates-photos.npz").unlink()
    with pytest.raises(FileNotFoundError, match="nowhere"):
        mine.main()
