"""`make mutation`: changes the domain, the pipeline and the store in small ways, and counts what the tests notice.

Ends with 1 when they notice less than 85 % in an area, with 2 when a figure could not be trusted. Nothing is written
to the source: a mutant lives in a fork of this process only. `--all` tries every mutant, else `--sample` says how many
of each area, chosen by `--seed`.
"""

import argparse
import os
import random
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools.mutation.areas import NOT_ASKED, TESTS, Area, areas
from tools.mutation.campaign import ENOUGH, Campaign, Order
from tools.mutation.known import KnownMutantsUnfit, check_fit, known
from tools.mutation.mutants import mutants_of
from tools.mutation.trials import Fate

ROOT = Path(__file__).resolve().parents[2]
_SAMPLE = 300
# Tests that make up their own examples make up the same ones each time: a mutant is killed or it is not.
_PYTEST = (
    *("-q", "-s", "-p", "no:cacheprovider", "-p", "tools.mutation.steady", "-m", "not slow and not chaos"),
    *("-o", "timeout=0", "-o", "timeout_method=thread"),
)


def main(arguments: Sequence[str]) -> int:
    """Tries, prints and judges."""
    asked = _parser().parse_args(arguments)
    root = asked.root.resolve()
    chosen = areas(root) if not asked.file else [Area("files", tuple(asked.file))]
    chosen = [area for area in chosen if asked.area in area.name]
    equivalent = {} if asked.file and root != ROOT else known()
    if root == ROOT:
        try:
            check_fit(
                equivalent, [one for area in areas(root) for file in area.files for one in mutants_of(root, file)]
            )
        except KnownMutantsUnfit as problem:
            print(f"mutation: {problem}")
            return 2
    seed = random.SystemRandom().randrange(1_000_000) if asked.seed is None else asked.seed
    print(f"mutation: seed {seed}, {'all mutants' if asked.all else f'{asked.sample} mutants of an area'}", flush=True)
    order = Order(root, chosen, None if asked.all else asked.sample, seed, asked.processes, equivalent)
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    campaign = Campaign(order, out)
    os.chdir(root)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        ended = pytest.main(
            [*_PYTEST, *map("--ignore={}".format, NOT_ASKED), *(asked.tests or TESTS)], plugins=[campaign]
        )
    finally:
        campaign.close()
    if ended == pytest.ExitCode.INTERRUPTED:
        print("mutation: interrupted")
        return 2
    if ended not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) or not campaign.tallies:
        print(f"mutation: the tests could not be collected: {ended!r}")
        return 2
    return _report(campaign)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mutation", description=__doc__)
    parser.add_argument("--all", action="store_true", help="try every mutant")
    parser.add_argument("--sample", type=int, default=_SAMPLE, help="how many mutants of an area to try")
    parser.add_argument("--seed", type=int, help="which ones; a run prints its seed")
    parser.add_argument("--area", default="", help="only areas with this in their name")
    parser.add_argument("--file", action="append", help="only this source file; may be given several times")
    parser.add_argument("--tests", action="append", help="ask these tests instead; may be given several times")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="how many forks at a time")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout")
    return parser


def _report(campaign: Campaign) -> int:
    print("\narea        mutants   tried  killed  survived  equivalent  no mutants   ratio")
    for tally in campaign.tallies:
        none = tally.fates[Fate.STILLBORN] + tally.fates[Fate.UNREACHED]
        killed = tally.fates[Fate.KILLED]
        print(
            f"{tally.area.name:10} {tally.possible:8} {tally.fates.total():7} {killed:7} {len(tally.survivors):9} "
            f"{tally.equivalent:11} {none:11} {tally.ratio:7.1%}"
        )
    for complaint in campaign.complaints:
        print(f"mutation: {complaint}")
    if campaign.complaints:
        return 2
    return 1 if any(tally.ratio < ENOUGH for tally in campaign.tallies) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
