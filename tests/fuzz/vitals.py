"""How a server process is: what it holds, and what it wrote down. Looked at from outside, where it costs it nothing."""

import json
import os
import re
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.processes import Running, until
from tests.host_processes import hosts_of

MORE_MEMORY = 64 << 20
"""Bytes that a server and its hosts may hold more after it was called in every way."""

MORE_AT_ONCE = MORE_MEMORY + 24 * (4 << 20)
"""Bytes that they may hold more at any time between: there are 24 lanes, and a request has 4 MiB at most."""

LEVELS = ("aion_waiters", "aion_watchers", "aion_attempts_running")
"""What must be nothing when nobody calls."""

_TROUBLE = re.compile(r"Traceback|\b(?:error|critical)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Vitals:
    """`rss` and `peak` in bytes, of the process and its hosts, the peak since it was forgotten last. The others are the
    process's own, `cpu` in seconds since it began.
    """

    rss: int
    peak: int
    descriptors: int
    threads: int
    cpu: float

    @classmethod
    def of(cls, pid: int) -> "Vitals":
        """Those of a process."""
        folder = Path("/proc") / str(pid)
        held = [_memory(process) for process in (pid, *hosts_of(pid))]
        rss, peak = (sum(sizes) for sizes in zip(*held, strict=True))
        descriptors, threads = (sum(1 for _ in (folder / name).iterdir()) for name in ("fd", "task"))
        # After the name, which may hold anything; the times are the 14th and the 15th of all fields.
        ticks = (folder / "stat").read_text().rpartition(")")[2].split()[11:13]
        cpu = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
        return cls(rss, peak, descriptors, threads, cpu)

    def __str__(self) -> str:
        held = f"{self.rss >> 20} MiB, {self.peak >> 20} at most"
        return f"{held}, {self.descriptors} descriptors, {self.threads} threads, {self.cpu:.1f} s of CPU"


def _memory(pid: int) -> tuple[int, int]:
    """What a process holds, and has held at most; nothing once it has ended, as hosts do."""
    try:
        status = (Path("/proc") / str(pid) / "status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0, 0
    found = [re.search(rf"{name}:\s+(\d+) kB", status) for name in ("VmRSS", "VmHWM")]
    rss, peak = (int(size.group(1)) << 10 if size is not None else 0 for size in found)
    return rss, peak


def forget_peaks(pid: int) -> None:
    """From now on the peak of a process, and of each of its hosts, counts from here (proc(5), clear_refs)."""
    for process in (pid, *hosts_of(pid)):
        (Path("/proc") / str(process) / "clear_refs").write_text("5")


def growth(before: Vitals, after: Vitals) -> list[str]:
    """What memory says against the calls between two looks."""
    left, most = after.rss - before.rss, after.peak - before.rss
    return [
        *([f"{left >> 20} MiB are left, {before} became {after}"] if left >= MORE_MEMORY else []),
        *([f"{most >> 20} MiB were held at once, {before} became {after}"] if most >= MORE_AT_ONCE else []),
    ]


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
