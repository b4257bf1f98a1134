"""``gatusyn redact``: every file is blurred or told of, and nothing else of it is left."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from tests.cli.test_bad_photos import bomb
from tests.privacy.test_redactor import drawn_car, street_with_face
from tests.run_cli import run_cli

from gatusyn.capture import RawFrame
from gatusyn.privacy import Redactor

Picture = NDArray[np.uint8]
Run = Callable[..., tuple[int, str]]
PLATE = np.s_[382:403, 577:683]
"""Where ``drawn_car(500, 260)`` has its plate."""


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
def run(photos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command and returns its exit code and what it said."""

    def call(*options: object, out: Path | None = None) -> tuple[int, str]:
        target = out or photos.parent / "out"
        code = run_cli(monkeypatch, "redact", photos, "--out", target, *options)
        said = capsys.readouterr()
        return code, said.out + said.err

    return call


def car() -> Picture:
    return drawn_car(500, 260)


def is_flat(part: Picture, *, within: float = 0.0) -> bool:
    return bool(np.ptp(part.reshape(-1, part.shape[-1]), axis=0).max() <= within)


def full_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model] = "Maker", "Model 7"
    exif[IFD.Exif] = {
        Base.DateTimeOriginal: "2026:05:01 12:00:00",
        Base.OffsetTimeOriginal: "+02:00",
        Base.BodySerialNumber: "SERIAL-4711",
        Base.CameraOwnerName: "OWNER-NAME",
        Base.MakerNote: b"MAKER-NOTE-SECRET",
    }
    exif[IFD.GPSInfo] = {
        GPS.GPSLatitudeRef: "N",
        GPS.GPSLatitude: (59.0, 19.0, 30.5),
        GPS.GPSLongitudeRef: "E",
        GPS.GPSLongitude: (18.0, 4.0, 12.25),
    }
    return exif


def save_with_metadata(path: Path) -> None:
    """Write a photo with EXIF, comment, XMP and colour profile, and bytes after its end."""
    picture = Image.fromarray(car())
    picture.save(
        path,
        quality=95,
        exif=full_exif(),
        comment=b"COMMENT-SECRET",
        xmp=b"<x:xmpmeta>XMP-SECRET</x:xmpmeta>",
        icc_profile=b"ICC-SECRET" * 20,
    )
    thumbnail = path.with_name("thumbnail.tmp")
    picture.resize((160, 90)).save(thumbnail, "JPEG")
    path.write_bytes(path.read_bytes() + b"TRAILER-SECRET" + thumbnail.read_bytes())
    thumbnail.unlink()


def exif_of(path: Path) -> tuple[dict[int, Any], dict[int, Any]]:
    with Image.open(path) as image:
        exif = image.getexif()
        return exif.get_ifd(IFD.Exif), exif.get_ifd(IFD.GPSInfo)


def test_plates_and_faces_are_hidden_and_listed(photos: Path, run: Run, tmp_path: Path) -> None:
    Image.fromarray(car()).save(photos / "car.png")
    street, middle = street_with_face(60, x=800, y=20)
    Image.fromarray(street).save(photos / "face.jpg", quality=95)
    boxes, listed = tmp_path / "lists" / "boxes.csv", tmp_path / "list.json"
    code, said = run("--boxes", boxes, "--json", listed)
    assert code == 0
    assert "2 received, 2 blurred, 0 rejected" in said
    shown = np.asarray(Image.open(tmp_path / "out" / "car.png"))
    assert shown.shape == (720, 1280, 3)
    assert is_flat(shown[PLATE])
    np.testing.assert_array_equal(shown[600:], car()[600:])
    face = np.asarray(Image.open(tmp_path / "out" / "face.jpg"))
    assert is_flat(face[middle[1] - 15 : middle[1] + 15, middle[0] - 12 : middle[0] + 12], within=6)
    with boxes.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    assert list(rows[0])[:5] == ["image", "x1", "y1", "x2", "y2"]
    assert {row["image"] for row in rows} == {"car", "face"}
    assert any(int(r["x1"]) <= 577 and int(r["x2"]) >= 683 and r["kind"] == "plate" for r in rows)
    document = json.loads(listed.read_text("utf-8"))
    assert document["received"] == 2 == document["accepted"] + document["rejected"]
    (one,) = (photo for photo in document["photos"] if photo["photo"] == "car.png")
    assert one["counts"]["plate"] >= 1
    assert 0 < one["covered_share"] < 0.1
    assert "plates" in one["model"]
    assert set(one["thresholds"]) == {"face", "plate"}


