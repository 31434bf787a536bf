"""Processes that a subject consists of: started, watched while an answer is waited for, and ended."""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import tree_of
from benchmarks.servers import clean_environment

_GRACE_SECONDS = 10.0
_LAST_WORDS = 400


class Ended(Exception):
    """A process ended although it was to serve; carries its exit code and last words."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process and the file that it writes its output to."""

    process: "subprocess.Popen[bytes]"
    said: Path

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def check(self) -> None:
        """Raises Ended unless it runs."""
        if (code := self.process.poll()) is not None:
            words = self.said.read_text(errors="replace").strip()[-_LAST_WORDS:]
            raise Ended(f"{self.process.args!r} ended with {code}: {words}")


@contextlib.contextmanager
def child(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[Child]:
    """Runs a command until the block ends: it has its grace to end by itself, then it and all it started are killed."""
    with tempfile.TemporaryDirectory(prefix="aion-bench-") as folder:
        said = Path(folder, "said")
        with said.open("wb") as words:
            process = subprocess.Popen(
                command, env=clean_environment() | dict(environment), stdout=words, stderr=subprocess.STDOUT
            )
        try:
            yield Child(process, said)
        finally:
            started = {pid: _born(pid) for pid in tree_of(process.pid)} if process.poll() is None else {}
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_GRACE_SECONDS)
            for pid, born in started.items():
                if _born(pid) == born:
                    os.kill(pid, signal.SIGKILL)
            process.wait()


def _born(pid: int) -> str:
    """When a process started, in the machine's ticks, which with its id names it for ever; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def free_port() -> int:
    """A port of the loopback interface that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
