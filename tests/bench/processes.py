"""What a process costs: processor time and memory, read from the kernel."""

import contextlib
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Processor time of a process with all its threads, to the nanosecond where the kernel tells it."""
    try:
        return sum(int(task.read_text().split()[0]) for task in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9
    except (OSError, ValueError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK


def family(pid: int) -> list[int]:
    """A process and everything that it started."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*"):
        with contextlib.suppress(OSError):  # a thread that has ended meanwhile
            for child in (task / "children").read_text().split():
                found += family(int(child))
    return found


def memory_mb(pid: int) -> tuple[float, float]:
    """Proportional and resident memory of a process with its children, in MB of 1,000,000 bytes."""
    pss = rss = 0
    for member in family(pid):
        for line in Path(f"/proc/{member}/smaps_rollup").read_text().splitlines():
            name, _, rest = line.partition(":")
            if name in ("Pss", "Rss"):
                value = int(rest.split()[0]) * 1024
                pss, rss = (pss + value, rss) if name == "Pss" else (pss, rss + value)
    return pss / 1e6, rss / 1e6


async def cpu_each(pid: int, ask: Callable[[int], Awaitable[None]], times: int, *, warm: int = 30) -> float:
    """Milliseconds of processor time that one request costs, of `times` one after the other."""
    for n in range(warm):
        await ask(n)
    before = cpu_seconds(pid)
    for n in range(times):
        await ask(warm + n)
    return (cpu_seconds(pid) - before) * 1000 / times
