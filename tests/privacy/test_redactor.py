from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import pytest

from gatusyn.capture import RawFrame
from gatusyn.model import Image, ModelWeightsError, PrivacyParams, RegionKind
from gatusyn.privacy import Redactor, load_redactor
from gatusyn.privacy.boxes import covered
from gatusyn.privacy.finders import Found, Thresholds

load_redactor_module = sys.modules["gatusyn.privacy.load_redactor"]

#: Left, top, right, bottom of the face in scikit-image's public domain portrait.
FACE = (182, 60, 270, 178)


Rows = tuple[tuple[float, float, float, float, float], ...]


@dataclass(frozen=True)
class Fixed:
    """Finds the same boxes in every picture."""

    heads: Rows = ()
    plates: Rows = ()
    version: str = "fixed"

    def find(self, image: Image, *, thresholds: Thresholds) -> Found:
        rows = {RegionKind.FACE: self.heads, RegionKind.PLATE: self.plates}
        return {
            kind: np.array([row for row in rows[kind] if row[4] >= threshold]).reshape(-1, 5)
            for kind, threshold in thresholds.items()
        }


def raw(image: Image) -> RawFrame:
    return RawFrame(frame_id="f1", time_s=12.5, image=image)


def noise(height: int = 90, width: int = 160) -> Image:
    return np.random.default_rng(3).integers(0, 256, (height, width, 3), np.uint8)


def portrait() -> Image:
    path = str(files("skimage") / "data" / "astronaut.png")
    image = cv2.imread(path, cv2.IMREAD_COLOR)
    assert image is not None, path
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)


