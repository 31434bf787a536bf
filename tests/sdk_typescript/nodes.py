"""The versions of Node.js that the TypeScript SDK is tried with, and how its tools are run."""

import shutil
import subprocess
from pathlib import Path

from tools.node import NODE, NPM, SDK, environment

PATIENCE = 300.0
"""Seconds after which a tool hangs: generous, since it only delays a failure."""


def versions() -> dict[str, Path]:
    """The Node.js of the virtual environment and, where the machine has the oldest one that is promised, that too."""
    found = {"node22": NODE}
    own = shutil.which("node")
    if own is not None and _says(Path(own), "--version").startswith("v20."):
        found["node20"] = Path(own)
    return found


def run(command: list[str | Path], folder: Path, **settings: str) -> str:
    """What a command wrote to stdout; of AION's variables it has those given here, not those of who runs the tests.

    Raises AssertionError with all that it said when it fails.
    """
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={name: value for name, value in environment().items() if not name.startswith("AION_")} | settings,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def vitest(node: Path, folder: str, **settings: str) -> str:
    """Run the tests of one folder of the SDK; what vitest said."""
    script = SDK / "node_modules" / "vitest" / "vitest.mjs"
    return run([node, script, "run", "--dir", f"test/{folder}"], SDK, NO_COLOR="1", **settings)


def npm(folder: Path, *arguments: str) -> str:
    """Run npm without a network: what is installed comes from files."""
    return run([NODE, NPM, *arguments, "--offline", "--ignore-scripts", "--no-audit", "--no-fund"], folder)


def _says(program: Path, *arguments: str) -> str:
    return subprocess.run([program, *arguments], stdout=subprocess.PIPE, text=True, check=True).stdout
