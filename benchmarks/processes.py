"""What processes use: memory of a tree as proportional set size, where shared pages count once; processor time."""

import contextlib
import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def tree_of(pid: int) -> list[int]:
    """A process and all that it started, and so on."""
    found = [pid]
    for parent in found:
        for thread in Path(f"/proc/{parent}/task").glob("*/children"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended since it was listed
                found.extend(int(child) for child in thread.read_text().split())
    return found


def pss_mib(pid: int) -> float:
    """Mebibytes of the whole tree."""
    return sum(_pss_kib(one) for one in tree_of(pid)) / 1024


def processor_seconds(pid: int) -> float:
    """What a process, with all its threads and without its children, has taken of the processors so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _pss_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it has ended since it was listed
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
