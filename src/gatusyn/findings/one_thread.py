"""Matrices worked out by one thread, whatever the machine.

OpenBLAS splits a matrix among the cores, and what it then finds differs in the last digit from what
one thread finds. What is derived must not depend on the machine. Besides, where processes work on
all cores already, their threads only wait for each other.
"""

from __future__ import annotations

import ctypes
from functools import cache
from importlib import import_module

_USERS = ("numpy.linalg._umath_linalg", "scipy.linalg._flapack")
"""Modules that are linked with a library for matrices, each with one of its own."""

_SETTERS = ("scipy_openblas_set_num_threads64_", "scipy_openblas_set_num_threads")


@cache
def use_one_thread() -> int:
    """Have matrices worked out by one thread from now on, in this process.

    For good, since other threads of this process may be at work on theirs. Other libraries than the
    OpenBLAS of the wheels stay as they are.

    Returns
    -------
    int
        In how many libraries.
    """
    return sum(map(_set, _USERS))


def _set(module: str) -> bool:
    library = ctypes.CDLL(import_module(module).__file__)
    for name in _SETTERS:
        if hasattr(library, name):
            getattr(library, name)(1)
            return True
    return False
