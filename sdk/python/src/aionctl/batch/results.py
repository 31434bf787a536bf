"""What came of each line, as JSONL; a file of earlier results says which lines need nothing more."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import SEEK_END, TextIOBase
from pathlib import Path
from typing import Any

from aion_sdk import AionError, Task, TaskState
from aionctl.batch.rows import Row
from aionctl.exit_codes import ExitCode, of_error
from aionctl.output.plain import plain
from aionctl.reporting import document
from aionctl.safe_text import visible_json


@dataclass(slots=True)
class Tally:
    """How many lines came to what."""

    ok: int = 0
    failed: int = 0
    refused: int = 0
    to_try_again: int = 0
    submitted: int = 0
    done_before: int = 0

    def count_task(self, task: Task) -> None:
        """Count a task, ended or not."""
        if task.state is TaskState.OK:
            self.ok += 1
        elif task.ended:
            self.failed += 1
        else:
            self.submitted += 1

    def count_error(self, error: AionError) -> None:
        """Count a line that did not become an ended task."""
        if of_error(error) is ExitCode.TRY_LATER:
            self.to_try_again += 1
        else:
            self.refused += 1

    @property
    def words(self) -> str:
        """All that is not nothing, for people."""
        return ", ".join(f"{count} {word}" for count, word in self._told() if count) or "nothing to do"

    @property
    def lines(self) -> int:
        """How many lines were counted."""
        return sum(count for count, _ in self._told())

    @property
    def exit_code(self) -> ExitCode:
        """The worst of it: what may pass later, then what was refused, then what failed."""
        if self.to_try_again:
            return ExitCode.TRY_LATER
        if self.refused:
            return ExitCode.REFUSED
        return ExitCode.TASK_FAILED if self.failed else ExitCode.OK

    def _told(self) -> tuple[tuple[int, str], ...]:
        return (
            (self.ok, "OK"),
            (self.failed, "failed"),
            (self.submitted, "submitted"),
            (self.refused, "refused"),
            (self.to_try_again, "to try again"),
            (self.done_before, "done before"),
        )


@dataclass(slots=True)
class Results:
    """Where results are written, line by line; which keys had ended before, and why others were refused."""

    out: TextIOBase
    ended_before: frozenset[str] = field(default_factory=frozenset)
    refused_before: Mapping[str, str] = field(default_factory=dict)

    def write_task(self, row: Row, task: Task) -> None:
        """Write what came of a line."""
        told = plain(task)
        kept = ("task_id", "intent", "state", "result", "error", "replayed")
        self._write(row, {name: told[name] for name in kept})

    def write_error(self, row: Row, error: AionError) -> None:
        """Write why a line came to nothing, unless the file ends that line with the same words already."""
        if self.refused_before.get(row.spec.request_id) == error.message:
            return
        told = document(error)
        kept = ("code", "reason", "message", "violations", "retry_after", "request_id")
        self._write(row, {"task_id": None, "state": None, "error": {name: told[name] for name in kept}})

    def _write(self, row: Row, members: dict[str, Any]) -> None:
        line = {"line": row.number, "request_id": row.spec.request_id, **members}
        self.out.write(visible_json(json.dumps(line, ensure_ascii=False)) + "\n")
        self.out.flush()


def end_last_line(path: Path) -> None:
    """Have what is appended begin on a line of its own: the run before may have been killed in the middle of one."""
    with path.open("a+b") as opened:
        if opened.tell():
            opened.seek(-1, SEEK_END)
            if opened.read(1) != b"\n":
                opened.write(b"\n")


def told_in(path: Path) -> tuple[frozenset[str], dict[str, str]]:
    """The keys whose tasks had ended when this file was written, and the last words to each that was refused.

    A line cut short counts for nothing.
    """
    ended: set[str] = set()
    refused: dict[str, str] = {}
    if not path.exists():
        return frozenset(), refused
    with path.open("rb") as opened:
        for line in opened:
            try:
                told = json.loads(line.decode())
            except ValueError:
                continue  # the line that was being written when the run before was killed, maybe within a letter
            if not isinstance(told, dict):
                continue
            key, error = str(told.get("request_id")), told.get("error")
            refused.pop(key, None)
            if TaskState.__members__.get(str(told.get("state")), TaskState.UNKNOWN).ended:
                ended.add(key)
            elif isinstance(error, dict):
                refused[key] = str(error.get("message"))
    return frozenset(ended), refused
