"""`make flakes`: what a report says, and that a run which was interrupted goes on."""

import subprocess
from pathlib import Path

import pytest

from tools import flakes
from tools.flakes import Kept, Run, read_report, summary

REPORT = """\
<testsuites><testsuite>
  <testcase classname="tests.unit.test_a" name="test_one[x]"/>
  <testcase classname="tests.unit.test_a" name="test_two[y]"><failure message="no"/></testcase>
  <testcase classname="tests.unit.test_b" name="test_three"><error message="set up"/></testcase>
</testsuite></testsuites>
"""


def test_a_report_names_what_failed_with_its_parameters(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    assert read_report(report) == Run(
        3, frozenset({"tests/unit/test_a.py::test_two[y]", "tests/unit/test_b.py::test_three"})
    )


def test_each_test_that_ever_failed_is_counted():
    runs = [Run(3, frozenset({"a"})), Run(3, frozenset()), Run(3, frozenset({"a", "b"}))]
    assert summary(runs) == "  2 of 3  a\n  1 of 3  b\nflakes: 2 of 3 tests did not always pass in 3 runs"


def test_what_is_kept_is_read_again_and_nothing_is_kept_of_code_that_is_not_committed(tmp_path):
    path = tmp_path / "flakes" / "a.jsonl"
    runs = [Run(3, frozenset()), Run(3, frozenset({"a", "b"}))]
    for run in runs:
        Kept(path).add(run)
        Kept(None).add(run)
    assert Kept(path).runs() == runs
    assert Kept(None).runs() == []


def test_what_was_run_counts_until_something_else_than_a_document_changes(tmp_path, monkeypatch):
    def git(*arguments):
        who = ("-c", "user.name=a", "-c", "user.email=a@localhost", "-c", "commit.gpgsign=false")
        subprocess.run(("git", *who, *arguments), cwd=tmp_path, check=True, capture_output=True)

    def commit(name, text):
        (tmp_path / name).write_text(text)
        git("add", "-A")
        git("commit", "-qm", text)
        return len(Kept.of(["tests"]).runs())

    monkeypatch.chdir(tmp_path)
    git("init", "-q")
    (tmp_path / ".gitignore").write_text("build\n")
    assert commit("code.py", "one = 1") == 0
    Kept.of(["tests"]).add(Run(3, frozenset()))
    assert commit("notes.md", "what was measured") == 1
    assert Kept.of(["tests/unit"]).runs() == []
    assert commit("code.py", "one = 2") == 0
    (tmp_path / "code.py").write_text("one = 1")
    Kept.of(["tests"]).add(Run(3, frozenset()))  # not committed: of no state
    assert commit("code.py", "one = 1") == 1


@pytest.mark.parametrize(("failed", "code"), [(frozenset(), 0), (frozenset({"a"}), 1)])
def test_it_goes_on_where_it_was_interrupted(tmp_path, monkeypatch, capsys, failed, code):
    kept = Kept(tmp_path / "a.jsonl")
    kept.add(Run(3, failed))
    ran = []

    def run(tests):
        ran.append(list(tests))
        return Run(3, frozenset())

    monkeypatch.setattr(flakes, "_run", run)
    monkeypatch.setattr(Kept, "of", classmethod(lambda cls, tests: kept))
    monkeypatch.setenv("RUNS", "3")
    monkeypatch.setenv("TESTS", "tests/unit tests/gates")
    assert flakes.main() == code
    assert ran == [["tests/unit", "tests/gates"]] * 2
    assert len(kept.runs()) == 3
    assert f"{len(failed)} of 3 tests did not always pass in 3 runs" in capsys.readouterr().out


def test_runs_of_which_one_had_fewer_tests_are_no_success(tmp_path, monkeypatch, capsys):
    kept = Kept(tmp_path / "a.jsonl")
    for tests in (3, 2):
        kept.add(Run(tests, frozenset()))
    monkeypatch.setattr(Kept, "of", classmethod(lambda cls, tests: kept))
    monkeypatch.setenv("RUNS", "2")
    assert flakes.main() == 1
    assert "run 2 had 2 tests" in capsys.readouterr().out


@pytest.mark.parametrize(("code", "counts"), [(0, True), (1, True), (2, False), (3, False)])
def test_a_run_that_was_broken_off_does_not_count(monkeypatch, capsys, code, counts):
    def pytest_of_that_run(command, check):
        (path,) = (word.partition("=")[2] for word in command if word.startswith("--junit-xml="))
        Path(path).write_text(REPORT)
        return subprocess.CompletedProcess(command, code)

    monkeypatch.setattr(subprocess, "run", pytest_of_that_run)
    assert (flakes._run(["tests"]) is not None) == counts


def test_a_run_that_tells_of_no_test_is_no_success(monkeypatch):
    monkeypatch.setattr(flakes, "_run", lambda tests: None)
    monkeypatch.setattr(Kept, "of", classmethod(lambda cls, tests: Kept(None)))
    assert flakes.main() == 2
