"""What this machine's processor can do."""

from __future__ import annotations

import os
import platform
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")
#: x86 processors without these add two products of 8-bit numbers in 16 bits, which overflow.
_EXACT = frozenset({"avx512_vnni", "avx_vnni"})


def counts_int8_exactly(*, machine: str | None = None, cpuinfo: Path = _CPUINFO) -> bool:
    """Return whether ONNX Runtime's int8 is both exact and quick on this processor.

    On x86 that takes the VNNI instructions (https://onnxruntime.ai, "Quantize ONNX models",
    section on U8S8); 64-bit Arm has no such fault. Where it cannot be found out, it is said to be
    not so.

    Parameters
    ----------
    machine
        As ``platform.machine`` names it; not given, this one.
    cpuinfo
        Linux' file of the processors' flags.
    """
    if (machine or platform.machine()).lower() in {"arm64", "aarch64"}:
        return True
    try:
        lines = cpuinfo.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return any(line.startswith("flags") and _EXACT & set(line.split()) for line in lines)


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
