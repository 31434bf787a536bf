"""Writes everything that is generated, or with `--check` says what of it is out of date.

What follows from proto/, then the SDK's sync face, which follows from its asyncio one, aionctl's page, which follows
from its commands, and the table of RPCs and transports in docs/transports.md.

Everything is generated into a folder aside first: a generator that fails leaves the tree as it was, and the
check needs neither git nor a clean tree.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import node, third_party

GENERATED = (
    Path("src/v1"),
    Path("src/workers/v1"),
    Path("openapi"),
    Path("docs/reference"),
    Path("sdk/python/src/aion_sdk/_gen"),
    Path("sdk/python/src/aion_sdk/_contract"),
    Path("sdk/typescript/src/gen"),
    Path("sdk/typescript/src/contract"),
)
TEMPLATES = (Path("buf.gen.yaml"), Path("sdk/typescript/buf.gen.yaml"))
DESCRIPTORS = Path("openapi/aion.v1.binpb")
SYNC_FACE = Path("sdk/python/sync_face.py")
AIONCTL_PAGE = Path("sdk/python/aionctl_page.py")
MATRIX = "tests.contract.transports.matrix"
"""Writes which transport serves which RPC into docs/transports.md; a test of the matrix holds the page against it."""


def run(command: list[str]) -> None:
    """Run a generator; it stays silent unless it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: status {done.returncode}\n{done.stdout}")


def generate(out: Path) -> None:
    """Generate below `out` what stands in the tree."""
    third_party.fill()
    for template in TEMPLATES:
        run(["buf", "generate", "--template", str(template), "--output", str(out)])
    image = ["buf", "build", ".", "--path", "proto/aion/v1", "--exclude-source-info", "--as-file-descriptor-set"]
    run([*image, "--output", str(out / DESCRIPTORS)])


def files_below(root: Path, folder: Path) -> dict[Path, bytes]:
    """Return the files of one generated folder by their path in the tree."""
    paths = (path for path in (root / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(root): path.read_bytes() for path in paths}


def drift(fresh: Path, tree: Path) -> list[str]:
    """Return a sentence for each file of the tree that is not what the contract gives."""
    found = []
    for folder in GENERATED:
        want, have = files_below(fresh, folder), files_below(tree, folder)
        found += [f"{path}: missing" for path in want.keys() - have.keys()]
        found += [f"{path}: nothing generates it" for path in have.keys() - want.keys()]
        found += [f"{path}: out of date" for path in want.keys() & have.keys() if want[path] != have[path]]
    return sorted(found)


def write(fresh: Path, tree: Path) -> None:
    """Make the generated folders equal to what was generated; equal files are not touched."""
    for folder in GENERATED:
        want, have = files_below(fresh, folder), files_below(tree, folder)
        for path in have.keys() - want.keys():
            (tree / path).unlink()
        for path, content in want.items():
            if have.get(path) != content:
                (tree / path).parent.mkdir(parents=True, exist_ok=True)
                (tree / path).write_bytes(content)
        for path in sorted((tree / folder).rglob("*"), reverse=True):
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()


def main() -> None:
    """Write or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail when the tree is out of date")
    parser.add_argument("--tree", type=Path, default=Path(), help="the tree to write or check")
    asked = parser.parse_args()
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), str(node.NODE.parent), os.environ["PATH"]])
    writers = [[sys.executable, str(asked.tree / script)] for script in (SYNC_FACE, AIONCTL_PAGE)]
    matrix = [sys.executable, "-m", MATRIX]
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        generate(fresh)
        if not asked.check:
            write(fresh, asked.tree)
            for writer in [*writers, matrix]:
                run(writer)
            print(f"generate: {', '.join(map(str, GENERATED))} follow from proto/")
            print("generate: the SDK's sync face follows from its async one, aionctl's page from its commands")
            print("generate: the table of transports follows from the contract and the gaps that are named")
            return
        if found := drift(fresh, asked.tree):
            sys.exit("generated code is out of date; run `make generate`\n  " + "\n  ".join(found))
        for writer in writers:
            run([*writer, "--check"])
        print("generated code: follows from its sources")


if __name__ == "__main__":
    main()