def street_with_face(width_px: float, *, x: int, y: int) -> tuple[Image, tuple[int, int]]:
    """Return a made street with the portrait in it, and the place of the face's middle."""
    random = np.random.default_rng(5)
    street = np.full((720, 1280, 3), 150, np.uint8)
    street[330:] = 95
    street = np.clip(street + random.normal(0, 6, street.shape), 0, 255).astype(np.uint8)
    factor = width_px / (FACE[2] - FACE[0])
    person = cv2.resize(portrait()[:400], None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    high, wide = person.shape[:2]
    street[y : y + high, x : x + wide] = person
    middle = (FACE[0] + FACE[2]) / 2 * factor + x, (FACE[1] + FACE[3]) / 2 * factor + y
    return street, (round(middle[0]), round(middle[1]))


@pytest.fixture(scope="module")
def loaded() -> Redactor:
    return load_redactor(PrivacyParams(), threads=1)


def test_the_record_says_what_was_hidden() -> None:
    finder = Fixed(
        heads=((10, 10, 30, 30, 0.9), (50, 10, 60, 20, 0.2)), plates=((20, 10, 40, 30, 0.6),)
    )
    params = PrivacyParams(margin=0.0, face_confidence=0.3, plate_confidence=0.5)
    public = Redactor(finder=finder, params=params).redact(raw(noise()))
    record = public.redaction
    assert (public.frame_id, public.time_s) == ("f1", 12.5)
    assert [r.kind for r in record.regions] == [RegionKind.FACE, RegionKind.PLATE]
    head = record.regions[0]
    assert (head.x1, head.y1, head.x2, head.y2) == (10, 10, 30, 30)
    assert record.covered_share == pytest.approx(30 * 20 / (90 * 160))
    assert record.thresholds == ((RegionKind.FACE, 0.3), (RegionKind.PLATE, 0.5))
    assert record.model == (
        "fixed (face 0.3, plate 0.5, margin 0, of plates in photos 0, beside 0.067 s from 0.7)"
    )


def test_in_a_photo_a_head_is_hidden_with_the_whole_margin_and_a_plate_with_part_of_it() -> None:
    finder = Fixed(heads=((40, 30, 60, 50, 1.0),), plates=((90, 40, 130, 50, 1.0),))
    head, plate = Redactor(finder=finder, params=PrivacyParams(margin=0.25)).find(raw(noise()))
    assert (head.x1, head.y1, head.x2, head.y2) == (35, 25, 65, 55)
    assert (plate.x1, plate.y1, plate.x2, plate.y2) == (84, 38, 136, 52)


def test_the_raw_picture_is_neither_changed_nor_shared() -> None:
    image = noise()
    before = image.copy()
    finder = Fixed(heads=((10, 10, 30, 30, 0.9),))
    public = Redactor(finder=finder, params=PrivacyParams()).redact(raw(image))
    np.testing.assert_array_equal(image, before)
    assert not np.shares_memory(public.image, image)
    assert not public.image.flags.writeable
    assert (public.image[15:25, 15:25] == public.image[15, 15]).all()


def test_a_frame_without_anybody_keeps_its_pixels() -> None:
    image = noise()
    public = Redactor(finder=Fixed(), params=PrivacyParams()).redact(raw(image))
    np.testing.assert_array_equal(public.image, image)
    assert not np.shares_memory(public.image, image)
    assert public.redaction.covered_share == 0.0


@pytest.mark.parametrize(
    ("width_px", "x", "y"),
    [(16, 700, 210), (20, 60, 260), (24, 1100, 180), (40, 300, 450), (60, 800, 20), (120, 100, 60)],
)
def test_a_face_in_the_street_is_hidden(loaded: Redactor, width_px: int, x: int, y: int) -> None:
    street, middle = street_with_face(width_px, x=x, y=y)
    public = loaded.redact(raw(street))
    faces = [r for r in public.redaction.regions if r.kind is RegionKind.FACE]
    assert any(
        r.x1 <= middle[0] - 0.3 * width_px
        and middle[0] + 0.3 * width_px <= r.x2
        and r.y1 <= middle[1] - 0.4 * width_px
        and middle[1] + 0.4 * width_px <= r.y2
        for r in faces
    )
    assert public.redaction.covered_share < 0.2


@pytest.mark.parametrize("shape", [(1, 1), (40, 3000), (1280, 720), (641, 997)])
def test_every_shape_of_picture_passes(loaded: Redactor, shape: tuple[int, int]) -> None:
    public = loaded.redact(raw(np.full((*shape, 3), 90, np.uint8)))
    assert public.image.shape == (*shape, 3)
    assert public.redaction.regions == ()


@pytest.mark.parametrize("horizon", [-2.0, 0.0, 0.33, 1.0, 3.0])
def test_any_horizon_looks_everywhere_for_near_faces(horizon: float) -> None:
    redactor = load_redactor(PrivacyParams(), horizon_share=horizon, threads=1)
    street, _ = street_with_face(60, x=500, y=150)
    assert len(redactor.redact(raw(street)).redaction.regions) >= 1


def test_the_version_names_models_and_settings(loaded: Redactor) -> None:
    other = load_redactor(PrivacyParams(face_confidence=0.45), threads=1)
    further = load_redactor(PrivacyParams(), horizon_share=0.5, threads=1)
    assert "Gatusyn heads and plates" in loaded.version
    assert len({loaded.version, other.version, further.version}) == 3


def weights_copy(folder: Path) -> Path:
    source = files("gatusyn.privacy") / "weights"
    networks = "finder.onnx", "finder-int8.onnx", "verifier.onnx", "sign-teller.onnx"
    for name in ("weights.toml", *networks):
        (folder / name).write_bytes((source / name).read_bytes())
    return folder


@pytest.mark.parametrize("exact", [True, False])
def test_the_processor_chooses_the_precision(monkeypatch: pytest.MonkeyPatch, exact: bool) -> None:
    monkeypatch.setattr(load_redactor_module, "counts_int8_exactly", lambda: exact)
    redactor = load_redactor(PrivacyParams(), threads=1)
    assert ("int8" in redactor.version) is exact
    assert ("float32" in redactor.version) is not exact
    public = redactor.redact(raw(drawn_car(500, 260)))
    assert np.ptp(public.image[384:401, 579:681].reshape(-1, 3), axis=0).max() == 0


@pytest.mark.parametrize(
    ("exact", "name"),
    [
        (True, "weights.toml"),
        (True, "finder-int8.onnx"),
        (False, "finder.onnx"),
        (True, "verifier.onnx"),
        (True, "sign-teller.onnx"),
    ],
)
def test_missing_weights_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exact: bool, name: str
) -> None:
    monkeypatch.setattr(load_redactor_module, "counts_int8_exactly", lambda: exact)
    (weights_copy(tmp_path) / name).unlink()
    with pytest.raises(ModelWeightsError, match=name):
        load_redactor(PrivacyParams(), weights=tmp_path)


