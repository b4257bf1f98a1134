"""Removes what is due, pictures and then drives' times, and says why; what was measured stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace

from gatusyn.model import HeldError, Hold, KeptPicture, RemovalCause
from gatusyn.pipeline.city import City
from gatusyn.pipeline.coarsen import Coarsening, coarsen_drives
from gatusyn.pipeline.derive import bring_up_to_date
from gatusyn.pipeline.footage import FootagePruning, prune_footage
from gatusyn.pipeline.retention_rules import Rule, RuleOutcome, picture_rules
from gatusyn.store import FrameKey

TOGETHER = 200
"""Pictures removed in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruning:
    """What became of every stored picture: total = removed + held + not due.

    Parameters
    ----------
    held
        Holds with the due pictures that each kept; a picture under two holds counts in both.
    held_count
        Due pictures that a hold kept, each once.
    next_due_s
        When the next picture will be due; None if none is left that no hold keeps.
    drives
        What became of the drives' times and places.
    audit_entries
        Entries of the audit log that were forgotten, or would be.
    footage
        What became of footage that was sent.
    """

    total: int
    rules: tuple[RuleOutcome, ...]
    held: tuple[tuple[Hold, int], ...]
    held_count: int
    next_due_s: float | None
    drives: Coarsening
    audit_entries: int = 0
    footage: FootagePruning | None = None

    @property
    def removed(self) -> int:
        """Pictures that were removed, or would be."""
        return sum(one.count for one in self.rules)


def prune(city: City, *, now_s: float, by: str, dry_run: bool = False) -> Pruning:
    """Remove what is due by the city's settings, except what is under a hold.

    Killed midway, what was removed is gone with its note, and the rest is due at the next time.

    Parameters
    ----------
    by
        Who says so, for the notes.
    dry_run
        Only say what would be removed.
    """
    bring_up_to_date(city)
    before = _plan(city, now_s)
    if dry_run:
        told = _told(city, before, _coarsen(city, before, now_s, by, dry_run=True))
        return _rest(city, told, now_s, by, dry_run=True)
    removed: Counter[Rule] = Counter()
    oldest: dict[Rule, float] = {}
    plan = before
    while batch := plan.next_batch():
        rule, pictures = batch
        try:
            taken = city.store.ledger.remove(
                [own.picture_id for own in pictures],
                cause=RemovalCause.RETENTION,
                reason=rule.reason,
                by=by,
                now_s=now_s,
            )
        except HeldError:
            # A hold was placed meanwhile: it counts.
            plan = _plan(city, now_s)
            continue
        removed[rule] += len(taken)
        for own in taken:
            oldest[rule] = min(oldest.get(rule, own.time_s), own.time_s)
        plan.due[rule] = plan.due[rule][len(pictures) :]
    left = _plan(city, now_s)
    drives = _coarsen(city, left, now_s, by, dry_run=False)
    told = _told(city, left, drives, removed=removed, oldest=oldest)
    return _rest(city, told, now_s, by, dry_run=False)


def _rest(city: City, told: Pruning, now_s: float, by: str, *, dry_run: bool) -> Pruning:
    footage = prune_footage(city, now_s=now_s, by=by, dry_run=dry_run)
    return replace(told, footage=footage, audit_entries=_forget(city, now_s, dry_run=dry_run))


def _forget(city: City, now_s: float, *, dry_run: bool) -> int:
    accounts = city.store.accounts
    before_s = now_s - 86_400.0 * city.settings.retention.audit_days
    if dry_run:
        return accounts.count_entries(before_s=before_s)
    return accounts.forget_entries(before_s=before_s)


@dataclass(slots=True)
class _Plan:
    """Which pictures are due by which rule, oldest first."""

    total: int
    due: dict[Rule, list[KeptPicture]]
    held: list[KeptPicture]
    held_by: Mapping[FrameKey, tuple[int, ...]]
    next_due_s: float | None
    kept: Counter[str] = field(default_factory=Counter)
    """How many pictures stay, by drive."""

    def next_batch(self) -> tuple[Rule, list[KeptPicture]] | None:
        return next(((rule, own[:TOGETHER]) for rule, own in self.due.items() if own), None)


def confirms_a_finding(picture: KeptPicture, found: Container[tuple[str, str]]) -> bool:
    """Say whether a picture is one in which a finding was seen.

    Findings are known on the current network only. What was seen in a drive that has not been
    placed on it yet may still be one; what a superseded run has, the newer one has too.

    Parameters
    ----------
    found
        (run_id, observation_id) of all findings.
    """
    if not picture.shown:
        return False
    if not picture.on_current:
        return bool(picture.observation_ids)
    return any((picture.run_id, seen) in found for seen in picture.observation_ids)


def _plan(city: City, now_s: float) -> _Plan:
    store = city.store
    found = {seen for finding in store.findings() for seen in finding.observation_ids}
    of_findings, of_sections = picture_rules(city.settings.retention)
    held_by = store.ledger.held(now_s=now_s)
    plan = _Plan(0, {of_findings: [], of_sections: []}, [], held_by, None)
    for picture in store.ledger.kept():
        plan.total += 1
        rule = of_findings if confirms_a_finding(picture, found) else of_sections
        is_held = (picture.drive_id, picture.frame_id) in held_by
        due_s = rule.due_s(picture.time_s)
        if now_s >= due_s and not is_held:
            plan.due[rule].append(picture)
            continue
        plan.kept[picture.drive_id] += 1
        if now_s >= due_s:
            plan.held.append(picture)
        elif not is_held:
            plan.next_due_s = min(plan.next_due_s or due_s, due_s)
    return plan


def _coarsen(city: City, plan: _Plan, now_s: float, by: str, *, dry_run: bool) -> Coarsening:
    going = {own.drive_id for pictures in plan.due.values() for own in pictures}
    return coarsen_drives(city, going=going, kept=plan.kept, now_s=now_s, by=by, dry_run=dry_run)


def _told(
    city: City,
    plan: _Plan,
    drives: Coarsening,
    *,
    removed: Mapping[Rule, int] | None = None,
    oldest: Mapping[Rule, float] | None = None,
) -> Pruning:
    """Sum up: what is still due where ``removed`` is None (a dry run), else what went."""
    if removed is None:
        removed = {rule: len(own) for rule, own in plan.due.items()}
        oldest = {rule: own[0].time_s for rule, own in plan.due.items() if own}
        total = plan.total
    else:
        total = plan.total + sum(removed.values())
    return Pruning(
        total=total,
        rules=tuple(
            RuleOutcome(rule=rule, count=removed.get(rule, 0), oldest_s=(oldest or {}).get(rule))
            for rule in picture_rules(city.settings.retention)
        ),
        held=_holds(city, plan.held, plan.held_by),
        held_count=len(plan.held),
        next_due_s=plan.next_due_s,
        drives=drives,
    )


def _holds(
    city: City, pictures: Iterable[KeptPicture], held_by: Mapping[FrameKey, tuple[int, ...]]
) -> tuple[tuple[Hold, int], ...]:
    counts = Counter(number for own in pictures for number in held_by[(own.drive_id, own.frame_id)])
    return tuple(
        (hold, counts[hold.number]) for hold in city.store.ledger.holds() if counts[hold.number]
    )
