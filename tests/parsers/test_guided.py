"""Every parser under coverage-guided fuzz, for minutes each."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.effort import effort
from tests.parsers.trial import names

SECONDS = effort(5, 180)
REPOSITORY = Path(__file__).resolve().parents[2]
_RUNS = re.compile(r"stat::number_of_executed_units:\s*(\d+)")


@pytest.mark.chaos
@pytest.mark.parametrize("name", names())
def test_no_input_that_fuzzing_finds_breaks_a_parser(name):
    assert importlib.util.find_spec("atheris"), "atheris is missing: `make chaos` installs requirements/fuzz.txt"
    fuzzing = [sys.executable, "-m", "tests.parsers.guided", name, "--seconds", str(SECONDS)]
    ended = subprocess.run(fuzzing, cwd=REPOSITORY, capture_output=True, text=True, timeout=SECONDS + 600, check=False)
    said = ended.stdout + ended.stderr
    assert ended.returncode == 0, said[-6000:]
    runs = _RUNS.search(said)
    assert runs is not None, said[-2000:]
    assert int(runs[1]) > 0
