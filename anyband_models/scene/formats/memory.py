"""A scene that will not fit into memory is refused before any of it is read."""

import math
import os
import sys
from pathlib import Path

import numpy as np

from anyband_models.errors import ResourceError

# The stored numbers, their float32 values, and the copies that reading and writing make.
HEADROOM = 2.0


def available_memory(
    table: Path = Path("/proc/meminfo"), group: Path = Path("/sys/fs/cgroup")
) -> int:
    """Return how much memory a new task may take [bytes]: the machine's, or the container's."""
    return min(_of_the_machine(table), _of_the_container(group))


def _of_the_container(group: Path) -> int:
    """Return what a control group (version 2) leaves; a very large number if it sets no limit."""
    try:
        limit = int((group / "memory.max").read_text(encoding="ascii"))
        return limit - int((group / "memory.current").read_text(encoding="ascii"))
    except (OSError, ValueError):  # no such file, or "max"
        return sys.maxsize


def _of_the_machine(table: Path) -> int:
    try:
        lines = table.read_text(encoding="ascii").splitlines()
        fields = dict(line.split(":", 1) for line in lines if ":" in line)
        return int(fields["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def check_memory(shape: tuple[int, ...], dtype: np.dtype, path: str) -> None:
    """Accept an array that fits into memory.

    Raises:
        ResourceError: if it needs more than is available.
    """
    needed = math.prod(shape) * (dtype.itemsize + 4) * HEADROOM
    available = available_memory()
    if needed > available:
        size = " x ".join(str(length) for length in shape)
        raise ResourceError(
            f"{path} holds {size} {dtype.name} values and needs {needed / 1e9:,.1f} GB of memory, "
            f"but {available / 1e9:,.1f} GB are available; cut the scene into parts"
        )
