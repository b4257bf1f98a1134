"""Odd and broken photos: each is processed or rejected with a reason, and no damage is made up."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.run_cli import run_cli

from gatusyn.detect import MASK_VALUES
from gatusyn.model import PixelClass
from gatusyn.simulate import training_frames

Picture = NDArray[np.uint8]
Masks = Callable[[], tuple[dict[str, Picture], str]]

UPRIGHT = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90}
"""How to turn an upright picture so that a camera held in that orientation has seen it."""


@pytest.fixture(scope="module")
def street() -> Picture:
    """Return a simulated street with damage, 1280 x 720 px."""
    frames = training_frames(3, 9)
    return max(frames, key=lambda pair: int((pair[1] & 2 > 0).sum()))[0]


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


def detected(photos: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Picture]:
    """Run ``gatusyn detect`` on a folder of photos and return the masks."""
    out = photos.parent / "masks"
    assert run_cli(monkeypatch, "detect", photos, "--masks", out) in (0, 4)
    return {path.stem: np.asarray(Image.open(path)) for path in sorted(out.iterdir())}


@pytest.fixture
def masks(
    photos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Masks:
    """Return a function that runs ``gatusyn detect`` and returns the masks and what was said."""

    def call() -> tuple[dict[str, Picture], str]:
        found = detected(photos, monkeypatch)
        said = capsys.readouterr()
        return found, said.out + said.err

    return call


def test_the_same_street_in_every_kind_of_file(photos: Path, masks: Masks, street: Picture) -> None:
    picture = Image.fromarray(street)
    picture.save(photos / "plain.png")
    picture.convert("RGBA").save(photos / "alpha.png")
    picture.convert("CMYK").save(photos / "cmyk.jpg", quality=98)
    grey = np.asarray(picture.convert("L"))
    Image.fromarray(grey).save(photos / "grey.png")
    Image.fromarray(grey.astype(np.uint16) * 257).save(photos / "grey16.png")
    for orientation, turn in UPRIGHT.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        picture.transpose(turn).save(photos / f"turned{orientation}.png", exif=exif)
    found, said = masks()
    assert "7 photos, 7 used, 0 rejected" in said
    plain = found["plain"]
    assert (plain > 0).mean() > 0.001
    for name in ("alpha", "turned3", "turned6"):
        np.testing.assert_array_equal(found[name], plain)
    np.testing.assert_array_equal(found["grey16"], found["grey"])
    for name in ("cmyk", "grey"):
        assert found[name].shape == plain.shape
        common = ((found[name] & plain) > 0).sum()
        assert common > 0.5 * (plain > 0).sum(), name


def test_large_wide_and_tiny_photos(photos: Path, masks: Masks, street: Picture) -> None:
    portrait = cv2.resize(street[:, 400:940], (3024, 4032), interpolation=cv2.INTER_CUBIC)
    Image.fromarray(portrait).save(photos / "portrait.jpg", quality=90)
    Image.fromarray(np.tile(street, (1, 3, 1))).save(photos / "panorama.jpg")
    Image.fromarray(street[:, 600:670]).save(photos / "narrow.png")
    Image.fromarray(cv2.resize(street, (16, 16))).save(photos / "tiny.png")
    Image.new("RGB", (1, 1)).save(photos / "one.png")
    found, said = masks()
    assert "5 photos, 3 used, 2 rejected" in said
    assert found["portrait"].shape == (4032, 3024)
    assert found["panorama"].shape == (720, 3840)
    assert found["narrow"].shape == (720, 70)
    assert "tiny.png: too_small (16x16 pixels, limit 64)" in said
    assert "one.png: too_small" in said


def wall() -> Picture:
    """Return a plastered wall with windows that fills the picture."""
    noise = np.random.default_rng(1).normal(0, 5, (720, 1280, 1))
    picture = np.clip(np.array((190, 180, 160)) + noise, 0, 255).astype(np.uint8)
    for x in range(100, 1280, 300):
        cv2.rectangle(picture, (x, 150), (x + 120, 400), (90, 110, 130), -1)
        cv2.rectangle(picture, (x, 150), (x + 120, 400), (230, 230, 230), 6)
    return picture


def dashboard() -> Picture:
    """Return the inside of a cab: dark plastic with dials and a wheel."""
    picture = np.full((720, 1280, 3), (38, 38, 42), np.uint8)
    for x in (400, 640, 880):
        cv2.circle(picture, (x, 360), 90, (15, 15, 18), -1)
        cv2.circle(picture, (x, 360), 90, (190, 190, 190), 3)
        cv2.line(picture, (x, 360), (x + 50, 310), (220, 40, 30), 4)
    cv2.ellipse(picture, (640, 760), (420, 330), 0, 180, 360, (20, 20, 20), 40)
    noise = np.random.default_rng(2).normal(0, 3, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def bricks() -> Picture:
    """Return a wall of red bricks and pale joints that fills the picture."""
    noise = np.random.default_rng(1)
    picture = np.full((720, 1280, 3), (170, 165, 155), np.uint8)
    for top in range(0, 720, 40):
        for left in range(-(top // 40 % 2) * 60, 1280, 120):
            colour = [float(value) for value in np.array((150, 70, 50)) + noise.normal(0, 12, 3)]
            cv2.rectangle(picture, (left + 4, top + 4), (left + 116, top + 36), colour, -1)
    return np.clip(picture + noise.normal(0, 6, picture.shape), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def roadless(street: Picture, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Picture]:
    """Return the masks of photos that show no road, and of one that shows it by night."""
    photos = tmp_path_factory.mktemp("roadless") / "photos"
    photos.mkdir()
    noise = np.random.default_rng(3)
    night = np.clip(street * 0.04 + noise.normal(2, 1.5, street.shape), 0, 255).astype(np.uint8)
    blank = np.zeros_like(street)
    shown = {"wall": wall(), "bricks": bricks(), "dashboard": dashboard(), "night": night}
    for name, picture in (shown | {"black": blank, "white": ~blank}).items():
        Image.fromarray(picture).save(photos / f"{name}.png")
    Image.new("RGBA", (640, 360)).save(photos / "clear.png")
    with pytest.MonkeyPatch.context() as patch:
        return detected(photos, patch)


def test_a_photo_without_road_is_rejected_with_the_reason(photos: Path, masks: Masks) -> None:
    Image.fromarray(bricks()).save(photos / "bricks.png")
    _, said = masks()
    assert "0 used, 1 rejected" in said
    assert "bricks.png: off_road" in said


def test_where_there_is_no_road_there_is_no_damage(roadless: dict[str, Picture]) -> None:
    damage = MASK_VALUES[PixelClass.CRACK] | MASK_VALUES[PixelClass.POTHOLE]
    for name, mask in roadless.items():
        assert ((mask & damage) > 0).mean() < (0.05 if name == "night" else 1e-9), name


@pytest.mark.parametrize(
    "name",
    [
        *("bricks", "wall", "night", "black", "white", "clear"),
        pytest.param(
            "dashboard", marks=pytest.mark.xfail(strict=True, reason="sees patches there")
        ),
    ],
)
def test_where_there_is_no_road_nothing_is_marked(roadless: dict[str, Picture], name: str) -> None:
    assert (roadless[name] > 0).mean() < (0.05 if name == "night" else 1e-9)


def bomb(width: int, height: int) -> bytes:
    """Return a PNG that says it is huge."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = zlib.crc32(name + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + name + content + check

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    packed = zlib.compress(b"\0" * 100_000)
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def test_broken_photos_are_rejected_with_a_reason(
    photos: Path, masks: Masks, street: Picture
) -> None:
    Image.fromarray(street).save(photos / "good.jpg")
    content = (photos / "good.jpg").read_bytes()
    (photos / "cut.jpg").write_bytes(content[: len(content) // 2])
    (photos / "empty.png").write_bytes(b"")
    (photos / "text.jpg").write_text("not a photo")
    (photos / "bomb.png").write_bytes(bomb(60_000, 60_000))
    (photos / "small_bomb.png").write_bytes(bomb(12_000, 9_000))
    Image.fromarray(np.zeros((80, 80), np.float32)).save(photos / "real.tif")
    found, said = masks()
    assert list(found) == ["good"]
    assert "7 photos, 1 used, 6 rejected" in said
    assert "empty.png: not_an_image (the file is empty (0 bytes))" in said
    assert "text.jpg: not_an_image" in said
    assert "cut.jpg: unreadable" in said
    assert "real.tif: unreadable (its pixels are not whole numbers)" in said
    for name in ("bomb.png", "small_bomb.png"):
        assert f"{name}: unreadable" in said
        assert "too many" in said.split(f"{name}: ")[1].splitlines()[0]


def test_a_folder_of_broken_photos_only_is_a_fault(photos: Path, masks: Masks) -> None:
    (photos / "empty.png").write_bytes(b"")
    found, said = masks()
    assert not found
    assert "holds no photo that can be read" in said
