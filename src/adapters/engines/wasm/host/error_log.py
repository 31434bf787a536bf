"""A guest's stderr: a bounded log whose last words explain a failure."""

from collections.abc import Iterator

MOST_LOGGED = 64 << 10
MOST_LINES = 1000
_MOST_LINE = 8 << 10
_MOST_TAIL = 512


class ErrorLog:
    """Cuts stderr into lines. What is over the bound is dropped, but its end is remembered."""

    def __init__(self) -> None:
        self._line = b""
        self._tail = b""
        self._logged = 0
        self._lines = 0

    @property
    def room(self) -> int:
        """How many bytes of one write are worth copying."""
        return MOST_LOGGED

    @property
    def tail(self) -> str:
        """The last words, without what a character boundary cut."""
        return self._tail.decode("utf-8", "ignore").strip()

    def take(self, data: bytes) -> Iterator[str]:
        """The lines that are complete now."""
        self._tail = (self._tail + data[-_MOST_TAIL:])[-_MOST_TAIL:]
        *lines, self._line = (self._line + data).split(b"\n")
        if len(self._line) > _MOST_LINE:
            lines.append(self._line)
            self._line = b""
        return self._bounded(lines)

    def rest(self) -> Iterator[str]:
        """The last line, when no newline ended it."""
        line, self._line = self._line, b""
        return self._bounded([line])

    def _bounded(self, lines: list[bytes]) -> Iterator[str]:
        for line in lines:
            if not line.strip() or self._logged >= MOST_LOGGED or self._lines >= MOST_LINES:
                continue
            self._logged += len(line)
            self._lines += 1
            yield line[:_MOST_LINE].decode("utf-8", "replace").rstrip()
