"""Refuses a contract that breaks clients of main or of the last tag: `buf breaking`, with what it needs put
in place.

buf alone cannot compare with a commit here, since third_party/ is not in git: the commit's proto/ is laid out
beside today's third_party/ and built from there.
"""

import argparse
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tools import third_party
from tools.baseline import Baseline, baselines, git


class ContractBroken(Exception):
    """What buf found, one line a finding."""


def compare(tree: Path, baseline: Baseline) -> str:
    """Return a line that says what was compared; raise ContractBroken when a client of the baseline would
    break.
    """
    if not git(tree, "ls-tree", "--name-only", baseline.commit, "proto/"):
        return f"breaking: {baseline.name} has no contract yet, nothing to compare with"
    third_party.fill(tree / "third_party")
    with tempfile.TemporaryDirectory() as folder:
        image = build_image(tree, baseline, Path(folder))
        done = buf(tree, "breaking", "proto", "--against", str(image))
    if done.returncode:
        raise ContractBroken(f"breaking: clients of {baseline.name} would break\n{done.stdout}{done.stderr}")
    return f"breaking: nothing breaks clients of {baseline.name}"


def build_image(tree: Path, baseline: Baseline, folder: Path) -> Path:
    """Build the baseline's contract and return the path of its image."""
    archive = subprocess.run(
        ["git", "-C", str(tree), "archive", baseline.commit, "proto"], capture_output=True, check=True
    )
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as proto:
        proto.extractall(folder, filter="data")
    shutil.copytree(tree / "third_party", folder / "third_party")
    shutil.copy(tree / "buf.yaml", folder)
    done = buf(folder, "build", "proto", "--exclude-source-info", "--output", "base.binpb")
    if done.returncode:
        raise ContractBroken(f"breaking: the contract of {baseline.name} does not build\n{done.stderr}")
    return folder / "base.binpb"


def buf(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run buf from this interpreter's environment."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["buf", *arguments],
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def main() -> None:
    """Compare with every baseline there is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", type=Path, default=Path())
    tree = parser.parse_args().tree
    found = list(baselines(tree))
    if not found:
        print("breaking: neither main nor a tag here, nothing to compare with")
    try:
        for baseline in found:
            print(compare(tree, baseline))
    except ContractBroken as broken:
        sys.exit(str(broken))


if __name__ == "__main__":
    main()
