"""`make flakes`: runs the tests again and again and names each that did not always pass.

A test that fails one time in twenty teaches people to press the button again. `RUNS` says how often (20), `TESTS` which
(all but the slow ones). That takes hours: what was run is kept in `build/flakes`, so that one that was interrupted goes
on where it ended. It counts for all commits that differ in documents only, and for none while something is not
committed. Ends with 1 when a test failed in any run.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tools.count_skips import path_of

_RUNS = 20
_KEPT = Path("build", "flakes")
_TOLD = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)


@dataclass(frozen=True, slots=True)
class Run:
    """What one run came to: how many tests there were, and which failed."""

    tests: int
    failed: frozenset[str]


def read_report(report: Path) -> Run:
    """A run by its JUnit report. A test that broke while it was set up or torn down failed, too; names have their
    parameters.
    """
    cases = list(ET.parse(report).iter("testcase"))  # noqa: S314 - our own pytest wrote it a moment ago
    failed = frozenset(
        f"{path_of(case.attrib['classname'])}::{case.attrib['name']}"
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    )
    return Run(len(cases), failed)


class Kept:
    """The runs of one state of the code, a line each."""

    def __init__(self, path: Path | None) -> None:
        """Without a path nothing is kept."""
        self._path = path

    @classmethod
    def of(cls, tests: Sequence[str]) -> "Kept":
        """Those of these tests at the state that is checked out: what a document says makes no test a flake."""
        if _git("status", "--porcelain"):
            return cls(None)
        files = [line for line in _git("ls-tree", "-r", "HEAD").splitlines() if not line.endswith(".md")]
        name = hashlib.sha256("\n".join([*files, *tests]).encode()).hexdigest()
        return cls(_KEPT / f"{name[:16]}.jsonl")

    def runs(self) -> list[Run]:
        """What was run before."""
        if self._path is None or not self._path.exists():
            return []
        lines = map(json.loads, self._path.read_text().splitlines())
        return [Run(line["tests"], frozenset(line["failed"])) for line in lines]

    def add(self, run: Run) -> None:
        """Keeps one more."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a") as kept:
            kept.write(json.dumps({"tests": run.tests, "failed": sorted(run.failed)}) + "\n")


def summary(runs: Sequence[Run]) -> str:
    """What they say together."""
    failures = Counter(name for run in runs for name in run.failed)
    lines = [f"  {times} of {len(runs)}  {name}" for name, times in failures.most_common()]
    most = max((run.tests for run in runs), default=0)
    lines += [f"  run {number} had {run.tests} tests" for number, run in enumerate(runs, 1) if run.tests != most]
    lines.append(f"flakes: {len(failures)} of {most} tests did not always pass in {len(runs)} runs")
    return "\n".join(lines)


def main() -> int:
    """Runs, counts, and prints; 0 when all the tests passed every time, 2 when a run told nothing."""
    wanted, tests = int(os.environ.get("RUNS", _RUNS)), os.environ.get("TESTS", "tests").split()
    kept = Kept.of(tests)
    runs = kept.runs()[:wanted]
    if runs:
        print(f"flakes: {len(runs)} runs of this state were kept")
    while len(runs) < wanted:
        run = _run(tests)
        if run is None:
            return 2
        kept.add(run)
        runs.append(run)
        print(f"flakes: run {len(runs)} of {wanted}: {len(run.failed)} of {run.tests} failed", flush=True)
    print(summary(runs))
    return 1 if any(run.failed or run.tests != runs[0].tests for run in runs) else 0


def _run(tests: Sequence[str]) -> Run | None:
    with tempfile.TemporaryDirectory(prefix="aion-flakes-") as folder:
        report = Path(folder, "report.xml")
        only = ("-m", "not slow and not chaos", f"--junit-xml={report}")
        ended = subprocess.run((sys.executable, "-m", "pytest", "-q", "-n", "2", *only, *tests), check=False)
        run = read_report(report) if report.exists() else None
    if run is None or not run.tests or ended.returncode not in _TOLD:
        print(f"flakes: a run ended with {ended.returncode}, not with its tests; it does not count")
        return None
    return run


def _git(*arguments: str) -> str:
    return subprocess.run(("git", *arguments), check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
