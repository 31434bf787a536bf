"""Compares openapi/ with main and the last tag, or one document with another: `python -m tools.openapi_diff
OLD NEW`.
"""

import argparse
import sys
from pathlib import Path

import yaml

from tools.baseline import Baseline, baselines, git
from tools.openapi_diff.documents import breaks

FOLDER = "openapi"


def compare(tree: Path, baseline: Baseline) -> list[str]:
    """Return what breaks REST clients of the baseline."""
    names = (git(tree, "ls-tree", "--name-only", baseline.commit, f"{FOLDER}/") or "").split()
    found = []
    for name in (name for name in names if name.endswith(".yaml")):
        if not (tree / name).exists():
            found.append(f"{name}: the document was removed")
            continue
        old = git(tree, "show", f"{baseline.commit}:{name}")
        assert old is not None, f"{name} is listed in {baseline.name}"
        found += breaks(yaml.safe_load(old), yaml.safe_load((tree / name).read_text()))
    return found


def main() -> None:
    """Print what was compared; end with status 1 when a client would break."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", nargs="*", type=Path, metavar="OLD NEW")
    parser.add_argument("--tree", type=Path, default=Path())
    asked = parser.parse_args()
    if asked.documents:
        old, new = (yaml.safe_load(path.read_text()) for path in asked.documents)
        report("OLD", breaks(old, new))
        return
    found = list(baselines(asked.tree))
    if not found:
        print("openapi: neither main nor a tag here, nothing to compare with")
    for baseline in found:
        report(baseline.name, compare(asked.tree, baseline))


def report(name: str, found: list[str]) -> None:
    """Print the good news, or end with the bad."""
    if found:
        sys.exit(f"openapi: REST clients of {name} would break\n  " + "\n  ".join(found))
    print(f"openapi: nothing breaks REST clients of {name}")


if __name__ == "__main__":
    main()
