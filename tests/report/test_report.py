"""The figures of a report add up, and its words stand beside them."""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.made_store import (
    START_S,
    make_condition,
    make_finding,
    make_link,
    make_network,
    make_sections,
)

from gatusyn.model import (
    CitySettings,
    DriveNote,
    DriveRemark,
    Grade,
    Network,
    Rejected,
    RejectReason,
    SectionCondition,
    StoreError,
)
from gatusyn.report import (
    ReportSummary,
    report_summary,
    report_text,
    write_figures,
    write_report,
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Drive:
    """What a report needs of a drive."""

    drive_id: str = "drive-1"
    name: str = "monday.mp4"
    detector_version: str = "gatusyn-damage 1 abc"
    started_s: float = START_S
    distance_m: float = 4321.0
    received: int = 1300
    accepted: int = 1297
    remarks: tuple[DriveRemark, ...] = (
        DriveRemark(note=DriveNote.CLOCK_BY_OWN, figures={"offset_s": 1.2}),
    )


def town() -> Network:
    """Storgatan and Nygatan with 60 m each, and 60 m without a name."""
    links = (make_link(0, name="Storgatan"), make_link(1, name="Nygatan"), make_link(2, name=" "))
    return Network(
        epsg=3006,
        links=links,
        sections=tuple(section for link in links for section in make_sections(link)),
    )


def summarise(
    conditions: tuple[SectionCondition, ...], *, network: Network | None = None
) -> ReportSummary:
    rejected = (
        Rejected(frame_id="a", reason=RejectReason.BLURRED),
        Rejected(frame_id="b", reason=RejectReason.TOO_DARK),
        Rejected(frame_id="c", reason=RejectReason.TOO_DARK),
    )
    return report_summary(
        network or town(),
        conditions,
        (make_finding(0), make_finding(1)),
        (Drive(),),
        rejected={"drive-1": rejected},
        settings=CitySettings(name="Åby"),
    )


CONDITIONS = (
    make_condition(
        "link-0/0", grade=Grade.VERY_POOR, index=10.0, observed_share=1.0, seen_well_share=1.0
    ),
    make_condition("link-0/1", grade=Grade.VERY_GOOD, index=100.0, observed_share=0.5),
    make_condition("link-0/2", grade=Grade.UNKNOWN, index=None, observed_share=0.1),
    make_condition("link-1/0", grade=Grade.GOOD, index=80.0, observed_share=0.9),
    make_condition("link-2/0", grade=Grade.POOR, index=40.0, observed_share=0.9),
)


def test_the_figures() -> None:
    summary = summarise(CONDITIONS)
    assert math.isclose(summary.length_m, 180.0)
    assert math.isclose(summary.observed_m, 20.0 * (1.0 + 0.5 + 0.1 + 0.9 + 0.9))
    by_grade = {figures.grade: figures for figures in summary.grades}
    assert list(by_grade)[-1] is Grade.UNKNOWN
    assert by_grade[Grade.VERY_POOR].sections == 1
    assert by_grade[Grade.UNKNOWN].sections == 5
    assert math.isclose(by_grade[Grade.UNKNOWN].length_m, 100.0)
    assert math.isclose(by_grade[Grade.GOOD].share, 20 / 180)
    pothole = next(figures for figures in summary.findings if figures.kind.value == "pothole")
    assert (pothole.count, pothole.length_m, pothole.area_m2) == (2, 1.4, 0.5)


def test_the_worst_streets_come_first_and_the_unknown_do_not_count() -> None:
    worst = summarise(CONDITIONS).worst
    assert [street.name for street in worst] == ["(no name) class 5", "Storgatan", "Nygatan"]
    storgatan = worst[1]
    assert storgatan.mean_index == pytest.approx(55.0)
    assert math.isclose(storgatan.graded_m, 40.0)
    assert math.isclose(storgatan.length_m, 60.0)
    assert storgatan.poor_sections == 1


def test_the_mean_is_weighted_by_surface() -> None:
    link = make_link(0)
    short, long, _ = make_sections(link)
    short = dataclasses.replace(short, end_m=5.0)
    long = dataclasses.replace(long, start_m=5.0, end_m=15.0, width_m=5.5 * short.width_m)
    network = Network(epsg=3006, links=(link,), sections=(short, long))
    conditions = (
        make_condition("link-0/0", index=0.0),
        make_condition("link-0/1", index=60.0),
    )
    (street,) = summarise(conditions, network=network).worst
    assert street.mean_index == pytest.approx(55.0)


def test_the_text_says_it_in_words() -> None:
    text = report_text(summarise(CONDITIONS))
    for words in (
        "Condition of the streets: Åby, 2026",
        "Seen: 0.07 km of 0.18 km (37.8%), 0.02 km of it well",
        "1 very good",
        "5 very poor",
        "- unknown",
        "pothole",
        "(no name) class 5",
        "monday.mp4",
        "4.32 km",
        "1,300",
        "not used: 2 too dark, 1 blurred",
        "the video starts 1.2 s later than its own clock",
        "detector      gatusyn-damage 1 abc",
        "Grades and index by the deduct method (Gatusyn deduct curves 1).",
        "handbook_points_1",
    ):
        assert words in text
    assert text.endswith("\n")
    assert max(len(line) for line in text.splitlines()) <= 100


def test_a_town_that_nobody_looked_at() -> None:
    network = make_network()
    summary = report_summary(network, (), (), (), rejected={}, settings=CitySettings(name="Åby"))
    text = report_text(summary)
    assert "(0.0%)" in text
    assert "Worst streets: none" in text
    assert "Drives: none yet." in text
    assert summary.grades[-1].share == 1.0


def test_an_empty_network_is_no_division_by_zero() -> None:
    network = Network(epsg=3006, links=(), sections=())
    summary = report_summary(network, (), (), (), rejected={}, settings=CitySettings())
    assert "no streets" in report_text(summary)


def test_a_drive_s_name_cannot_steer_the_terminal() -> None:
    remark = DriveRemark(note=DriveNote.CLOCKLESS, figures={"source": "\x1b[31mred\nline"})
    drive = Drive(name="\x1b[2Jmonday.mp4", remarks=(remark,))
    summary = report_summary(
        town(), (), (), (drive,), rejected={}, settings=CitySettings(name="Å\x07by")
    )
    text = report_text(summary)
    assert "\x1b" not in text
    assert "\x07" not in text


@given(
    st.lists(
        st.tuples(st.sampled_from(Grade), st.floats(0, 1), st.floats(0, 100)),
        min_size=9,
        max_size=9,
    )
)
def test_lengths_always_add_up(states: list[tuple[Grade, float, float]]) -> None:
    network = town()
    conditions = tuple(
        make_condition(
            section.section_id,
            grade=grade,
            index=None if grade is Grade.UNKNOWN else index,
            observed_share=share,
        )
        for section, (grade, share, index) in zip(network.sections, states, strict=True)
    )
    summary = summarise(conditions, network=network)
    assert math.isclose(sum(f.length_m for f in summary.grades), summary.length_m)
    assert math.isclose(sum(f.share for f in summary.grades), 1.0)
    assert sum(f.sections for f in summary.grades) == 9
    assert 0.0 <= summary.observed_m <= summary.length_m + 1e-9
    means = [street.mean_index or 0.0 for street in summary.worst]
    assert all(one <= two for one, two in itertools.pairwise(means))


def test_the_figures_of_every_street_class_and_area_are_written(tmp_path: Path) -> None:
    write_figures(summarise(CONDITIONS), tmp_path / "figures.json")
    figures = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    assert (figures["method"], figures["index_name"]) == ("deduct", "Gatusyn deduct curves 1")
    assert [one["name"] for one in figures["streets"]] == [
        "(no name) class 5",
        "Storgatan",
        "Nygatan",
    ]
    assert figures["streets"][1]["mean_index"] == pytest.approx(55.0)
    assert figures["streets"][1]["extents"][0]["kind"] == "pothole"
    for groups in ("streets", "road_classes", "areas"):
        assert sum(one["sections"] for one in figures[groups]) == 9
        assert sum(one["length_m"] for one in figures[groups]) == pytest.approx(figures["length_m"])


def test_a_report_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    write_report(summarise(CONDITIONS), path)
    assert path.read_text("utf-8") == report_text(summarise(CONDITIONS))
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(StoreError, match="cannot be written"):
        write_report(summarise(CONDITIONS), tmp_path / "missing" / "report.txt")
