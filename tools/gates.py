"""Runs every gate of `make check`, two at a time, and says in one table what holds and what does not.

All gates run even when one fails: one look shows all that is to be done.
"""

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tools import third_party

BIN = Path(sys.executable).parent
PYTHON = sys.executable


@dataclass(frozen=True, slots=True)
class Gate:
    """One thing that must hold, and the command that proves it."""

    name: str
    promise: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a gate's command said."""

    gate: Gate
    passed: bool
    seconds: float
    output: str


# The slow ones first, so that they overlap with the rest.
GATES = (
    Gate("types", "mypy --strict finds nothing", ("mypy", "--num-workers=2")),
    Gate("drift", "generated code follows from its sources", (PYTHON, "-m", "tools.generate", "--check")),
    Gate("ts-types", "tsc --strict finds nothing", (PYTHON, "-m", "tools.node", "tsc")),
    Gate("rings", "imports point inwards only", ("lint-imports", "--no-cache", "--no-logo")),
    Gate("migrations", "the tables are what the migrations make", ("aion", "migrate", "--check")),
    Gate("lint", "ruff finds nothing", ("ruff", "check", "--quiet", "--output-format=concise", ".")),
    Gate("format", "code has its one form", ("ruff", "format", "--check", "--output-format=concise", ".")),
    Gate("ts-style", "biome finds nothing", (PYTHON, "-m", "tools.node", "biome", "ci", "--error-on-warnings", ".")),
    Gate("proto-lint", "the contract is in style", ("buf", "lint")),
    Gate("proto-format", "the contract has its one form", ("buf", "format", "proto", "--diff", "--exit-code")),
    Gate("breaking", "no gRPC client breaks", (PYTHON, "-m", "tools.breaking")),
    Gate("openapi", "no REST client breaks", (PYTHON, "-m", "tools.openapi_diff")),
    Gate("docs", "links, snippets, targets and named code are right", (PYTHON, "-m", "tools.check_docs")),
)


def run(gate: Gate) -> Outcome:
    """Run one gate with the environment's own tools first on the path."""
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    began = time.monotonic()
    try:
        done = subprocess.run(
            gate.command,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        passed, output = done.returncode == 0, done.stdout
    except FileNotFoundError:
        passed, output = False, f"{gate.command[0]} is not installed; run `make setup`\n"
    return Outcome(gate, passed, time.monotonic() - began, output)


def main() -> None:
    """Run the gates that were asked for, by default all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"some of: {', '.join(gate.name for gate in GATES)}")
    names = parser.parse_args().names
    if unknown := set(names) - {gate.name for gate in GATES}:
        parser.error(f"no gate is called {', '.join(sorted(unknown))}")
    third_party.fill()
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(run, [gate for gate in GATES if not names or gate.name in names]))
    for outcome in outcomes:
        mark = "ok  " if outcome.passed else "FAIL"
        print(f"{mark} {outcome.gate.name:<13} {outcome.seconds:5.1f} s  {outcome.gate.promise}")
    failed = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in failed:
        print(f"\n--- {outcome.gate.name}: {' '.join(outcome.gate.command)}\n{outcome.output.rstrip()}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
