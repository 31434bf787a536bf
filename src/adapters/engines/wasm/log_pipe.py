"""What a host writes to stderr, as bounded lines of the server's log."""

import asyncio
import logging
import subprocess

_log = logging.getLogger(__name__)
_MOST_LINE = 4096
_MOST_LINES = 200


class LogPipe(asyncio.Protocol):
    """Logs the first lines of one host and drops what is over the bound, so that a host cannot fill a disk."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._rest = b""
        self._lines = 0
        self.ended = asyncio.Event()

    @classmethod
    async def attach(cls, process: "subprocess.Popen[bytes]") -> "LogPipe":
        """Reads the process's stderr until it ends."""
        pipe = cls(process.pid)
        await asyncio.get_running_loop().connect_read_pipe(lambda: pipe, process.stderr)
        return pipe

    def data_received(self, data: bytes) -> None:
        """The host wrote; see asyncio.Protocol."""
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest[-_MOST_LINE:]
        for line in lines:
            self._line(line)

    def connection_lost(self, exc: Exception | None) -> None:
        """The host is gone; see asyncio.Protocol."""
        self._line(self._rest)
        self.ended.set()

    def _line(self, line: bytes) -> None:
        self._lines += 1
        if line.strip() and self._lines <= _MOST_LINES:
            _log.warning("host %d: %s", self._pid, line[:_MOST_LINE].decode("utf-8", "replace"))
