"""The peers' own virtual environment: beside what other builds keep, so that none of it mixes with what AION needs."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements" / "peers.txt"
_UV = str(Path(sys.executable).with_name("uv"))
_LAST_WORDS = 400


class NotInstalled(Exception):
    """The peers' packages could not be installed; carries what the installer said."""


def cache() -> Path:
    """Where what is made once for a machine is kept: AION_CACHE says where, or it is below the home directory."""
    return Path(os.environ.get("AION_CACHE") or Path.home() / ".cache" / "aion")


def peers_python(folder: Path, lock: Path = LOCK) -> str:
    """The Python that has every peer, as locked: by hash, and nothing else with it."""
    python = folder / "bin" / "python"
    if not python.exists():
        _uv("venv", "--quiet", "--clear", "--python", sys.executable, str(folder))
    _uv("pip", "sync", "--quiet", "--require-hashes", "--python", str(python), str(lock))
    return str(python)


def _uv(*arguments: str) -> None:
    done = subprocess.run([_UV, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalled(done.stderr.strip()[-_LAST_WORDS:])
