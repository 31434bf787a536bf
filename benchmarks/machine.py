"""The machine that a report speaks of: without it no figure means anything."""

import os
import platform
import statistics
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

_WRITES = 200
_PAGE = 4096


def head(facts: Mapping[str, str | int | float]) -> str:
    """The line at the head of a report."""
    return "; ".join(f"{name} {fact}" for name, fact in facts.items())


def facts() -> dict[str, str | int | float]:
    """What the report's head says."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load average before": round(os.getloadavg()[0], 2),
        "fdatasync p50 us": round(_fdatasync_us()),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _fdatasync_us() -> float:
    """Of a page that is written anew at the end of a file, where the servers keep their data."""
    took = []
    with tempfile.TemporaryFile(prefix="aion-bench-", buffering=0) as file:
        for _ in range(_WRITES):
            file.write(bytes(_PAGE))
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    return statistics.median(took) * 1e6
