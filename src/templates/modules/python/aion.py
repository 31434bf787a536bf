"""AION's module ABI v1: one JSON object on stdin; lines of JSON on stdout, the last of them the result."""

import json
import sys
from collections.abc import Callable
from typing import Any


class Refusal(Exception):
    """An input that the module cannot work with: which field, what is wrong, what would be right."""

    def __init__(self, field: str, problem: str, remedy: str) -> None:
        super().__init__(f"{field}: {problem}; {remedy}")


class Lines:
    """What a watcher sees while the module works; each line leaves at once."""

    def token(self, text: str) -> None:
        """A piece of the answer's text."""
        self._line({"type": "token", "text": text})

    def partial(self, data: Any) -> None:
        """A snapshot of the result so far."""
        self._line({"type": "partial", "data": data})

    def log(self, message: str) -> None:
        """A note for the operator; it needs `log` in permissions.host. Never write what the caller sent into it."""
        self._line({"type": "log", "level": "info", "message": message})

    def result(self, data: dict[str, Any]) -> None:
        """The result, the last line."""
        self._line({"type": "result", "data": data})

    def _line(self, value: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
        sys.stdout.flush()


class Parameters:
    """The input, read field by field. Numbers may come as text, because a task's params are strings."""

    def __init__(self, fields: dict[str, Any], *known: str) -> None:
        self._fields = fields
        for name in fields:
            if name not in known:
                raise Refusal(name, "is not a field of this input", f"use one of: {', '.join(known)}")

    def text(self, field: str) -> str:
        """A string that must be there."""
        value = self._fields.get(field)
        if not isinstance(value, str):
            raise Refusal(field, "is missing" if value is None else "is not a string", "send a JSON string")
        return value

    def integer(self, field: str, least: int, most: int, otherwise: int) -> int:
        """An integer within these limits, or `otherwise` when it is not there."""
        value = self._fields.get(field, otherwise)
        if isinstance(value, str) and value.isascii() and value.isdigit():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise Refusal(field, "is not an integer within its limits", f"send an integer from {least} to {most}")
        return value


def serve(work: Callable[[dict[str, Any], Lines], dict[str, Any]]) -> None:
    """Answers the one call on stdin with `work`. A refusal goes to stderr, and the call fails."""
    try:
        fields = json.load(sys.stdin)
        if not isinstance(fields, dict):
            raise Refusal("input", "is not an object", "send one JSON object")
        lines = Lines()
        lines.result(work(fields, lines))
    except Refusal as refusal:
        sys.stderr.write(f"input refused: {refusal}\n")
        sys.stderr.flush()
        raise SystemExit(2) from None