@pytest.mark.parametrize(
    ("exact", "name"),
    [
        (True, "finder-int8.onnx"),
        (False, "finder.onnx"),
        (True, "verifier.onnx"),
        (True, "sign-teller.onnx"),
    ],
)
def test_other_weights_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exact: bool, name: str
) -> None:
    monkeypatch.setattr(load_redactor_module, "counts_int8_exactly", lambda: exact)
    path = weights_copy(tmp_path) / name
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(ModelWeightsError, match="is not the model"):
        load_redactor(PrivacyParams(), weights=tmp_path)


@pytest.mark.parametrize("text", ["[int8", "int8 = 1", "[float32]\nfile = 'x'", "name = 'x'"])
def test_a_broken_description_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(load_redactor_module, "counts_int8_exactly", lambda: True)
    (weights_copy(tmp_path) / "weights.toml").write_text(text, "utf-8")
    with pytest.raises(ModelWeightsError, match="does not describe the int8 model"):
        load_redactor(PrivacyParams(), weights=tmp_path)


def drawn_car(left: int, top: int) -> Image:
    street = np.full((720, 1280, 3), (190, 200, 210), np.uint8)
    street[300:] = 95
    cv2.rectangle(street, (left, top), (left + 260, top + 190), (60, 70, 110), -1)
    cv2.rectangle(street, (left + 40, top + 15), (left + 220, top + 75), (30, 30, 35), -1)
    cv2.rectangle(street, (left + 75, top + 120), (left + 185, top + 145), (240, 240, 235), -1)
    size, black = 0.75, (25, 25, 25)
    cv2.putText(street, "ABC 12D", (left + 82, top + 140), 0, size, black, 2, cv2.LINE_AA)
    random = np.random.default_rng(8)
    return np.clip(street + random.normal(0, 4, street.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("left", "top"), [(500, 260), (60, 330), (900, 450)])
def test_a_drawn_plate_is_hidden(loaded: Redactor, left: int, top: int) -> None:
    public = loaded.redact(raw(drawn_car(left, top)))
    plate = np.s_[top + 122 : top + 143, left + 77 : left + 183]
    regions = public.redaction.regions
    assert covered(regions, width=1280, height=720)[plate].all()
    # A part of the car, taken for another plate, may reach over it.
    assert len(np.unique(public.image[plate].reshape(-1, 3), axis=0)) <= len(regions)
    assert public.redaction.covered_share < 0.08


@pytest.mark.shared
def test_the_plates_that_were_learnt_stay_hidden(loaded: Redactor, shared: Path) -> None:
    """These frames were trained on: a guard against a broken model, not a measure of recall."""
    folder = shared / "data" / "plates"
    with (folder / "boxes.csv").open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))[::6]
    hidden = 0
    for row in rows:
        image = cv2.imread(str(folder / "images" / f"{row['image']}.jpg"), cv2.IMREAD_COLOR)
        assert image is not None
        public = loaded.redact(raw(np.asarray(image[:, :, ::-1], np.uint8).copy()))
        mask = covered(public.redaction.regions, width=1280, height=720)
        x1, y1, x2, y2 = (int(row[key]) for key in ("x1", "y1", "x2", "y2"))
        hidden += bool(mask[y1:y2, x1:x2].mean() >= 0.9)
    assert hidden >= 0.95 * len(rows)
