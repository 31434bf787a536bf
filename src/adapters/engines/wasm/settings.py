"""Settings of the WASM engine, with the reason for each default."""

import os
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class WasmSettings:
    """How many hosts there are, and when one is worn out."""

    hosts: int = field(default_factory=lambda: max(1, len(os.sched_getaffinity(0))))
    """Guests are bound by the processor: one host for each core."""

    lanes: int = 16
    """Guests that may run at once in one host. Beyond it attempts wait for a lane; their time does not run yet."""

    lone_hosts: int = 8
    """Hosts for attempts that must run alone, started when needed. After a crash up to `lanes` wait for one."""

    host_wait: timedelta = timedelta(seconds=5)
    """An attempt that has no host by then is handed back, uncounted, so that its slot serves others meanwhile."""

    turn_wait: timedelta = timedelta(seconds=1)
    """The same for an attempt whose module bounds how many run at once: it holds a slot that others could use."""

    lane_wait: timedelta = timedelta(seconds=2)
    """The same for one that waits for a lane. Longer, since whoever has one may be done in a moment."""

    lone_idle: timedelta = timedelta(seconds=30)
    """A lone host without work is kept this long: after a crash there are often many such attempts."""

    calls_per_host: int = 100_000
    """A host is replaced after so many attempts, so that no slow leak lives for ever."""

    host_memory_bytes: int = 512 << 20
    """A host that holds more than this beyond its guests' memory is replaced once its attempts are done."""

    host_memory_most: int = 2 << 30
    """A host that holds more than this beyond its guests' memory is killed: so much is a defect, or an attack on it."""

    grace: timedelta = timedelta(milliseconds=500)
    """A host whose attempt is still running so long after its deadline is killed."""

    cancel_grace: timedelta = timedelta(milliseconds=1500)
    """The same after a cancel."""

    start_timeout: timedelta = timedelta(seconds=30)
    """A host that is not ready by then is given up; a loaded machine needs seconds, never so many."""

    cache_kept_for: timedelta = timedelta(days=30)
    """Native code that was not used for so long is removed from the disk; it can be compiled again."""

    cache_bytes: int = 4 << 30
    """The same for what was used longest ago beyond this: a component has 33 MB, and whoever writes one makes many."""

    compile_timeout: timedelta = timedelta(seconds=240)
    """Optimising a component of twenty megabytes takes half a minute, three times that on a busy machine."""
