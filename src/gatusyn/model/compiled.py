"""Functions that are compiled for the processor when they are first called."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Return the function, to be compiled at its first call and kept for later processes.

    It runs without the interpreter's lock. Where no folder can be written to, each process compiles
    anew.

    Whether what was kept still holds is told by the time of the function's own file alone: who
    changes one that functions of other files call deletes ``__pycache__``.
    """
    try:
        return cast(Function, njit(cache=True, nogil=True)(function))
    except RuntimeError:
        return cast(Function, njit(nogil=True)(function))
