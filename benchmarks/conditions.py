"""How long it takes to grade a whole town from its findings and what was looked at.

``python benchmarks/conditions.py --sections 45000 --json build/conditions.json`` grades a made-up
town: straight streets of 300 m in sections of 20 m, a look every 5 m, and findings drawn at random,
more of them on some streets than on others.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import shapely
from shapely import LineString, box

from gatusyn.condition import derive_conditions, load_curves
from gatusyn.model import (
    ConditionParams,
    Coverage,
    DamageKind,
    Finding,
    Grade,
    Link,
    Network,
    PixelClass,
    Rates,
    Section,
    SeverityReason,
    Side,
)

EAST, NORTH, EPSG = 300_000.0, 6_200_000.0, 3006
PER_LINK, LENGTH_M, WIDTH_M = 15, 20.0, 7.0
RATES = {
    PixelClass.CRACK: Rates(precision=0.83, recall=0.77),
    PixelClass.POTHOLE: Rates(precision=0.86, recall=0.59),
    PixelClass.PATCH: Rates(precision=0.27, recall=0.59),
}
SIZES = (
    (DamageKind.LONGITUDINAL_CRACK, 0.3, 6.0, SeverityReason.SINGLE_LINE),
    (DamageKind.TRANSVERSE_CRACK, 3.0, 0.3, SeverityReason.BRANCHED),
    (DamageKind.CRAZING, 1.2, 3.0, SeverityReason.CLEAR_NET),
    (DamageKind.POTHOLE, 0.4, 0.4, SeverityReason.MEDIUM_HOLE),
    (DamageKind.SURFACE_LOSS, 1.5, 1.5, SeverityReason.SURFACE_LOST),
    (DamageKind.PATCH, 1.5, 2.0, SeverityReason.SOUND_PATCH),
)
"""What is drawn: kind, metres across and along the street, and why it has its severity."""


def make_town(sections: int) -> Network:
    """Return parallel streets, a link each."""
    links, cut = [], []
    for number in range(-(-sections // PER_LINK)):
        east, north = EAST + 30.0 * (number % 500), NORTH + 400.0 * (number // 500)
        length = PER_LINK * LENGTH_M
        link = Link(
            link_id=f"{number}:0-1",
            element_id=str(number),
            start_measure=0.0,
            end_measure=1.0,
            line=LineString([(east, north), (east, north + length)]),
            street_name=f"Gata {number // 4}",
            functional_class=str(number % 6 + 4),
            width_m=WIDTH_M,
        )
        links.append(link)
        for place in range(PER_LINK):
            start, end = place * LENGTH_M, (place + 1) * LENGTH_M
            cut.append(
                Section(
                    section_id=f"{link.link_id}#{place}",
                    link_id=link.link_id,
                    element_id=link.element_id,
                    start_m=start,
                    end_m=end,
                    start_measure=start / length,
                    end_measure=end / length,
                    line=LineString([(east, north + start), (east, north + end)]),
                    width_m=WIDTH_M,
                    width_is_assumed=False,
                )
            )
    return Network(epsg=EPSG, links=tuple(links), sections=tuple(cut[:sections]))


def make_coverage(network: Network) -> list[tuple[str, Coverage]]:
    """Return a look every 5 m, 8.5 m long and 6 m wide, on every street."""
    looks = []
    for link in network.links:
        east, north = link.line.coords[0]
        for place in np.arange(0.0, link.length_m, 5.0).tolist():
            footprint = box(east - 2.5, north + place, east + 3.5, north + place + 8.5)
            look = Coverage(
                frame_id=f"{link.link_id}/{place:g}",
                link_id=link.link_id,
                footprint=footprint,
                time_s=0.0,
            )
            looks.append(("run", look))
    return looks


def make_findings(network: Network, *, seed: int) -> list[Finding]:
    """Return findings, on average 1.6 a section, most of them on few streets."""
    random = np.random.default_rng(seed)
    findings = []
    for link in network.links:
        east, north = link.line.coords[0]
        sections = network.sections_by_link.get(link.link_id, ())
        for number in range(random.poisson(random.gamma(0.5, 3.2) * len(sections))):
            kind, across, along, reason = SIZES[int(random.integers(len(SIZES)))]
            x, y = east + random.uniform(-2.0, 3.0), north + random.uniform(0.0, link.length_m)
            shape = shapely.box(x - across / 2, y - along / 2, x + across / 2, y + along / 2)
            place = min(int((y - north) // LENGTH_M), len(sections) - 1)
            linear = kind in (DamageKind.LONGITUDINAL_CRACK, DamageKind.TRANSVERSE_CRACK)
            findings.append(
                Finding(
                    finding_id=f"{link.link_id}/{number}",
                    kind=kind,
                    footprint=shape,
                    sigma_along_m=1.0,
                    sigma_across_m=0.5,
                    confidence=0.8,
                    link_id=link.link_id,
                    element_id=link.element_id,
                    section_id=sections[place].section_id,
                    offset_m=y - north,
                    measure=(y - north) / link.length_m,
                    side=Side.RIGHT,
                    length_m=max(across, along),
                    area_m2=max(across, along) * 0.3 if linear else across * along,
                    severity_reason=reason,
                    first_seen_s=0.0,
                    last_seen_s=0.0,
                    observation_ids=(("run", f"{link.link_id}/{number}"),),
                )
            )
    return findings


def main() -> None:
    """Time one town."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sections", type=int, default=45_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    network = make_town(given.sections)
    coverage = make_coverage(network)
    findings = make_findings(network, seed=given.seed)
    started = time.process_time()
    conditions = derive_conditions(
        findings, coverage, network, ConditionParams(), load_curves(None), {"run": RATES}
    )
    seconds = time.process_time() - started
    result = {
        "sections": len(network.sections),
        "looks": len(coverage),
        "findings": len(findings),
        "seconds": round(seconds, 2),
        "by_grade": {grade.word: sum(one.grade is grade for one in conditions) for grade in Grade},
    }
    print(json.dumps(result, indent=2))
    if given.json is not None:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps(result, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
