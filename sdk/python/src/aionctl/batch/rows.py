"""The lines of a CSV or JSONL file as tasks, each with a key that is the same whenever the same file is read."""

import csv
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO

from aion_sdk import TaskSpec
from aion_sdk.requests import TaskOptions

MEMBERS = frozenset({"intent", "params", "params_json", "task_id", "request_id", "metadata", "priority"})
"""What a line of JSONL may say when it names its intent itself."""

LARGEST_FIELD = 4 * 1024 * 1024


class LineWrong(ValueError):
    """A line of the file cannot be read; the message names it."""

    def __init__(self, number: int, words: str) -> None:
        super().__init__(f"line {number}: {words}")
        self.number = number
        self.words = words


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its number in the file, and its task."""

    number: int
    spec: TaskSpec


@dataclass(frozen=True, slots=True)
class Reading:
    """How lines are read: the intent that the command line gave, columns and their params, what all tasks share."""

    intent: str
    columns: Mapping[str, str]
    shared: TaskOptions
    name: str
    is_csv: bool

    def rows(self, path: str) -> Iterator[Row]:
        """Read a file, `-` for stdin, line by line. Raises LineWrong and OSError."""
        seen: Counter[str] = Counter()
        with _opened(path) as opened:
            lines = self._csv(opened) if self.is_csv else self._jsonl(opened)
            for number, spec, own_key in lines:
                if own_key:
                    yield Row(number, spec)
                    continue
                digest = self._digest(spec)
                seen[digest] += 1
                key = hashlib.sha256(f"{digest}/{seen[digest]}".encode()).hexdigest()[:40]
                yield Row(number, replace(spec, request_id=f"batch-{key}"))

    def _csv(self, opened: TextIO) -> Iterator[tuple[int, TaskSpec, bool]]:
        if not self.intent:
            raise LineWrong(1, "a CSV file has no intents; give --intent")
        csv.field_size_limit(LARGEST_FIELD)
        reader = csv.DictReader(opened, strict=True)
        names = reader.fieldnames or []
        if missing := self.columns.keys() - set(names):
            raise LineWrong(1, f"there is no column {min(missing)!r}; there are {', '.join(names)}")
        columns = self.columns or {name: name for name in names}
        try:
            for record in reader:
                if None in record or None in record.values():
                    raise LineWrong(reader.line_num, f"it has not {len(names)} fields, as the first line says")
                params = {param: record[column] for column, param in columns.items()}
                yield reader.line_num, self._spec(reader.line_num, self.intent, params, {}), False
        except csv.Error as cause:
            raise LineWrong(reader.line_num, str(cause)) from cause

    def _jsonl(self, opened: TextIO) -> Iterator[tuple[int, TaskSpec, bool]]:
        for number, line in enumerate(opened, 1):
            if not line.strip():
                continue
            try:
                document = json.loads(line)
            except json.JSONDecodeError as cause:
                raise LineWrong(number, f"it is not JSON: {cause.msg}") from cause
            if not isinstance(document, dict):
                raise LineWrong(number, "it is not a JSON object")
            if self.intent:
                yield number, self._spec(number, self.intent, self._chosen(number, document), {}), False
            else:
                yield number, self._whole(number, document), bool(document.get("request_id"))

    def _chosen(self, number: int, document: dict[str, Any]) -> dict[str, Any]:
        if not self.columns:
            return document
        if missing := self.columns.keys() - document.keys():
            raise LineWrong(number, f"there is no member {min(missing)!r}")
        return {param: document[column] for column, param in self.columns.items()}

    def _whole(self, number: int, document: dict[str, Any]) -> TaskSpec:
        if "intent" not in document:
            raise LineWrong(number, "it names no intent; give --intent, or `intent` and `params` in each line")
        if strange := document.keys() - MEMBERS:
            raise LineWrong(number, f"there is no {min(strange)!r}; known are {', '.join(sorted(MEMBERS))}")
        own = {name: value for name, value in document.items() if name not in {"intent", "params", "params_json"}}
        params = document.get("params", document.get("params_json", {}))
        if "params" in document and "params_json" in document:
            raise LineWrong(number, "give params or params_json, not both")
        return self._spec(number, document["intent"], params, own)

    def _spec(self, number: int, intent: Any, params: Any, own: dict[str, Any]) -> TaskSpec:
        if not isinstance(params, dict) or not isinstance(intent, str):
            raise LineWrong(number, "intent is a string, params an object")
        options: dict[str, Any] = {**self.shared, **own}
        try:
            if all(isinstance(value, str) for value in params.values()):
                return TaskSpec.of(intent, params, **options)
            return TaskSpec.of(intent, params_json=params, **options)
        except (TypeError, ValueError) as cause:
            raise LineWrong(number, str(cause)) from cause

    def _digest(self, spec: TaskSpec) -> str:
        told = [
            self.name,
            spec.intent,
            dict(spec.params),
            spec.params_json,
            spec.task_id,
            repr(spec.sla),
            spec.priority,
            dict(spec.metadata),
            spec.preferred_engine,
            repr(spec.max_queue_time),
        ]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _opened(path: str) -> TextIO:
    if path == "-":
        return sys.stdin
    return Path(path).open(encoding="utf-8-sig", newline="")
