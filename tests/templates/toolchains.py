"""Toolchains for WebAssembly: those of this machine, or got from a registry into a cache outside of the clone, once.

What cannot be had skips its test with the reason, and the skip must be allowed by name.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CACHE = Path(os.environ.get("AION_CACHE", Path.home() / ".cache" / "aion")) / "toolchains"
SECONDS = 600


def of_this_machine(*tools: str) -> None:
    """Skips unless all of these are installed."""
    if missing := [tool for tool in tools if shutil.which(tool) is None]:
        pytest.skip(f"{', '.join(missing)} is not on this machine")


def from_pypi(package: str, version: str) -> Path:
    """The `bin` folder of a virtual environment that has this package."""
    folder = CACHE / f"{package}-{version}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{package}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            run([sys.executable, "-m", "venv", str(folder)], CACHE)
            got = run([str(folder / "bin" / "pip"), "install", "--quiet", f"{package}=={version}"], CACHE, check=False)
            if got.returncode:
                pytest.skip(f"{package} {version} cannot be had: {got.stderr.strip().splitlines()[-1:]}")
            (folder / "complete").touch()
    return folder / "bin"


def run(
    command: list[str], folder: Path, *, check: bool = True, **variables: str
) -> "subprocess.CompletedProcess[str]":
    """Runs a command, with the `aion` under test first on the path; what it said when it fails."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path, **variables},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert not check or done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done
