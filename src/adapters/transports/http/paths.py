"""Paths that no door serves."""

from aion.adapters.transports.http.answers import Scope
from aion.domain.errors import MethodNotFound


def hides_a_slash(scope: Scope) -> bool:
    """Whether the path has a slash that does not look like one: whoever guards paths before AION would not see it. No
    name in a path holds one.
    """
    raw: bytes = scope.get("raw_path") or b""
    return b"%" in raw and (b"%2f" in raw.lower() or b"%5c" in raw.lower())


def unknown_path(path: str) -> MethodNotFound:
    """The refusal of a path that nobody serves."""
    return MethodNotFound(f"there is no path {path[:256]}; the paths are in /openapi.json", facts={"path": path[:256]})
