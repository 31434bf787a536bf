"""Counts the skipped tests of a JUnit report and refuses those that nobody has allowed by name.

A test that silently stopped running looks like a test that passes; this makes it loud. A name in the list that did not
skip is refused as well, so that the list never outlives its reasons.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET


def allowed(text: str) -> set[str]:
    """Return the names in the list; what stands behind the first `: ` is the reason, for people."""
    lines = (line.strip() for line in text.splitlines())
    return {line.partition(": ")[0] for line in lines if line and not line.startswith("#")}


def skipped(report: Path) -> set[str]:
    """Return the skipped tests as `path::name`, without parameters."""
    cases = ET.parse(report).iter("testcase")  # noqa: S314  # our own pytest wrote it a moment ago
    names = (case for case in cases if case.find("skipped") is not None)
    return {f"{path_of(case.attrib['classname'])}::{case.attrib['name'].partition('[')[0]}" for case in names}


def path_of(classname: str) -> str:
    """Return the file of a test from pytest's dotted name, which may end with a class."""
    parts = classname.split(".")
    while len(parts) > 1 and parts[-1][:1].isupper():
        parts.pop()
    return "/".join(parts) + ".py"


def verdict(found: set[str], named: set[str]) -> list[str]:
    """Return a sentence for each difference between what skipped and what may."""
    return sorted(
        [f"{name} was skipped; make it run or name it with its reason" for name in found - named]
        + [f"{name} no longer skips; take it off the list" for name in named - found]
    )


def main() -> None:
    """Compare a report with a list."""
    report, listed = Path(sys.argv[1]), Path(sys.argv[2])
    found = skipped(report)
    if problems := verdict(found, allowed(listed.read_text())):
        sys.exit("skips:\n  " + "\n  ".join(problems))
    print(f"skips: {len(found)}, all of them named in {listed}")


if __name__ == "__main__":
    main()
