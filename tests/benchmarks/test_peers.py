"""`make bench-peers` runs: AION and a fake peer with tiny numbers; who does not run, or answers wrongly, is said."""

import shutil
from pathlib import Path

import pytest

from benchmarks.load import WrongAnswer
from benchmarks.peers import __main__ as command
from benchmarks.peers.children import Ended, child
from benchmarks.peers.environment import NotInstalled, peers_python
from benchmarks.peers.one_round import Found, Plan
from benchmarks.peers.report import packages, reasons, section
from benchmarks.peers.rounds import Entry, OursFailed, Outcome, one_round, run_rounds
from benchmarks.processes import tree_of
from benchmarks.report import table

REDACT = Path(__file__).resolve().parents[2] / "modules" / "redact"
TINY = Plan("", "a text", in_flight=2, seconds=0.05, rates=(50.0,), quiet_seconds=0)


def entry(name, **changes):
    return Entry(name, f"tests.benchmarks.peers.{name}", durable=False, **changes)


@pytest.mark.slow
def test_aion_and_a_peer_are_measured_and_a_peer_that_does_not_run_is_said_with_its_reason(tmp_path, monkeypatch):
    shutil.copytree(REDACT, tmp_path / "redact", ignore=shutil.ignore_patterns("target"))
    monkeypatch.setenv("MODULES_FOR_TESTS", str(tmp_path))
    outcomes = run_rounds([entry("fake"), entry("one_module_aion", is_peer=False), entry("broken")], TINY, rounds=1)
    found = section(outcomes, TINY)
    fake, aion, broken = ({figure.name: figure.value for figure in row.figures} for row in found.rows)
    assert (fake["x echo"], aion["x AION"], broken) == (1, 1, {})
    assert all(fake[name] > 0 for name in ("calls/s", "p50 ms at 50/s", "idle MiB", "first answer s", "client us"))
    assert aion["processes"] > fake["processes"] == 1
    assert aion["refused % at 50/s"] == 0
    assert "broken (did not run)" in table(found)
    assert [line for line in reasons(outcomes) if line.startswith("broken: Ended") and "no broker here" in line]
    assert packages(outcomes) == f"pytest {pytest.__version__}"


def test_a_wrong_answer_ends_the_run_whoever_gave_it():
    with pytest.raises(WrongAnswer, match="wrong: 4712 instead of 4711"):
        run_rounds([entry("wrong")], TINY, rounds=1)


def test_nothing_is_compared_when_aion_itself_does_not_run():
    with pytest.raises(OursFailed, match="broken: Ended"):
        run_rounds([entry("broken", is_peer=False)], TINY, rounds=1)


def test_a_peer_whose_packages_are_missing_is_a_peer_that_does_not_run():
    found = one_round(entry("not_there"), TINY)
    assert found.failed == "ModuleNotFoundError: No module named 'tests.benchmarks.peers.not_there'"


def test_a_peer_that_failed_is_not_started_again_in_the_next_round(monkeypatch):
    asked = []

    def fails(peer, _plan):
        asked.append(peer.name)
        return Found(failed="out of luck")

    monkeypatch.setattr("benchmarks.peers.rounds.one_round", fails)
    outcomes = run_rounds([entry("fake")], TINY, rounds=3)
    assert (asked, [outcome.failed for outcome in outcomes]) == (["fake"], ["out of luck"])


def test_a_round_that_hangs_is_ended_and_is_a_failure():
    assert one_round(entry("hanging"), TINY, limit=0.5).failed == "nothing after 0.5 s"


def test_packages_without_a_hash_are_not_installed(tmp_path):
    lock = tmp_path / "lock.txt"
    lock.write_text("celery==5.7.0\n")
    with pytest.raises(NotInstalled, match="hash"):
        peers_python(tmp_path / "peers", lock)


def test_without_the_peers_aion_is_measured_alone_and_they_are_named(monkeypatch, capsys):
    figures = {f"{name} ms at {rate:g}/s": 1.0 for name in ("p50", "p99") for rate in command.RATES}
    figures |= dict.fromkeys(("calls/s", "servers us", "client us", "idle MiB", "processes", "first answer s"), 1.0)
    figures["refused % at 200/s"] = 0.0

    def not_installed(_folder):
        raise NotInstalled("no wheel for this machine")

    monkeypatch.setattr(command, "peers_python", not_installed)
    monkeypatch.setattr(command, "run_rounds", lambda entries, *_: [Outcome(one, {}, [figures]) for one in entries])
    command.main(["--quick"])
    printed = capsys.readouterr().out
    assert "Not installed, so not measured: Celery, taskiq, Ray Serve. no wheel for this machine" in printed
    assert [line.split(" (")[0] for line in printed.splitlines() if line.startswith("| ")][1:] == [
        "| grpc.aio echo",
        "| AION",
    ]


def test_a_process_that_is_ended_takes_with_it_all_that_it_started():
    with child(["sh", "-c", "sleep 300 & wait"], {}) as shell:
        while len(tree_of(shell.pid)) < 2:
            shell.check()
        started = tree_of(shell.pid)
    while any(_alive(pid) for pid in started):
        pass  # a killed process takes its moment to go


def test_a_process_that_ended_early_says_its_last_words():
    with child(["sh", "-c", "echo no room; exit 3"], {}) as shell:
        shell.process.wait(30)
        with pytest.raises(Ended, match="ended with 3: no room"):
            shell.check()


def _alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
