"""Forks of a process that has imported everything: each runs one piece of work, and nothing that it breaks stays."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

BROKE: Final = 9
"""The exit status of a fork whose own work raised something."""

_NUMBER_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class Ended:
    """How a fork ended: its exit status, negative for a signal, and the last number that it noted."""

    status: int
    noted: int


class Note:
    """Where a fork notes what it is at, for the case that it cannot tell any more."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - `read` closes it, when the fork has ended
        self.write(0)

    def write(self, number: int) -> None:
        """Notes a number."""
        os.pwrite(self._file.fileno(), number.to_bytes(_NUMBER_BYTES, "big"), 0)

    def read(self) -> int:
        """The last number, after which the note is closed."""
        number = int.from_bytes(os.pread(self._file.fileno(), _NUMBER_BYTES, 0), "big")
        self._file.close()
        return number


class Crew:
    """At most `size` forks at a time. What they leave in their folders for temporary files is deleted."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._working: dict[int, tuple[Note, str, Callable[[Ended], None]]] = {}

    def work(self, task: Callable[[Note], int], then: Callable[[Ended], None]) -> None:
        """Runs `task` in a fork as soon as there is room; it answers the exit status. `then` hears how it ended."""
        while len(self._working) >= self._size:
            self._wait()
        note, folder = Note(), tempfile.mkdtemp(prefix="aion-mutation-")
        pid = os.fork()
        if pid == 0:
            _run(task, note, folder)
        with suppress(PermissionError, ProcessLookupError):  # it has done so itself
            os.setpgid(pid, pid)
        self._working[pid] = note, folder, then

    def finish(self) -> None:
        """Waits for all."""
        while self._working:
            self._wait()

    def disband(self) -> None:
        """Ends those that are at work, and what they started."""
        for pid in list(self._working):
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            self._clear(pid)

    def _wait(self) -> None:
        pid, status = os.wait()
        if pid not in self._working:
            return
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)  # processes that a broken test left behind
        note, then = self._clear(pid)
        then(Ended(os.waitstatus_to_exitcode(status), note.read()))

    def _clear(self, pid: int) -> tuple[Note, Callable[[Ended], None]]:
        note, folder, then = self._working.pop(pid)
        shutil.rmtree(folder, ignore_errors=True)
        return note, then


def _run(task: Callable[[Note], int], note: Note, folder: str) -> None:
    status = BROKE
    try:
        os.setpgid(0, 0)
        for number in (signal.SIGALRM, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            os.dup2(silence, stream.fileno())
        os.environ["PYTEST_DEBUG_TEMPROOT"] = os.environ["TMPDIR"] = folder
        tempfile.tempdir = folder
        status = task(note)
    finally:
        os._exit(status)
