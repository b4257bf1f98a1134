"""``gatusyn prune``: pictures and drives' traces whose time has come go."""

from __future__ import annotations

from typing import Annotated

import typer

from gatusyn.cli.noting import By, CityFolder, day, named, now
from gatusyn.cli.output import plain_console
from gatusyn.pipeline import Coarsening, FootagePruning, Pruning, opened_city
from gatusyn.pipeline import prune as prune_city


def prune(
    city: CityFolder,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    by: By = None,
) -> None:
    """Remove pictures, traces, sent footage and audit entries that are due, except held ones."""
    with opened_city(city) as opened:
        pruning = prune_city(opened, now_s=now(), by=named(by), dry_run=dry_run)
    for line in lines_of(pruning, dry_run=dry_run):
        plain_console().print(line, markup=False)


def lines_of(pruning: Pruning, *, dry_run: bool) -> list[str]:
    """Return what went, by which rule, and what stayed and why."""
    done = "would be removed" if dry_run else "removed"
    lines = []
    for one in pruning.rules:
        oldest = "" if one.oldest_s is None else f", the oldest of {day(one.oldest_s)}"
        lines.append(f"{one.count} {done}{oldest}: {one.rule.reason}")
    for hold, count in pruning.held:
        lines.append(
            f"{count} kept though due: hold {hold.number} until {day(hold.until_s - 1)} on "
            f"{hold.subject.value} {hold.subject_id} ({hold.reason})"
        )
    left = pruning.total - pruning.removed - pruning.held_count
    following = "" if pruning.next_due_s is None else f"; the next on {day(pruning.next_due_s)}"
    lines.append(f"{left} of {pruning.total} pictures not due{following}")
    lines += _drive_lines(pruning.drives, dry_run=dry_run)
    if pruning.footage is not None:
        lines += _footage_lines(pruning.footage, dry_run=dry_run)
    if pruning.audit_entries:
        gone = "would be forgotten" if dry_run else "forgotten"
        lines.append(f"{pruning.audit_entries} entries of the audit log {gone}")
    return lines


def _footage_lines(footage: FootagePruning, *, dry_run: bool) -> list[str]:
    done = "would be destroyed" if dry_run else "destroyed"
    counts = (
        (footage.late, f"sent drives that waited too long {done}"),
        (footage.unfinished, f"files that nobody went on with {done}"),
        (footage.strays, f"files of sent footage that belonged to nothing {done}"),
        (footage.forgotten, f"sent drives {'would be ' if dry_run else ''}forgotten"),
        (footage.waiting, "sent drives wait to be looked at"),
    )
    return [f"{count} {words}" for count, words in counts if count]


def _drive_lines(drives: Coarsening, *, dry_run: bool) -> list[str]:
    done, outcome = "would be made coarse" if dry_run else "made coarse", drives.outcome
    oldest = "" if outcome.oldest_s is None else f", the oldest of {day(outcome.oldest_s)}"
    lines = [f"{outcome.count} drives {done}{oldest}: {outcome.rule.reason}"]
    if drives.kept_pictures:
        lines.append(f"{drives.kept_pictures} pictures of them are kept, with their moments")
    if drives.held:
        lines.append(f"{drives.held} drives kept though due: of them a picture is under a hold")
    following = "" if drives.next_due_s is None else f"; the next on {day(drives.next_due_s)}"
    lines.append(f"{drives.fine} drives not due{following}")
    return lines
