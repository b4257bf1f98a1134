"""Makes the drives coarse whose times and places have been kept long enough."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gatusyn.pipeline.city import City
from gatusyn.pipeline.derive import bring_up_to_date
from gatusyn.pipeline.retention_rules import RuleOutcome, drive_rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Coarsening:
    """What became of the drives' times and places.

    Parameters
    ----------
    outcome
        What was made coarse, or would be.
    kept_pictures
        Pictures of these drives that are there still, with their times and places.
    held
        Due drives that a hold kept as they are.
    fine
        Drives that are not due.
    next_due_s
        When the next of them will be due; None if there are none.
    """

    outcome: RuleOutcome
    kept_pictures: int
    held: int
    fine: int
    next_due_s: float | None


def coarsen_drives(
    city: City,
    *,
    going: Collection[str],
    kept: Mapping[str, int],
    now_s: float,
    by: str,
    dry_run: bool,
) -> Coarsening:
    """Make drives coarse that are due, oldest first, each whole or not at all.

    Parameters
    ----------
    going
        Drives of which pictures would go first.
    kept
        How many pictures stay, by drive.
    by
        Who says so, for the note.
    dry_run
        Only say what would be made coarse.
    """
    store, rule = city.store, drive_rule(city.settings.retention)
    fine = [own for own in store.traces(now_s=now_s) if own.is_fine or own.drive_id in going]
    due = [own for own in fine if now_s >= rule.due_s(own.ended_s)]
    later = [own for own in fine if own not in due and not own.is_held]
    done = [own for own in due if not own.is_held]
    if not dry_run:
        gap_s = city.settings.findings.pass_gap_s
        done = [
            own
            for own in done
            if store.make_coarse(own.drive_id, gap_s=gap_s, reason=rule.reason, by=by, now_s=now_s)
        ]
        bring_up_to_date(city)
    return Coarsening(
        outcome=RuleOutcome(
            rule=rule,
            count=len(done),
            oldest_s=min((own.ended_s for own in done), default=None),
        ),
        kept_pictures=sum(kept.get(own.drive_id, 0) for own in done),
        held=len(due) - len(done),
        fine=len(fine) - len(due),
        next_due_s=min((rule.due_s(own.ended_s) for own in later), default=None),
    )
