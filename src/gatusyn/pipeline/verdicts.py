"""What people say of findings: noted as facts, and heeded at once."""

from __future__ import annotations

from gatusyn.model import DamageKind, Finding, FindingError, Verdict, VerdictKind
from gatusyn.pipeline.city import City
from gatusyn.pipeline.derive import bring_up_to_date

LONGEST_WHY = 500


def say_of_finding(
    city: City,
    finding_id: str,
    verdict: VerdictKind,
    *,
    why: str,
    by: str,
    now_s: float,
    said_kind: DamageKind | None = None,
) -> Verdict:
    """Note what a person says of a finding, and derive what depends on it.

    Parameters
    ----------
    said_kind
        What it is, where the verdict is that it is of another kind.

    Raises
    ------
    FindingError
        If there is no such finding, or nothing or too much is said.
    """
    if not why.strip() or len(why) > LONGEST_WHY:
        raise FindingError(
            finding_id,
            f"needs a reason of 1 to {LONGEST_WHY} characters",
            "Say why: it stays with the finding.",
        )
    bring_up_to_date(city)
    finding = finding_named(city, finding_id)
    noted = city.store.finding_ledger.say(
        Verdict(
            finding_id=finding.finding_id,
            verdict=verdict,
            kind=finding.kind,
            said_kind=said_kind,
            footprint=finding.footprint,
            why=why,
            by=by,
            said_s=now_s,
        )
    )
    bring_up_to_date(city)
    return noted


def finding_named(city: City, finding_id: str) -> Finding:
    """Return a finding; where its id went into another's, say which.

    Raises
    ------
    FindingError
        If there is none.
    """
    for one in city.store.findings():
        if one.finding_id == finding_id:
            return one
    last = [
        one
        for one in city.store.finding_ledger.events(finding_id=finding_id)
        if one.finding_id == finding_id
    ]
    if not last:
        raise FindingError(finding_id, "is no finding of this city", "See `gatusyn finding list`.")
    into = f": see {last[-1].other_id}" if last[-1].other_id else ""
    raise FindingError(
        finding_id, f"is not there any more ({last[-1].why}{into})", "See `gatusyn finding list`."
    )
