"""`make check` runs every gate, shows what a failing one said, and fails with it."""

import sys

import pytest

from tools import gates
from tools.gates import Gate

GOOD = Gate("good", "this holds", (sys.executable, "-c", "print('all is well')"))
BAD = Gate("bad", "this does not", (sys.executable, "-c", "import sys; print('line 3: wrong'); sys.exit(1)"))
ABSENT = Gate("absent", "nobody knows", ("a-tool-that-nobody-has",))


def check(monkeypatch, *found: Gate, names: tuple[str, ...] = ()) -> int:
    monkeypatch.setattr(gates, "GATES", found)
    monkeypatch.setattr(gates.third_party, "fill", lambda: None)
    monkeypatch.setattr(sys, "argv", ["gates", *names])
    with pytest.raises(SystemExit) as ended:
        gates.main()
    return int(ended.value.code or 0)


def test_gates_that_hold_pass(monkeypatch, capsys):
    assert check(monkeypatch, GOOD) == 0
    assert "ok   good" in capsys.readouterr().out


def test_one_failing_gate_fails_the_run_and_the_others_still_run(monkeypatch, capsys):
    assert check(monkeypatch, BAD, GOOD) == 1
    said = capsys.readouterr().out
    assert "FAIL bad" in said
    assert "line 3: wrong" in said
    assert "ok   good" in said


def test_a_tool_that_is_not_installed_fails_with_the_remedy(monkeypatch, capsys):
    assert check(monkeypatch, ABSENT) == 1
    assert "a-tool-that-nobody-has is not installed; run `make setup`" in capsys.readouterr().out


def test_single_gates_can_be_asked_for(monkeypatch, capsys):
    assert check(monkeypatch, BAD, GOOD, names=("good",)) == 0
    assert "bad" not in capsys.readouterr().out


def test_a_gate_that_does_not_exist_is_refused(monkeypatch, capsys):
    assert check(monkeypatch, GOOD, names=("goood",)) == 2
    assert "no gate is called goood" in capsys.readouterr().err


def test_the_gates_have_names_of_their_own():
    names = [gate.name for gate in gates.GATES]
    assert len(names) == len(set(names))
