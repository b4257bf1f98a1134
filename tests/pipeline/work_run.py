"""Looks at a sent drive in a process of its own: ``python -m tests.pipeline.work_run CITY``."""

from __future__ import annotations

import faulthandler
import sys
from pathlib import Path

from tests.made_stages import made_stages

from gatusyn.pipeline import Worker, open_city


def main() -> None:
    faulthandler.enable(all_threads=True)
    city = open_city(Path(sys.argv[1]))
    worker = Worker(city, stages=made_stages())
    worker.tidy()
    worked = worker.once()
    city.store.close()
    sys.exit(0 if worked is not None and worked.outcome is not None else 1)


if __name__ == "__main__":
    main()
