"""`make flakes`: runs the tests again and again and names each that did not always pass.

A test that fails one time in twenty teaches people to press the button again. `RUNS` says how often (20), `TESTS` which
(all but the slow ones). Ends with 1 when a test failed in any run.
"""

import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

from tools.count_skips import path_of

_RUNS = 20


def failed_in(report: Path) -> set[str]:
    """The tests that failed, or broke while they were set up or torn down, with their parameters."""
    cases = ET.parse(report).iter("testcase")  # noqa: S314 - our own pytest wrote it a moment ago
    return {
        f"{path_of(case.attrib['classname'])}::{case.attrib['name']}"
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    }


def main() -> int:
    """Runs, counts, and prints; 0 when every test passed every time."""
    runs, tests = int(os.environ.get("RUNS", _RUNS)), os.environ.get("TESTS", "tests").split()
    failures: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="aion-flakes-") as folder:
        for run in range(1, runs + 1):
            report = Path(folder, f"{run}.xml")
            only = ("-m", "not slow and not chaos", f"--junit-xml={report}")
            ended = subprocess.run((sys.executable, "-m", "pytest", "-q", "-n", "2", *only, *tests), check=False)
            if not report.exists():
                print(f"flakes: run {run} ended with {ended.returncode} and left no report")
                return 2
            failed = failed_in(report)
            failures.update(failed)
            print(f"flakes: run {run} of {runs}: {len(failed)} failed", flush=True)
    for name, times in failures.most_common():
        print(f"  {times} of {runs}  {name}")
    print(f"flakes: {len(failures)} tests did not always pass in {runs} runs")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
