"""Where the demo finds and leaves things."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ROOT / "examples" / "texts"
DATA = ROOT / "build" / "demo"
BIN = Path(sys.executable).parent


def text(name: str) -> str:
    """One of the repository's own texts."""
    return (TEXTS / name).read_text(encoding="utf-8")
