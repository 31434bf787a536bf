"""`make bench`: the report. Figures stand beside their aims, ratios are within one run; a wrong answer ends the run.

python -m benchmarks [--only SECTION,...] [--quick | --hour] [--json FILE]
"""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import machine
from benchmarks.report import Section, document, missed, table, without_aims
from benchmarks.scale import FULL, HOUR, QUICK
from benchmarks.sections import SECTIONS


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and prints, a section as soon as it is there."""
    given = _parser().parse_args(arguments)
    scale = QUICK if given.quick else HOUR if given.hour else FULL
    facts = machine.facts()
    print("# Benchmarks\n")
    print(machine.head(facts))
    print("Clients, servers and the disk share this machine." + (" A smoke run: no figure means much." * given.quick))
    sections: list[Section] = []
    began = time.monotonic()
    for name in given.only:
        section = SECTIONS[name](scale)
        sections.append(without_aims(section) if given.quick else section)
        print(f"\n{table(sections[-1])}", flush=True)
    print(f"\n{time.monotonic() - began:.0f} s in all.")
    if not given.quick:
        lines = missed(sections)
        print("Every aim is met." if not lines else "Missed:\n" + "\n".join(f"- {line}" for line in lines))
    if given.json is not None:
        given.json.write_text(json.dumps(document(facts, sections), indent=2) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure AION; `make bench` does it all.")
    known = ", ".join(SECTIONS)
    parser.add_argument("--only", type=_names, default=list(SECTIONS), metavar="NAMES", help=f"some of: {known}")
    scale = parser.add_mutually_exclusive_group()
    scale.add_argument("--quick", action="store_true", help="a smoke run: everything, briefly")
    scale.add_argument(
        "--hour",
        action="store_true",
        help=f"memory after {HOUR.memory_tasks:,} tasks, an hour's at 200/s; takes half an hour more (--only memory)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report there, for machines")
    return parser


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in SECTIONS]:
        raise argparse.ArgumentTypeError(f"no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    return names


if __name__ == "__main__":
    main()
