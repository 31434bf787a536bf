"""`make mutation` kills what a test notices, lets live what none does, and believes no test that fails anyway."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools.mutation.areas import areas
from tools.mutation.known import KnownMutantsUnfit, check_fit, known
from tools.mutation.mutants import mutants_of
from tools.mutation.trials import importing

ROOT = Path(__file__).resolve().parents[2]
SOURCE = '''"""A project with one module."""

LIMIT = 3


def fits(size):
    return size <= LIMIT


def forgotten(size):
    return size + 1
'''
TESTS = """from aion.sizes import LIMIT, fits


def test_a_size_fits_up_to_the_limit():
    assert fits(3)
    assert not fits(4)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("src", "tests", "_dev"):
        (tmp_path / folder).mkdir()
    (tmp_path / "_dev/aion").symlink_to("../src")
    (tmp_path / "src/__init__.py").touch()
    (tmp_path / "src/sizes.py").write_text(SOURCE)
    (tmp_path / "tests/test_sizes.py").write_text(TESTS)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\nmarkers = ["slow", "chaos"]\n'
    )
    return tmp_path


def begin(project: Path) -> "subprocess.Popen[str]":
    command = (sys.executable, "-m", "tools.mutation", "--root", str(project), "--all", "--processes", "1")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(project / "_dev"), str(ROOT)))}
    return subprocess.Popen(
        (*command, "--file", "src/sizes.py", "--tests", "tests"),
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.slow
def test_what_a_test_notices_is_killed_what_none_does_is_named_and_a_test_that_fails_anyway_is_not_asked(project: Path):
    (project / "tests/test_broken.py").write_text("def test_that_is_broken():\n    assert False\n")
    with begin(project) as run:
        said, _ = run.communicate(timeout=100)
    assert run.returncode == 2, said
    # Of the function that is tested none survives; of the other all three do, and the broken test kills none of them.
    assert re.search(r"^files +7 +7 +4 +3 +0 +0 +57\.1%$", said, re.MULTILINE), said
    assert "survived  src/sizes.py:11 forgotten\n    - return size + 1\n    + return size - 1" in said
    assert "src/sizes.py:7" not in said
    assert "tests/test_broken.py::test_that_is_broken fails without a mutant; it is not asked" in said


@pytest.mark.slow
def test_what_a_function_has_kept_of_an_earlier_test_hides_no_mutant(project: Path):
    """The first test to ask notices nothing; the second would have been given what the first one was."""
    (project / "src/sizes.py").write_text("from functools import cache\n\n\n@cache\ndef limit():\n    return 3\n")
    (project / "tests/test_sizes.py").write_text(
        "from aion.sizes import limit\n\n"
        "def test_that_asks():\n    limit()\n\n"
        "def test_that_looks():\n    assert limit() == 3\n"
    )
    with begin(project) as run:
        said, _ = run.communicate(timeout=100)
    assert run.returncode == 0, said
    assert re.search(r"^files +(\d+) +\1 +\1 +0 +0 +0 +100\.0%$", said, re.MULTILINE), said


@pytest.mark.slow
def test_one_that_is_told_to_end_takes_its_forks_and_their_folders_along(project: Path, tmp_path: Path):
    told = tmp_path / "told"
    os.mkfifo(told)
    (project / "tests/test_waits.py").write_text(
        "import os, pathlib, signal, tempfile\n\n"
        "def test_that_waits():\n"
        f"    pathlib.Path({str(told)!r}).write_text(f'{{os.getpid()}} {{tempfile.gettempdir()}}')\n"
        "    signal.pause()\n"
    )
    with begin(project) as run:
        pid, folder = told.read_text().split()
        assert Path(folder).is_dir()
        run.terminate()
        said, _ = run.communicate(timeout=100)
    assert (run.returncode, said.endswith("mutation: interrupted\n")) == (2, True), said
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)
    assert not Path(folder).exists()


def test_every_mutant_that_is_called_equivalent_fits_the_source_as_it_is():
    check_fit(known(), (mutant for area in areas(ROOT) for file in area.files for mutant in mutants_of(ROOT, file)))


@pytest.mark.parametrize("file", ["src/domain/lifecycle.py", "src/adapters/storage/statements.py"])
def test_every_mutant_reads_otherwise_than_the_original(file: str):
    mutants = mutants_of(ROOT, file)
    assert len(mutants) > 100
    assert all(mutant.likeness.before != mutant.likeness.after for mutant in mutants)


ENTRY = """[[equivalent]]
file = "src/domain/money.py"
scope = "nowhere"
before = "a < b"
after = "a <= b"
reason = "{reason}"
"""


def test_an_entry_that_fits_no_mutant_is_refused(tmp_path: Path):
    file = tmp_path / "equivalent.toml"
    file.write_text(ENTRY.format(reason="both are the same"))
    with pytest.raises(KnownMutantsUnfit, match="nowhere: a < b -> a <= b"):
        check_fit(known(file), mutants_of(ROOT, "src/domain/money.py"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [(ENTRY.format(reason=""), "has no reason"), (ENTRY.format(reason="same") * 2, "stands there twice")],
)
def test_an_entry_without_a_reason_or_written_twice_is_refused(text: str, problem: str, tmp_path: Path):
    file = tmp_path / "equivalent.toml"
    file.write_text(text)
    with pytest.raises(KnownMutantsUnfit, match=problem):
        known(file)


@pytest.mark.parametrize(
    ("text", "imports"),
    [
        ("from aion.domain.tasks import Task\n", True),
        ("from aion.domain import cron, tasks\n", True),
        ("from aion.domain.tasks_of import Task\n", False),
        ("from aion.domain import subtasks\nimport tasks\n", False),
    ],
)
def test_tests_that_import_the_changed_module_are_known(text: str, imports: bool, tmp_path: Path):
    test = tmp_path / "test_it.py"
    test.write_text(text)
    assert importing("src/domain/tasks.py", [test]) == ({test} if imports else set())
