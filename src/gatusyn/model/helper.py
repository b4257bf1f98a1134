"""Processes that help another: they load what their work needs, and end with the other."""

from __future__ import annotations

import atexit
import gc
import importlib.util
import multiprocessing
import os
import sys
from multiprocessing.connection import wait
from threading import Thread


def end_with_parent() -> None:
    """End this process as soon as the one that it helps is gone, were it killed."""
    helped = multiprocessing.parent_process()
    assert helped is not None

    def watch() -> None:
        wait([helped.sentinel])
        os._exit(1)

    Thread(target=watch, name="end with parent", daemon=True).start()


def begin_to_help(package: str) -> None:
    """Have a package without its surface, and end as soon as the process that is helped is gone.

    What a package offers to all may be the whole program: of it only those modules are loaded whose
    functions are asked for; and all of it when something of the surface itself is.
    """
    # It lives for one piece of work: nothing is searched for, or put away at the end.
    gc.disable()
    atexit.register(os._exit, 0)
    _have_bare(package)
    end_with_parent()


def _have_bare(package: str) -> None:
    spec = importlib.util.find_spec(package)
    assert spec is not None, package
    assert spec.loader is not None, package
    bare, loader = importlib.util.module_from_spec(spec), spec.loader

    def of_surface(name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        del bare.__dict__["__getattr__"]
        loader.exec_module(bare)
        return getattr(bare, name)

    bare.__dict__["__getattr__"] = of_surface
    sys.modules[package] = bare
