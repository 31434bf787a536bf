"""`make soak`: what AION promises under load that lasts, each promise beside what was measured of it.

python -m benchmarks.soak [--minutes 15] [--rate 200] [--only mixed,burst,noisy] [--json FILE]

Ends with 1 when a promise is broken, with 2 when one could not be judged: late clients say nothing of the server.
"""

import argparse
import json
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path

import uvloop

from benchmarks import machine
from benchmarks.soak.burst import burst
from benchmarks.soak.mixed import mixed
from benchmarks.soak.noisy import noisy
from benchmarks.soak.promises import Findings, broken, document, table, unjudged

PARTS: Mapping[str, Callable[[argparse.Namespace], Coroutine[None, None, Findings]]] = {
    "mixed": lambda given: mixed(given.rate, 60 * given.minutes),
    "burst": lambda given: burst(given.rate, given.burst, given.burst_seconds),
    "noisy": lambda given: noisy(given.noisy_seconds, given.noisy_rounds),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the parts one after the other and prints each as soon as it is there."""
    given = _parser().parse_args(arguments)
    facts = machine.facts()
    print("# Load that lasts\n")
    print(machine.head(facts))
    print("The clients share this machine with the server.")
    parts: list[Findings] = []
    for name in given.only:
        parts.append(uvloop.run(PARTS[name](given)))
        print(f"\n{table(parts[-1])}", flush=True)
    if given.json is not None:
        given.json.write_text(json.dumps(document(facts, parts), indent=2) + "\n")
    failed, open_questions = broken(parts), unjudged(parts)
    if failed:
        print("\nBroken:", *(f"- {one.says}: {one.measured:.4g} {one.unit}".rstrip() for one in failed), sep="\n")
    if open_questions:
        print("\nNot judged:", *(f"- {one.says}: {one.why_not}" for one in open_questions), sep="\n")
        return 2
    if not failed:
        print("\nEvery promise is kept.")
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.soak", description="Load that lasts; `make soak` does it all."
    )
    parser.add_argument(
        "--only", type=_names, default=list(PARTS), metavar="NAMES", help=f"some of: {', '.join(PARTS)}"
    )
    parser.add_argument("--minutes", type=float, default=15, help="of the mixed load")
    parser.add_argument("--rate", type=float, default=200, help="calls a second of the mixed load, and below the burst")
    parser.add_argument("--burst", type=float, default=1_500, help="further calls a second in the burst")
    parser.add_argument("--burst-seconds", type=float, default=30)
    parser.add_argument("--noisy-seconds", type=float, default=20, help="of each part of a round")
    parser.add_argument("--noisy-rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report there, for machines")
    return parser


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in PARTS]:
        raise argparse.ArgumentTypeError(f"no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return names


if __name__ == "__main__":
    sys.exit(main())
