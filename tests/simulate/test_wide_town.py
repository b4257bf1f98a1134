from __future__ import annotations

from gatusyn.model import Grade
from gatusyn.simulate.wide_town import wide_town


def test_a_wide_town_holds_together() -> None:
    town = wide_town(sections=203, findings=500, seed=3)
    sections = {section.section_id: section for section in town.network.sections}
    assert len(sections) == len(town.network.sections) == 205
    assert [own.section_id for own in town.conditions] == list(sections)
    assert len({own.finding_id for own in town.findings}) == 500
    for finding in town.findings:
        section = sections[finding.section_id]
        assert finding.footprint.is_valid
        assert finding.footprint.distance(section.line) < 8
        assert section.start_m <= finding.offset_m <= section.end_m
    unknown = {own.section_id for own in town.conditions if own.grade is Grade.UNKNOWN}
    assert 5 < len(unknown) < 60
    assert not unknown & {own.section_id for own in town.findings}


def test_the_same_seed_makes_the_same_town() -> None:
    assert wide_town(sections=20, findings=30) == wide_town(sections=20, findings=30)
