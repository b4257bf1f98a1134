"""Boxes: read with care, matched by confidence, and made of regions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gatusyn.evaluate.boxes import Box, box_of, overlap, score_boxes
from gatusyn.evaluate.read_boxes import read_boxes
from gatusyn.model import Detection, FootageError, PixelClass

GOOD = """<annotation><folder>x</folder><filename>a.jpg</filename>
<size><width>600</width><height>500</height><depth>3</depth></size>
<object><name>D00</name><bndbox><xmin>10</xmin><ymin>20</ymin><xmax>30</xmax><ymax>90</ymax>
</bndbox></object>
<object><name>D44</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox>
</object></annotation>"""

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">'
    + "".join(f'<!ENTITY {n} "{f"&{m};" * 10}">' for m, n in zip("bcdefg", "cdefgh", strict=True))
    + "]><annotation><object><name>&h;</name></object></annotation>"
)
ELSEWHERE = (
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<annotation><object><name>&x;</name></object></annotation>"
)


def box(name: str, x1: float, y1: float, x2: float, y2: float, confidence: float = 1.0) -> Box:
    return Box(name=name, x1=x1, y1=y1, x2=x2, y2=y2, confidence=confidence)


def test_boxes_are_read_and_other_classes_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(GOOD)
    read = read_boxes(path)
    assert read.boxes == (box("D00", 10, 20, 30, 90),)
    assert (read.ignored, read.size_px) == (1, (600, 500))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<annotation><object>", "not well-formed"),
        ("", "not well-formed"),
        (BOMB, "defines the entity"),
        (ELSEWHERE, "defines the entity"),
        ("<svg/>", "its root is <svg>"),
        (GOOD.replace("<xmin>10</xmin>", ""), "without all four sides"),
        (GOOD.replace("<xmin>10", "<xmin>ten"), "without all four sides"),
        (GOOD.replace("<xmin>10", "<xmin>nan"), "of no size"),
        (GOOD.replace("<xmax>30", "<xmax>9"), "of no size"),
        ("<a>" * 20_000 + "</a>" * 20_000, "nest too deeply"),
    ],
)
def test_bad_and_hostile_files_are_one_message(content: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.xml"
    path.write_text(content)
    with pytest.raises(FootageError, match=r"bad\.xml") as told:
        read_boxes(path)
    assert words in str(told.value)


def test_overlap_is_a_share_of_the_union() -> None:
    one = box("D00", 0, 0, 10, 10)
    assert overlap(one, box("D00", 0, 0, 10, 10)) == 1.0
    assert overlap(one, box("D00", 5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert overlap(one, box("D00", 20, 0, 30, 10)) == 0.0


def test_the_surer_box_takes_the_true_one_and_the_other_is_false() -> None:
    there = [box("D40", 0, 0, 10, 10)]
    found = [box("D40", 0, 0, 10, 9, 0.5), box("D40", 0, 1, 10, 10, 0.9)]
    scores = score_boxes([(there, found)])
    assert (scores["D40"].true, scores["D40"].called, scores["D40"].hit) == (1, 2, 1)
    assert scores["all"].f1 == pytest.approx(2 / 3)


def test_a_box_in_another_frame_or_of_another_class_is_no_hit() -> None:
    there = [box("D00", 0, 0, 10, 10)]
    scores = score_boxes([(there, []), ([], there)])
    assert scores["all"].hit == 0
    scores = score_boxes([(there, [box("D10", 0, 0, 10, 10)])])
    assert (scores["all"].hit, scores["crack"].hit) == (0, 1)
    assert scores["D10"].precision == scores["D00"].recall == 0.0


@pytest.mark.parametrize(
    ("pixel_class", "outline", "name"),
    [
        (PixelClass.POTHOLE, [(0, 0), (9, 0), (9, 4), (0, 4)], "D40"),
        (PixelClass.CRACK, [(0, 0), (99, 0), (99, 19), (0, 19)], "D10"),
        (PixelClass.CRACK, [(0, 0), (49, 0), (49, 49), (0, 49)], "D20"),
        (PixelClass.CRACK, [(40, 0), (49, 0), (9, 99), (0, 99)], "D00"),
    ],
)
def test_a_region_becomes_the_box_around_it(
    pixel_class: PixelClass, outline: list[tuple[float, float]], name: str
) -> None:
    region = Detection(
        pixel_class=pixel_class, outline_px=np.array(outline, np.float64), confidence=0.7
    )
    made = box_of(region)
    assert made.name == name
    assert (made.x1, made.y1) == (0.0, 0.0)
    assert (made.x2, made.y2) == (
        max(x for x, _ in outline) + 1.0,
        max(y for _, y in outline) + 1.0,
    )
    assert made.confidence == 0.7
    told = replace(region, source_class="D20")
    assert box_of(told).name == "D20"
