"""`make bench-peers`: AION beside other systems, in one run. A peer that does not run is said with its reason.

python -m benchmarks.peers [--only NAME,...] [--quick] [--json FILE]
"""

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import machine
from benchmarks.floor import IN_FLIGHT
from benchmarks.load import WrongAnswer
from benchmarks.peers.environment import NotInstalled, cache, peers_python
from benchmarks.peers.one_round import Plan
from benchmarks.peers.report import packages, reasons, section
from benchmarks.peers.rounds import Entry, OursFailed, run_rounds
from benchmarks.report import document, table
from benchmarks.scale import FULL, QUICK
from benchmarks.submits import TEXT

OURS = (
    Entry("grpc.aio echo", "benchmarks.peers.subjects.echo", durable=False, is_peer=False),
    Entry("AION", "benchmarks.peers.subjects.aion", durable=True, is_peer=False),
)
PEERS: Mapping[str, Entry] = {
    "celery": Entry("Celery", "benchmarks.peers.subjects.celery", durable=True),
    "taskiq": Entry("taskiq", "benchmarks.peers.subjects.taskiq", durable=True),
    "ray": Entry("Ray Serve", "benchmarks.peers.subjects.ray_serve", durable=False),
}
RATES = (100.0, 200.0)
QUIET_SECONDS = 2.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Installs the peers, measures and prints; ends with 1 when somebody answered wrongly or AION did not run."""
    given = _parser().parse_args(arguments)
    scale = QUICK if given.quick else FULL
    plan = Plan("", TEXT, IN_FLIGHT, scale.seconds, RATES, QUIET_SECONDS)
    facts = machine.facts()
    print("# AION and its peers\n")
    print(machine.head(facts))
    print("Clients, servers and the disk share this machine." + (" A smoke run: no figure means much." * given.quick))
    try:
        python = peers_python(cache() / "peers")
    except NotInstalled as error:
        print(f"\nNot installed, so not measured: {', '.join(peer.name for peer in PEERS.values())}. {error}")
        peers: list[Entry] = []
    else:
        peers = [replace(PEERS[name], python=python) for name in given.only]
    began = time.monotonic()
    try:
        outcomes = run_rounds([*OURS, *peers], plan, scale.rounds)
    except (WrongAnswer, OursFailed) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    found = section(outcomes, plan)
    print(f"\n{table(found)}\n\n{packages(outcomes)}\n{time.monotonic() - began:.0f} s in all.")
    for line in reasons(outcomes):
        print(f"Did not run: {line}")
    if given.json is not None:
        given.json.write_text(json.dumps(document(facts, [found]), indent=2) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description="AION beside other systems.")
    known = ", ".join(PEERS)
    parser.add_argument("--only", type=_names, default=list(PEERS), metavar="NAMES", help=f"some of: {known}")
    parser.add_argument("--quick", action="store_true", help="a smoke run of a minute or two")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report there, for machines")
    return parser


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in PEERS]:
        raise argparse.ArgumentTypeError(f"no peer {', '.join(unknown)}; there are {', '.join(PEERS)}")
    return names


if __name__ == "__main__":
    main()
