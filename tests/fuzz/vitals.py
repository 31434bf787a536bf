"""How a server process is: what it holds, and what it wrote down. Looked at from outside, where it costs it nothing."""

import json
import os
import re
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.processes import Running, until

MORE_MEMORY = 64 << 20
"""Bytes that a server may hold more after it was called in every way."""

LEVELS = ("aion_waiters", "aion_watchers", "aion_attempts_running")
"""What must be nothing when nobody calls."""

_TROUBLE = re.compile(r"Traceback|\b(?:error|critical)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Vitals:
    """`rss` in bytes, `cpu` in seconds since the process began."""

    rss: int
    descriptors: int
    threads: int
    cpu: float

    @classmethod
    def of(cls, pid: int) -> "Vitals":
        """Those of a process."""
        folder = Path("/proc") / str(pid)
        rss = re.search(r"VmRSS:\s+(\d+) kB", (folder / "status").read_text())
        assert rss is not None
        descriptors, threads = (sum(1 for _ in (folder / name).iterdir()) for name in ("fd", "task"))
        # After the name, which may hold anything; the times are the 14th and the 15th of all fields.
        ticks = (folder / "stat").read_text().rpartition(")")[2].split()[11:13]
        cpu = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
        return cls(int(rss.group(1)) << 10, descriptors, threads, cpu)

    def __str__(self) -> str:
        return f"{self.rss >> 20} MiB, {self.descriptors} descriptors, {self.threads} threads, {self.cpu:.1f} s of CPU"


def levels(server: Running) -> dict[str, float]:
    """How much is under way, by the server's own metrics."""
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    found = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(found[name]) for name in LEVELS}


def at_rest(server: Running, before: Vitals | None = None) -> Vitals:
    """The server's vitals once nothing is under way, and it holds no more open than before."""

    def look() -> Vitals | None:
        vitals = Vitals.of(server.process.pid)
        still = levels(server) == dict.fromkeys(LEVELS, 0.0)
        return vitals if still and (before is None or vitals.descriptors <= before.descriptors) else None

    return until(look, f"all that was begun ends; before there were {before}")


def trouble(server: Running) -> list[str]:
    """What the server wrote down that is worse than a warning."""
    found = []
    for line in (server.data.parent / "server.log").read_text().splitlines():
        try:
            level = json.loads(line).get("level", "")
        except (ValueError, AttributeError):
            level = "error" if _TROUBLE.search(line) else ""
        if level in ("error", "critical") or "Traceback" in line:
            found.append(line)
    return found
