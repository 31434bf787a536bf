"""Failpoints do what they are told, where they are told, and nothing else."""

import signal
import subprocess
import sys

import pytest

from aion import failpoints


@pytest.fixture(autouse=True)
def off():
    yield
    failpoints.configure({})


def test_nothing_happens_when_nothing_was_asked():
    failpoints.hit("store.commit")


def test_what_was_asked_for_can_be_told():
    assert failpoints.names() == []
    failpoints.configure({"AION_FAILPOINTS": "store.commit=kill@9, server.before_answer=error"})
    assert failpoints.names() == ["server.before_answer", "store.commit"]


def test_an_error_is_raised_at_every_hit_or_at_the_nth_only():
    failpoints.configure({"AION_FAILPOINTS": "always=error, second=error@2"})
    for _ in range(2):
        with pytest.raises(failpoints.FailpointError, match="always"):
            failpoints.hit("always")
    failpoints.hit("second")
    with pytest.raises(failpoints.FailpointError):
        failpoints.hit("second")
    failpoints.hit("second")


def test_an_error_lasts_as_long_as_its_file(tmp_path):
    full = tmp_path / "full"
    failpoints.configure({"AION_FAILPOINTS": f"disk=error:{full}"})
    failpoints.hit("disk")
    full.touch()
    with pytest.raises(failpoints.FailpointError, match="disk"):
        failpoints.hit("disk")
    full.unlink()
    failpoints.hit("disk")


def test_a_pause_ends_when_its_file_exists(tmp_path):
    there = tmp_path / "go"
    there.touch()
    failpoints.configure({"AION_FAILPOINTS": f"here=pause:{there}"})
    failpoints.hit("here")


def test_a_kill_ends_the_process_at_the_nth_hit():
    program = "from aion import failpoints as f; f.hit('x'); print('once', flush=True); f.hit('x'); print('twice')"
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env={"AION_FAILPOINTS": "x=kill@2"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, "once\n"), ended.stderr


@pytest.mark.parametrize("bad", ["x", "x=", "x=explode", "x=kill@", "x=kill@often", "=kill"])
def test_nonsense_is_refused_with_the_forms_that_would_do(bad):
    with pytest.raises(failpoints.FailpointSyntaxError, match="name=kill@N"):
        failpoints.parse(bad)