def test_no_metadata_comes_along(photos: Path, run: Run, tmp_path: Path) -> None:
    save_with_metadata(photos / "a.jpg")
    original = (photos / "a.jpg").read_bytes()
    assert b"SERIAL-4711" in original
    assert run()[0] == 0
    written = (tmp_path / "out" / "a.jpg").read_bytes()
    for secret in (b"SECRET", b"SERIAL", b"OWNER", b"Maker", b"Exif", b"2026", b"ICC_PROFILE"):
        assert secret not in written
    assert written.count(b"\xff\xd8\xff") == 1, "one picture, and no thumbnail"
    assert written.endswith(b"\xff\xd9")
    assert (photos / "a.jpg").read_bytes() == original


def test_time_and_position_come_along_only_when_asked_for(
    photos: Path, run: Run, tmp_path: Path
) -> None:
    save_with_metadata(photos / "a.jpg")
    assert run("--keep-time", "--keep-position")[0] == 0
    path = tmp_path / "out" / "a.jpg"
    assert not any(word in path.read_bytes() for word in (b"SECRET", b"SERIAL", b"Maker"))
    detail, gps = exif_of(path)
    assert detail[Base.DateTimeOriginal] == "2026:05:01 10:00:00"
    assert detail[Base.OffsetTimeOriginal] == "+00:00"
    assert [float(part) for part in gps[GPS.GPSLatitude]] == pytest.approx([59, 19, 30.5])
    assert run("--keep-time", "--overwrite")[0] == 0
    detail, gps = exif_of(path)
    assert detail
    assert not gps


def test_the_same_car_in_every_kind_of_file(photos: Path, run: Run, tmp_path: Path) -> None:
    picture = Image.fromarray(car())
    picture.save(photos / "plain.png")
    picture.convert("RGBA").save(photos / "alpha.webp", lossless=True)
    picture.convert("CMYK").save(photos / "cmyk.jpg", quality=98)
    grey = np.asarray(picture.convert("L"))
    Image.fromarray(grey.astype(np.uint16) * 257).save(photos / "grey16.tif")
    turn = Image.Exif()
    turn[Base.Orientation] = 6
    picture.transpose(Image.Transpose.ROTATE_90).save(photos / "turned.jpg", quality=98, exif=turn)
    code, said = run()
    assert code == 0
    assert "5 received, 5 blurred, 0 rejected" in said
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"plain.png", "alpha.webp.png", "cmyk.jpg", "grey16.tif.png", "turned.jpg"}
    for name in names:
        shown = Image.open(tmp_path / "out" / name)
        assert shown.size == (1280, 720)
        assert shown.mode == "RGB"
        assert not shown.getexif()
        assert is_flat(np.asarray(shown)[PLATE], within=6), name


TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def test_however_the_camera_was_held(photos: Path, run: Run, tmp_path: Path) -> None:
    for number, turn in TURNS.items():
        said = Image.Exif()
        said[Base.Orientation] = number
        held = Image.fromarray(car()).transpose(turn)
        held.save(photos / f"held{number}.jpg", quality=98, exif=said)
    assert "7 received, 7 blurred, 0 rejected" in run()[1]
    for number in TURNS:
        shown = Image.open(tmp_path / "out" / f"held{number}.jpg")
        assert shown.size == (1280, 720)
        assert is_flat(np.asarray(shown)[PLATE], within=6), number


def test_portrait_panorama_and_40_megapixels(photos: Path, run: Run, tmp_path: Path) -> None:
    """In the large ones the plate is so small that it would be lost in a shrunk picture."""
    wide = np.tile(car(), (1, 6, 1))
    large = np.full((5000, 8000, 3), 95, np.uint8)
    large[4000:4720, 6000:7280] = car()
    Image.fromarray(wide).save(photos / "panorama.png")
    Image.fromarray(np.ascontiguousarray(car()[:, 440:845])).save(photos / "portrait.png")
    Image.fromarray(large).save(photos / "large.png", compress_level=1)
    code, said = run()
    assert code == 0
    assert "3 received, 3 blurred, 0 rejected" in said
    shown = np.asarray(Image.open(tmp_path / "out" / "panorama.png"))
    for car_number in range(6):
        rows, columns = PLATE
        moved = slice(columns.start + 1280 * car_number, columns.stop + 1280 * car_number)
        assert is_flat(shown[rows, moved]), car_number
    assert is_flat(np.asarray(Image.open(tmp_path / "out" / "portrait.png"))[382:403, 137:243])
    shown = np.asarray(Image.open(tmp_path / "out" / "large.png"))
    assert shown.shape == large.shape
    assert is_flat(shown[4382:4403, 6577:6683])


