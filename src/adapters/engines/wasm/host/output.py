"""What a guest writes: ABI v1 lines become events and one result, as strictly as the ABI is worded.

A line is one JSON object with a `type`: `token` (text), `partial` (data), `log` (message), `result` (data, an object).
A lone JSON object without one of these types is a result too, on one line or on many. Everything is bounded, and what
is over a bound ends the attempt with an error that names the bound. `log` lines need the grant, stderr does not: it is
always kept, as a log that is cut at its bounds.
"""

import re
import time
from collections.abc import Callable
from typing import Any

import orjson

from aion.adapters.engines.wasm.frames import Event
from aion.adapters.engines.wasm.host.endings import GuestEnds, failed
from aion.adapters.engines.wasm.host.error_log import ErrorLog
from aion.domain.attempts import AttemptOutcome
from aion.domain.events import EventKind

MOST_OUTPUT = 4 << 20
MOST_RESULT = 1 << 20
MOST_LINE = 1 << 20
MOST_EVENTS = 100_000
MOST_DEPTH = 100
MOST_LOG = 8 << 10
MOST_LEVEL = 32

_ENVELOPE = 1 << 10
_LINES_BETWEEN_LOOKS = 256
_EMPTY_LINES = re.compile(rb"[\r\n]*+")
_SEND_EVERY_NS = 1_000_000
_SEND_ABOVE = 512
_TOKEN, _PARTIAL, _LOG = int(EventKind.TOKEN), int(EventKind.PARTIAL), int(EventKind.LOG)


