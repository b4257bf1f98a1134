"""Programmes that visitors ask for: worked out apart, one at a time, and kept."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from gatusyn.model import (
    FormFault,
    GatusynError,
    ProgrammeParams,
    TownProgramme,
)
from gatusyn.pipeline import (
    City,
    Language,
    ProgrammeFiles,
    ProgrammePaths,
    StreetLock,
    TownStock,
    bring_up_to_date,
    make_programme,
    saved_programme,
    write_locks,
    write_programme,
)
from gatusyn.serve.city_now import CityNow, reckoned_from
from gatusyn.serve.errors import BusyError, MissingError
from gatusyn.serve.saved import SavedProgrammes

DOCUMENTS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "gpkg": "application/geopackage+sqlite3",
}
"""Types of the documents that are made of a programme."""

KEPT = 12
WAITING = 6
"""More are refused: each takes seconds in a large town."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a visitor asks for; equal wishes are worked out once."""

    budget_sek: float
    years: int
    locks: tuple[StreetLock, ...] = ()


@dataclass(slots=True, kw_only=True)
class Job:
    """A wish being worked out.

    Parameters
    ----------
    number
        Names it while the service runs: the same for the same wish to the same town.
    what, done, total
        How far it has come, in the pipeline's words.
    """

    wish: Wish
    number: str = ""
    future: Future[tuple[TownProgramme, TownStock]] | None = None
    what: str = ""
    done: int = 0
    total: int = 0
    made: dict[str, bytes] = field(default_factory=dict)

    def step(self, what: str, done: int, total: int) -> None:
        """Note how far it has come."""
        self.what, self.done, self.total = what, done, total

    @property
    def is_done(self) -> bool:
        """Whether there is a result or a fault."""
        return self.future is not None and self.future.done()

    @property
    def fault(self) -> GatusynError | None:
        """Return why there is no programme."""
        if self.future is None or not self.future.done():
            return None
        error = self.future.exception()
        if error is None or isinstance(error, GatusynError):
            return error
        raise error

    @property
    def result(self) -> tuple[TownProgramme, TownStock] | None:
        """Return the programme and what it was made from; None while it is worked out."""
        if self.future is None or not self.is_done or self.fault is not None:
            return None
        return self.future.result()


class Planner:
    """Works programmes out for a city.

    Parameters
    ----------
    town
        Its settings say everything that a wish does not.
    saved
        Its saved programmes.
    """

    def __init__(self, town: CityNow, saved: SavedProgrammes) -> None:
        self._town = town
        self.saved = saved
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="programme")
        self._jobs: OrderedDict[tuple[str, Wish], Job] = OrderedDict()
        self._lock = Lock()

    @property
    def city(self) -> City:
        """The city with the settings of this moment."""
        return self._town.now()

    def ask(self, wish: Wish) -> Job:
        """Return the job of a wish, started if it was not.

        Raises
        ------
        BusyError
            If too many wait.
        """
        city = self.city
        key = f"{reckoned_from(city)}|{city.settings}", wish
        with self._lock:
            job = self._jobs.get(key)
            if job is None:
                if sum(not own.is_done for own in self._jobs.values()) >= WAITING:
                    raise BusyError(
                        "Programmes",
                        "are being worked out for others",
                        "Wait a minute.",
                        form=FormFault.PROGRAMME_BUSY,
                    )
                job = self._jobs[key] = Job(wish=wish, number=_number_of(key))
                job.future = self._pool.submit(self._work, job, city)
                done = [name for name, own in self._jobs.items() if own.is_done]
                for name in done[: max(len(self._jobs) - KEPT, 0)]:
                    del self._jobs[name]
            self._jobs.move_to_end(key)
            return job

    def job(self, number: str) -> Job:
        """Return a job by its number.

        Raises
        ------
        MissingError
            If there is none, or none any more.
        """
        with self._lock:
            for job in self._jobs.values():
                if job.number == number:
                    return job
        raise MissingError(f"Programme {number}", "is not (or no longer) here", "Ask for it again.")

    def _work(self, job: Job, city: City) -> tuple[TownProgramme, TownStock]:
        wish = job.wish
        params: ProgrammeParams = replace(
            city.settings.programme, budget_sek=wish.budget_sek, years=wish.years
        )
        with tempfile.TemporaryDirectory() as folder:
            files = ProgrammeFiles()
            if wish.locks:
                files = ProgrammeFiles(locks=Path(folder) / "locks.csv")
                assert files.locks is not None
                write_locks(files.locks, wish.locks)
            bring_up_to_date(city)
            return make_programme(
                city, params, name="", by="", now_s=time.time(), files=files, progress=job
            )

    def finished(self, wish: Wish) -> tuple[TownProgramme, TownStock]:
        """Return the programme of a wish, waiting for it.

        Raises
        ------
        GatusynError
            Why there is none.
        """
        future = self.ask(wish).future
        assert future is not None
        return future.result()

    def save(self, programme: TownProgramme, *, name: str, by: str) -> TownProgramme:
        """Keep a programme under a name and return it.

        Raises
        ------
        ProgrammeError
            If there is one of that name: two who save the same name at once, too.
        """
        named = replace(programme, name=name, made_by=by, made_s=time.time())
        self.city.store.programmes.save(saved_programme(named))
        return named

    def document(
        self, made: tuple[TownProgramme, TownStock], kind: str, *, language: str, link: str
    ) -> bytes:
        """Return a programme as XLSX, PDF or GeoPackage, as ``gatusyn programme`` writes it."""
        programme, town = made
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"programme.{kind}"
            paths = {
                "xlsx": ProgrammePaths(xlsx=path),
                "pdf": ProgrammePaths(pdf=path),
                "gpkg": ProgrammePaths(gpkg=path),
            }
            if kind not in paths:
                raise MissingError(f"A programme as {kind}", "is not made", "Take xlsx or pdf.")
            write_programme(
                programme, town, paths[kind], language=Language(language), map_link=link
            )
            return path.read_bytes()


def _number_of(key: tuple[str, Wish]) -> str:
    return hashlib.sha256(repr(key).encode()).hexdigest()[:24]


def wish_text(locks: Sequence[StreetLock]) -> list[tuple[str, str]]:
    """Return locks as the fields of an address."""
    return [
        ("never", own.street)
        if own.treatment is None
        else ("must", f"{own.treatment}:{own.year}:{own.street}")
        for own in locks
    ]
