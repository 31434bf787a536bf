"""What is changed, and which tests are asked: those that need no second process and no second of their own."""

from dataclasses import dataclass
from pathlib import Path

TESTS = ("tests/unit", "tests/contract", "tests/property", "tests/storage")
NOT_ASKED = ("tests/contract/test_engine.py", "tests/storage/test_crashes.py")
"""They kill processes of their own, and do not stand being run by many forks at a time."""

_FRONT_DOOR = (
    *("admission", "call", "counting", "errors", "fingerprint", "gate", "methods", "observing", "pipeline"),
    *("protobuf_reading", "streams", "turnstile", "validation"),
)
_STORE = (
    *("codec", "compiling", "decision_codec", "held_back", "json_columns", "lazy_heap", "many_rows", "outcomes"),
    *("queries", "reader", "ready_lines", "sqlite", "statements", "steps", "sweeping", "sweeping_statements", "times"),
    *("transaction", "waiting", "writer"),
)


@dataclass(frozen=True, slots=True)
class Area:
    """Source files that are judged together."""

    name: str
    files: tuple[str, ...]


def areas(root: Path) -> list[Area]:
    """The areas of this checkout."""
    domain = sorted(str(path.relative_to(root)) for path in (root / "src/domain").glob("*.py"))
    return [
        Area("domain", tuple(domain)),
        Area("pipeline", tuple(f"src/adapters/rpc/{name}.py" for name in _FRONT_DOOR)),
        Area("store", tuple(f"src/adapters/storage/{name}.py" for name in _STORE)),
    ]