class Output:
    """Reads one guest's stdout and stderr. `send` gets events in batches, in order, while the guest runs."""

    def __init__(self, send: Callable[[list[Event]], None], *, logs_granted: bool) -> None:
        self.result: bytes | None = None
        self._send = send
        self._logs_granted = logs_granted
        self._pending: list[Event] = []
        # What a short guest writes leaves together with its end.
        self._sent_ns = time.monotonic_ns()
        self._events = 0
        self._written = 0
        self._line = bytearray()
        self._document = False
        self._errors = ErrorLog()

    def room(self, fd: int) -> int:
        """How many bytes are worth copying; the last of them is over the limit of stdout."""
        return MOST_OUTPUT - self._written + 1 if fd == 1 else self._errors.room

    def stdout(self, data: bytes, go_on: Callable[[], None]) -> None:
        """The guest wrote to stdout. `go_on` is called between lines, and raises when the guest must end."""
        self._written += len(data)
        if self._written > MOST_OUTPUT:
            raise failed("OUTPUT_TOO_LARGE", f"the module wrote more than {MOST_OUTPUT} bytes to stdout; write less")
        if self._line or self._document or data[-1:] != b"\n" or data.count(b"\n") != 1:
            self._piece(data, go_on)
        else:
            self._take(data)
        if self._pending and time.monotonic_ns() - self._sent_ns > _SEND_EVERY_NS:
            self.flush()

    def stderr(self, data: bytes) -> None:
        """The guest wrote to stderr."""
        self._pending += [(_LOG, line) for line in self._errors.take(data)]

    def flush(self) -> bool:
        """Sends what is pending; whether there was any."""
        if not self._pending:
            return False
        pending, self._pending = self._pending, []
        self._send(pending)
        self._sent_ns = time.monotonic_ns()
        return True

    def finish(self) -> bytes:
        """The guest exited: its result. What it wrote last needs no newline. Raises when there is no result."""
        if self._line:
            line = bytes(self._line)
            self._line.clear()
            self._read(line)
        if self.result is None:
            raise failed("RESULT_MISSING", "the module exited without a result; write one line of type result")
        return self.result

    def rest(self) -> list[Event]:
        """Nothing more comes: the events that were not sent yet."""
        self._pending += [(_LOG, line) for line in self._errors.rest()]
        pending, self._pending = self._pending, []
        return pending

    @property
    def last_words(self) -> str:
        """The end of stderr, for an error message."""
        return self._errors.tail

    def _piece(self, data: bytes, go_on: Callable[[], None]) -> None:
        start = lines = 0
        while not self._document:
            if not self._line and (empty := _EMPTY_LINES.match(data, start)):
                start = empty.end()
            if (end := data.find(b"\n", start)) < 0:
                break
            # One write can hold millions of lines, and no epoch tick ends what the host does for its guest.
            lines += 1
            if lines % _LINES_BETWEEN_LOOKS == 0:
                go_on()
            self._line += data[start : end + 1]
            start = end + 1
            line = bytes(self._line)
            self._bound(line)
            self._line.clear()
            self._take(line)
        self._line += data[start:]
        self._bound(self._line)

    def _bound(self, line: bytes | bytearray) -> None:
        if len(line) <= MOST_LINE + _ENVELOPE:
            return
        if self._document or b'"result"' in line[:_ENVELOPE]:
            raise _result_too_large()
        raise failed("OUTPUT_TOO_LARGE", f"the module wrote a line of more than {MOST_LINE} bytes; write shorter lines")

    def _take(self, line: bytes) -> None:
        try:
            self._read(line)
        except _NotJson:
            # A lone object that is spread over lines: its first line cannot be read by itself.
            if self._events or self.result is not None or line.lstrip()[:1] != b"{":
                raise
            self._line += line
            self._document = True

    def _read(self, line: bytes) -> None:
        if not line.strip():
            return
        self._bound(line)
        value = self._parse(line)
        kind = value.get("type")
        if kind == "token":
            self._event(_TOKEN, _text(value, "text", "token"))
        elif kind == "result":
            self._settle(value)
        elif kind == "partial":
            if "data" not in value:
                raise _malformed("a partial line has no data")
            self._event(_PARTIAL, orjson.dumps(value["data"]).decode())
        elif kind == "log":
            level = _text(value, "level", "log")[:MOST_LEVEL] if "level" in value else "info"
            message = _text(value, "message", "log")
            self._log(message if level == "info" else f"{level}: {message}")
        elif not self._events and self.result is None and "type" not in value:
            self._lone(value)
        else:
            raise _malformed("a line's type is not one of token, partial, log, result")

    def _parse(self, line: bytes) -> dict[str, Any]:
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise _NotJson(error) from error
        if not isinstance(value, dict):
            raise _malformed("a line is JSON, but not an object")
        if line.count(b"{") + line.count(b"[") > MOST_DEPTH and _depth(value) > MOST_DEPTH:
            raise _malformed(f"a line is nested deeper than {MOST_DEPTH}")
        return value

    def _settle(self, value: dict[str, Any]) -> None:
        data = value.get("data")
        if not isinstance(data, dict):
            raise _malformed("the data of a result line is not an object")
        self._lone(data)

    def _lone(self, data: dict[str, Any]) -> None:
        if self.result is not None:
            raise _malformed("there is more than one result")
        result = orjson.dumps(data)
        if len(result) > MOST_RESULT:
            raise _result_too_large()
        self.result = result

    def _event(self, kind: int, text: str) -> None:
        self._events += 1
        if self._events > MOST_EVENTS:
            raise failed("OUTPUT_TOO_LARGE", f"the module wrote more than {MOST_EVENTS} events; write fewer lines")
        self._pending.append((kind, text))
        if len(self._pending) >= _SEND_ABOVE:
            self.flush()

    def _log(self, message: str) -> None:
        if self._logs_granted:
            self._event(_LOG, message[:MOST_LOG])


class _NotJson(GuestEnds):
    """A line cannot be read as JSON."""

    def __init__(self, error: orjson.JSONDecodeError) -> None:
        message = f"stdout is not ABI v1: a line is not JSON ({error.msg} at byte {error.colno - 1})"
        super().__init__(AttemptOutcome.FAILED, "OUTPUT_MALFORMED", message)


def _text(value: dict[str, Any], field: str, kind: str) -> str:
    text = value.get(field)
    if not isinstance(text, str):
        raise _malformed(f"the {field} of a {kind} line is not a string")
    return text


def _depth(value: Any) -> int:
    """How deep arrays and objects are nested, without recursion."""
    depth, level = 0, [value]
    while level := [item for item in level if isinstance(item, dict | list)]:
        depth += 1
        level = [child for item in level for child in (item.values() if isinstance(item, dict) else item)]
    return depth


def _malformed(what: str) -> GuestEnds:
    return failed("OUTPUT_MALFORMED", f"stdout is not ABI v1: {what}")


def _result_too_large() -> GuestEnds:
    return failed("RESULT_TOO_LARGE", f"the result is larger than {MOST_RESULT} bytes; return less")
