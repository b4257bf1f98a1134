"""Inspects drives: from footage and track to facts in the store, one transaction a drive."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gatusyn.capture import DriveSource, find_drives
from gatusyn.model import DriveFacts, DriveFault, FootageError, GatusynError, StorageFullError
from gatusyn.pipeline.city import City
from gatusyn.pipeline.derive import bring_up_to_date, curves_of
from gatusyn.pipeline.drive import Town, inspect_drive
from gatusyn.pipeline.progress import Progress, SilentProgress
from gatusyn.pipeline.stages import Stages, load_stages
from gatusyn.pipeline.timing import StageClock


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveOutcome:
    """What became of one drive.

    Parameters
    ----------
    name
        The footage's name, or the path that was given if no drive could be read from it.
    facts
        What was committed; None if nothing was.
    known
        Whether this very drive, inspected in the same way, was in the store already.
    error
        Why the drive could not be used.
    withheld
        Pictures that were not kept, since people had them or their moment removed or marked.
    """

    name: str
    facts: DriveFacts | None = None
    known: bool = False
    error: GatusynError | None = None
    withheld: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What became of every drive that was given."""

    outcomes: tuple[DriveOutcome, ...]

    @property
    def exit_code(self) -> int:
        """0 if every drive was used, else the first failed drive's code."""
        return next((one.error.exit_code for one in self.outcomes if one.error), 0)


def inspect_drives(
    city: City,
    paths: Sequence[Path],
    *,
    track: Path | None = None,
    stages: Stages | None = None,
    progress: Progress | None = None,
    clock: StageClock | None = None,
) -> Inspection:
    """Inspect drives one after the other, then derive findings and grades.

    A drive that cannot be used is told of and the others go on; so does one after a full disk,
    since a smaller drive may still fit.

    Parameters
    ----------
    paths
        Videos, folders of photos, or folders of videos.
    track
        The track of the only drive, where it does not lie beside the footage.

    Raises
    ------
    GatusynError
        If the city itself cannot be used: no drive would go.
    """
    steps, times = progress or SilentProgress(), clock or StageClock()
    with times.time("load"):
        models = stages or load_stages(city.settings, folder=city.folder)
        curves_of(city)  # a wrong file is told before hours of work
    outcomes: list[DriveOutcome] = []
    with city.store.inspecting():
        with times.time("load"):
            town = Town.of(city.store.read_network(), city.settings)
        for path in paths:
            try:
                sources = find_drives(path, track=track)
            except GatusynError as error:
                outcomes.append(DriveOutcome(name=path.name, error=error))
                continue
            outcomes += [_one(city, town, source, models, steps, times) for source in sources]
        with times.time("derive"):
            steps.step("grading the sections", 0, 0)
            bring_up_to_date(city, network=town.network)
    return Inspection(outcomes=tuple(outcomes))


def _one(
    city: City,
    town: Town,
    source: DriveSource,
    stages: Stages,
    progress: Progress,
    clock: StageClock,
) -> DriveOutcome:
    try:
        facts, known = inspect_drive(
            city, town, source, stages=stages, progress=progress, clock=clock
        )
    except GatusynError as error:
        return DriveOutcome(name=source.name, error=error)
    except OSError as error:
        fault = _of_system(source, error)
        fault.__cause__ = error
        return DriveOutcome(name=source.name, error=fault)
    return DriveOutcome(name=source.name, facts=facts, known=known, withheld=_withheld(city, facts))


def _withheld(city: City, facts: DriveFacts | None) -> int:
    if facts is None:
        return 0
    own = f"{facts.run_id}/"
    return sum(note.picture_id.startswith(own) for note in city.store.ledger.removals())


def _of_system(source: DriveSource, error: OSError) -> GatusynError:
    where = error.filename or source.footage
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFullError(where, "the disk is full", "Free some space and inspect again.")
    problem = f"cannot be read ({error.strerror or error})"
    return FootageError(where, problem, fault=DriveFault.UNREADABLE)
