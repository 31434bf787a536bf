"""Mutants that mean the same as the original, with the reason: no test can notice them."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from tools.mutation.mutants import Likeness, Mutant

FILE = Path(__file__).with_name("equivalent.toml")


class KnownMutantsUnfit(Exception):
    """The list of equivalent mutants does not fit the source, or says too little."""


def known(file: Path = FILE) -> Mapping[Likeness, str]:
    """The reason for each. Raises KnownMutantsUnfit for an entry without one, or that stands twice."""
    found: dict[Likeness, str] = {}
    for entry in tomllib.loads(file.read_text()).get("equivalent", []):
        likeness = Likeness(entry["file"], entry.get("scope", ""), entry["before"], entry["after"])
        if not entry.get("reason", "").strip():
            raise KnownMutantsUnfit(f"{file.name}: {likeness} has no reason; say why no test can notice it")
        if likeness in found:
            raise KnownMutantsUnfit(f"{file.name}: {likeness} stands there twice; keep one")
        found[likeness] = entry["reason"]
    return found


def check_fit(entries: Mapping[Likeness, str], mutants: Iterable[Mutant]) -> None:
    """Raises KnownMutantsUnfit when an entry is none of these mutants."""
    stale = set(entries) - {mutant.likeness for mutant in mutants}
    if stale:
        lines = "".join(f"\n  {one.file} {one.scope}: {one.before} -> {one.after}" for one in sorted(stale))
        raise KnownMutantsUnfit(f"the code of these has changed; look at them again or delete them:{lines}")
