"""Which tests run which line, and how long each takes: one instrumented run of all of them, in forks."""

import json
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import _lru_cache_wrapper
from itertools import zip_longest
from pathlib import Path
from typing import Any

import coverage
import pytest


@dataclass(slots=True)
class Seen:
    """Tests are numbered as they were collected; a set of them is an integer with a bit for each."""

    seconds: dict[int, float] = field(default_factory=dict)
    failed: list[int] = field(default_factory=list)
    lines: dict[tuple[str, int], int] = field(default_factory=dict)

    def tests_of(self, file: str, lines: Iterable[int]) -> int:
        """The tests that run one of these lines."""
        found = 0
        for line in lines:
            found |= self.lines.get((file, line), 0)
        return found

    def tests_that_name(self, root: Path, names: Iterable[str]) -> int:
        """The tests that run a line, of any file, in which one of these names stands."""
        wanted = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
        found = 0
        for file in {file for file, _ in self.lines}:
            text = (root / file).read_text().splitlines()
            found |= self.tests_of(file, (at for at, line in enumerate(text, 1) if wanted.search(line)))
        return found


def run_test(item: pytest.Item, after: pytest.Item | None) -> bool:
    """Runs a test with its fixtures; False when it failed. `after` is the one that comes next.

    What functions have kept of earlier calls is forgotten: else the first test to ask would be the only one that runs
    them, and a mutant of theirs would be met by none that comes later.
    """
    for kept in _caches():
        kept.cache_clear()
    before = item.session.testsfailed
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
    return item.session.testsfailed == before


def _caches() -> Iterator["_lru_cache_wrapper[Any]"]:
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "aion":
            yield from (value for value in list(vars(module).values()) if isinstance(value, _lru_cache_wrapper))


def shares_of(items: Sequence[pytest.Item], count: int) -> list[list[int]]:
    """The numbers of the tests in so many shares; tests of one file stay together, they share fixtures."""
    files: dict[Path, list[int]] = {}
    for number, item in enumerate(items):
        files.setdefault(item.path, []).append(number)
    return [[number for share in list(files.values())[at::count] for number in share] for at in range(count)]


def record(root: Path, items: Sequence[pytest.Item], numbers: Sequence[int], result: Path) -> None:
    """Runs these tests and leaves in `result`, and beside it, what they ran. The process is of no use after it."""
    watch = coverage.Coverage(data_file=f"{result}.coverage", include=[f"{root}/src/*"], config_file=False)
    seconds, failed = {}, []
    watch.start()
    for number, following in zip_longest(numbers, numbers[1:]):
        watch.switch_context(str(number))
        began = time.monotonic()
        if not run_test(items[number], None if following is None else items[following]):
            failed.append(number)
        seconds[number] = time.monotonic() - began
    watch.stop()
    watch.save()
    result.write_text(json.dumps({"seconds": list(seconds.items()), "failed": failed}))


def collect(root: Path, results: Iterable[Path]) -> Seen:
    """What all shares have seen together."""
    seen = Seen()
    for result in results:
        told = json.loads(result.read_text())
        seen.seconds.update(dict(told["seconds"]))
        seen.failed.extend(told["failed"])
        data = coverage.CoverageData(f"{result}.coverage")
        data.read()
        for name in data.measured_files():
            file = os.path.relpath(name, root)
            for line, contexts in data.contexts_by_lineno(name).items():
                bits = sum(1 << int(context) for context in contexts if context)
                seen.lines[file, line] = seen.lines.get((file, line), 0) | bits
    return seen
