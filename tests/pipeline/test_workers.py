"""Work on all cores gives what work in one process gives."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any, cast

import pytest
from tests.pipeline.test_update import NETWORK, derived, drives_of, made_city

from gatusyn.findings import believed
from gatusyn.model import Finding
from gatusyn.pipeline import belief, bring_up_to_date, regrade, update, workers
from gatusyn.pipeline.workers import Workers


def squared(number: int) -> int:
    return number**2


def test_results_come_in_the_order_of_the_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    with Workers() as own:
        assert (own.count, list(own.each(squared, [3, 1, 2]))) == (1, [9, 1, 4])
        monkeypatch.setattr(workers, "usable_cores", lambda: 1)
        own.start()
        assert own.count == 1, "one core has nobody to help it"


@pytest.mark.parametrize("cores", [1, 3])
def test_threads_give_results_in_the_order_of_the_tasks(
    cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "usable_cores", lambda: cores)
    assert list(workers.by_threads(squared, range(20))) == [number**2 for number in range(20)]


def process_of(number: int) -> tuple[int, int]:
    return number, os.getpid()


def test_this_process_works_too_on_what_no_helper_has_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers, "usable_cores", lambda: 2)

    def here(number: int) -> tuple[int, int]:
        time.sleep(0.3)
        return process_of(number)

    with Workers() as own:
        own.start()
        found = list(own.each(process_of, range(6), here=here))
    assert [number for number, _ in found] == list(range(6))
    by = [process for _, process in found]
    assert by[0] != os.getpid() == by[-1]


def failing(number: int) -> int:
    raise ValueError(f"{number} cannot be done")


def test_what_a_helper_fails_at_is_told_and_without_helpers_all_is_done_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers, "usable_cores", lambda: 2)
    with Workers() as own:
        own.start()
        with pytest.raises(ValueError, match="0 cannot be done"):
            list(own.each(failing, range(4), here=squared))
        assert own._pool is not None
        own._pool.shutdown()
        assert list(own.each(failing, range(4), here=squared)) == [0, 1, 4, 9]


class GivenPool:
    """Tasks that helpers were given, and end when the test says so."""

    def __init__(self) -> None:
        self.given: list[Future[int]] = []

    def submit(self, do: Callable[[int], int], task: int) -> Future[int]:
        self.given.append(Future())
        return self.given[-1]


def test_a_helper_has_one_more_task_waiting_while_there_are_plenty() -> None:
    pool = GivenPool()
    shared = workers._Shared(cast("ProcessPoolExecutor", pool), squared, helpers=1)
    counts = []
    for number in range(6):
        shared.add(number)
        counts.append(len(pool.given))
    assert counts == [1, 1, 1, 2, 2, 2], "of the first few only one: others can be done here"
    for number, given in ((0, 3), (1, 4), (2, 4), (3, 5)):
        pool.given[number].set_result(number**2)
        assert len(pool.given) == given
    pool.given[4].set_result(16)
    pool.given[5].set_result(25)
    assert list(shared.results(squared)) == [0, 1, 4, 9, 16, 25]


HELPED = """
import os, time
from gatusyn.pipeline import workers
workers.usable_cores = lambda: 2
own = workers.Workers()
own.start()
print(own._pool.submit(os.getpid).result(), flush=True)
own._pool.submit(time.sleep, 300)
time.sleep(300)
"""


def test_no_helper_works_on_when_the_process_that_it_helps_was_killed() -> None:
    command = [sys.executable, "-c", HELPED]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as helped:
        assert helped.stdout is not None
        assert int(helped.stdout.readline()) != helped.pid
        helped.kill()
        # The helper has the same pipe: it ends when both have.
        helped.communicate(timeout=30)


WHOLE = """
if __name__ == "__main__":
    from gatusyn.pipeline import workers

    workers.usable_cores = lambda: 2
    with workers.Workers() as own:
        own.start()
        print(own._pool.submit(abs, -9).result())
        print(own._pool.submit(eval, "'reportlab' in __import__('sys').modules").result())
        surface = "__import__('gatusyn.pipeline', fromlist=['City']).City.__name__"
        print(own._pool.submit(eval, surface).result())
"""


def test_a_helper_loads_what_it_is_asked_for_and_not_the_whole_program(tmp_path: Path) -> None:
    program = tmp_path / "whole.py"
    program.write_text(WHOLE)
    command = [sys.executable, str(program)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split("\n")[:-1] == ["9", "False", "City"]


def test_a_town_derived_by_several_processes_is_that_derived_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drives = drives_of(11, 4)
    results = []
    for cores in (1, 2):
        monkeypatch.setattr(workers, "usable_cores", lambda cores=cores: cores)
        monkeypatch.setattr(update, "WORTH_A_START", 1)
        monkeypatch.setattr(update, "_FEWEST_TILES", 1)
        monkeypatch.setattr(regrade, "_FEWEST", 1)
        for city in made_city(tmp_path / f"by-{cores}"):
            for facts in drives[:3]:
                city.store.write_drive(facts)
            asked: list[int] = []
            monkeypatch.setattr(belief, "believed", _counted(believed, asked))
            assert bring_up_to_date(city, network=NETWORK)
            assert asked or cores == 2, "one process believes all itself"
            city.store.write_drive(drives[3])
            assert bring_up_to_date(city, network=NETWORK)
            monkeypatch.undo()
            results.append(derived(city))
    assert results[0] == results[1]
    assert results[0][0], "there was something to derive"


def _counted(do: Callable[..., list[Finding]], asked: list[int]) -> Callable[..., list[Finding]]:
    def counting(*given: Any) -> list[Finding]:
        asked.append(1)
        return do(*given)

    return counting
