"""All subjects in turn, round after round, so that what the machine does meanwhile meets them alike."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from benchmarks.load import WrongAnswer
from benchmarks.peers.environment import ROOT
from benchmarks.peers.one_round import Found, Plan
from benchmarks.servers import clean_environment

ROUND_SECONDS = 420.0
"""No round takes so long, however busy the machine is: one that does is hung."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is measured. `module` has its subject; `python` has its client, and is empty where that is not installed."""

    name: str
    module: str
    durable: bool
    python: str = sys.executable
    is_peer: bool = True


@dataclass(slots=True)
class Outcome:
    """All rounds of one entry; those of a peer that failed end there, with the reason."""

    entry: Entry
    packages: Mapping[str, str] = field(default_factory=dict)
    rounds: list[Mapping[str, float]] = field(default_factory=list)
    failed: str = ""


class OursFailed(Exception):
    """AION or the echo did not run: there is nothing to compare with."""


def run_rounds(entries: Sequence[Entry], plan: Plan, rounds: int) -> Sequence[Outcome]:
    """Every round that ran. A wrong answer, whoever gave it, ends all with WrongAnswer."""
    outcomes = [Outcome(entry) for entry in entries]
    for _ in range(rounds):
        for outcome in outcomes:
            if outcome.failed:
                continue
            entry = outcome.entry
            found = one_round(entry, plan)
            if found.wrong:
                raise WrongAnswer(f"{entry.name}: {found.wrong}")
            if found.failed and not entry.is_peer:
                raise OursFailed(f"{entry.name}: {found.failed}")
            outcome.packages, outcome.failed = found.packages, found.failed
            if not found.failed:
                outcome.rounds.append(found.figures)
    return outcomes


def one_round(entry: Entry, plan: Plan, limit: float = ROUND_SECONDS) -> Found:
    """One entry, once, in a process and a session of its own, all of which is ended when it takes too long."""
    with tempfile.TemporaryDirectory(prefix="aion-bench-") as folder:
        file, said = Path(folder, "found.json"), Path(folder, "said")
        command = [entry.python, "-m", "benchmarks.peers.one_round"]
        given = json.dumps(asdict(replace(plan, module=entry.module)))
        environment = clean_environment() | {"PYTHONPATH": str(ROOT)}
        with said.open("wb") as words:
            process = subprocess.Popen(
                [*command, given, str(file)],
                cwd=ROOT,
                env=environment,
                stdout=words,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return Found(failed=f"nothing after {limit:g} s")
        if not file.exists():
            last = said.read_text(errors="replace").strip().rpartition("\n")[2]
            return Found(failed=f"ended with {process.returncode}: {last}")
        return Found(**json.loads(file.read_text()))
