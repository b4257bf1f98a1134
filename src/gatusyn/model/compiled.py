"""Functions that are compiled for the processor when they are first called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Return the function, to be compiled at its first call and kept for later processes.

    It runs without the interpreter's lock. Where no folder can be written to, each process compiles
    anew.

    Whether what was kept still holds is told by the time of the function's own file alone: who
    changes one that functions of other files call deletes ``__pycache__``.
    """
    return _compiled(function, counts=True)


def compiled_loop(function: Function) -> Function:
    """Return a function that makes no arrays, to be compiled as `compiled` does.

    It does not count who holds the arrays that it reads: that takes a fifth of the time of small
    functions, and more where threads share arrays.
    """
    return _compiled(function, counts=False)


def _compiled(function: Function, *, counts: bool) -> Function:
    # Numba documents no other way to leave the counting out.
    how: dict[str, Any] = {"nogil": True, "_nrt": counts}
    try:
        return cast(Function, njit(cache=True, **how)(function))
    except RuntimeError:
        return cast(Function, njit(**how)(function))
