"""How long pictures and the traces of drives are kept."""

from __future__ import annotations

from dataclasses import dataclass

from gatusyn.model.checks import require_between


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionParams:
    """How long what tells of people is kept; ``gatusyn prune`` removes it. Measurements stay.

    Parameters
    ----------
    finding_days
        Days that a picture in which a finding was seen is kept, from when it was taken. A year:
        until the next yearly survey, so that a damage can be compared with itself.
    section_days
        Days that every other picture is kept. Three months: a grade is checked against its pictures
        in the season of the survey; after that nobody needs them, and they show people.
    drive_days
        Days until a drive is made coarse: its times are cut to the day, its frames' places, speeds
        and names and the footage's name go. Pictures that are kept longer keep theirs. A year, as
        the pictures that need them.
    audit_days
        Days that the audit log (who changed what, who looked at which picture) is kept. A year:
        enough to find out who did what, no longer than the pictures that it is about.
    """

    finding_days: float = 365.0
    section_days: float = 90.0
    drive_days: float = 365.0
    audit_days: float = 365.0

    def __post_init__(self) -> None:
        require_between("retention.finding_days", self.finding_days, 0.0, 36_500.0)
        require_between("retention.section_days", self.section_days, 0.0, 36_500.0)
        require_between("retention.drive_days", self.drive_days, 0.0, 36_500.0)
        require_between("retention.audit_days", self.audit_days, 1.0, 36_500.0)