def test_what_is_broken_is_told_of_and_not_written(photos: Path, run: Run, tmp_path: Path) -> None:
    Image.fromarray(car()).save(photos / "good.jpg")
    content = (photos / "good.jpg").read_bytes()
    (photos / "cut.jpg").write_bytes(content[: len(content) // 2])
    (photos / "empty.png").write_bytes(b"")
    (photos / "notes.txt").write_text("not a photo")
    (photos / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 40)
    (photos / "bomb.png").write_bytes(bomb(60_000, 60_000))
    Image.new("RGB", (9, 9)).save(photos / "tiny.png")
    (photos / "folder").mkdir()
    code, said = run("--json", tmp_path / "list.json")
    assert code == 0
    assert "7 received, 1 blurred, 6 rejected" in said
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["good.jpg"]
    listed = json.loads((tmp_path / "list.json").read_text("utf-8"))
    reasons = {one["photo"]: one.get("reason") for one in listed["photos"]}
    assert reasons == {
        "bomb.png": "unreadable",
        "cut.jpg": "unreadable",
        "empty.png": "not_an_image",
        "good.jpg": None,
        "notes.txt": "not_an_image",
        "phone.heic": "not_an_image",
        "tiny.png": "too_small",
    }
    for name, reason in reasons.items():
        assert reason is None or f"{name}: {reason} (" in said


@pytest.mark.parametrize("fault", [MemoryError(), RuntimeError("SECRET pixels 1 2 3")])
def test_a_frame_that_could_not_be_checked_is_not_written(
    photos: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    Image.fromarray(car()).save(photos / "a.png")
    Image.fromarray(car()[::-1]).save(photos / "b.png")
    before = Redactor._found
    calls: list[int] = []

    def failing(self: Redactor, frame: RawFrame) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise fault
        return before(self, frame)

    monkeypatch.setattr(Redactor, "_found", failing)
    code, said = run()
    assert code == 0
    assert "2 received, 1 blurred, 1 rejected" in said
    assert f"a.png: unchecked (could not be checked ({type(fault).__name__}))" in said
    assert "SECRET" not in said
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["b.png"]


def test_only_what_cannot_be_blurred_is_a_fault(photos: Path, run: Run) -> None:
    (photos / "a.jpg").write_bytes(b"no photo")
    code, said = run()
    assert code == 4
    assert "holds no photo that can be blurred" in said


@pytest.mark.parametrize("way", ["same", "dots", "link"])
def test_the_photos_are_never_replaced(photos: Path, run: Run, tmp_path: Path, way: str) -> None:
    Image.fromarray(car()).save(photos / "a.png")
    before = (photos / "a.png").read_bytes()
    (tmp_path / "link").symlink_to(photos, target_is_directory=True)
    out = {"same": photos, "dots": photos / ".." / "photos", "link": tmp_path / "link"}[way]
    code, said = run("--overwrite", out=out)
    assert code == 2
    assert "originals are never replaced" in said
    assert (photos / "a.png").read_bytes() == before


def test_a_link_to_an_original_is_replaced_and_not_followed(
    photos: Path, run: Run, tmp_path: Path
) -> None:
    Image.fromarray(car()).save(photos / "a.png")
    before = (photos / "a.png").read_bytes()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.png").symlink_to(photos / "a.png")
    assert run()[0] == 2
    assert run("--overwrite")[0] == 0
    assert (photos / "a.png").read_bytes() == before
    assert not (tmp_path / "out" / "a.png").is_symlink()
    assert run("--overwrite", "--json", photos / "a.png")[0] == 2
    assert (photos / "a.png").read_bytes() == before


def test_two_files_that_would_become_one_are_not_mixed(photos: Path, run: Run) -> None:
    Image.fromarray(car()).save(photos / "a.bmp")
    Image.fromarray(car()).save(photos / "a.bmp.png")
    code, said = run()
    assert code == 0
    assert "2 received, 1 blurred, 1 rejected" in said
    assert "a.bmp.png: unreadable (another file becomes a.bmp.png too)" in said


def test_a_portrait_from_a_package_is_hidden_at_its_full_size(
    photos: Path, run: Run, tmp_path: Path
) -> None:
    source = Image.open(str(files("skimage") / "data" / "astronaut.png")).convert("RGB")
    source.resize((1024, 1024)).save(photos / "portrait.png")
    assert run()[0] == 0
    shown = np.asarray(Image.open(tmp_path / "out" / "portrait.png"))
    assert is_flat(shown[140:340, 380:520])
