"""Names and versions as the contract allows them, and which version is newer."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints

INTENT_PATTERN: Final = r"^[a-z][a-z0-9_.-]{0,63}$"
_SEMVER: Final = re.compile(
    r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)"
    r"(?:-((?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*))?"
    r"(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
)
# With `module:`, `@` and a digest behind another `@` a name then fits the 200 characters of `preferred_engine`.
MAX_VERSION: Final = 48

Identifier = tuple[bool, int, str]
Precedence = tuple[bool, tuple[int, int, int], tuple[Identifier, ...]]


def semantic_version(text: str) -> str:
    """Refuses what is not a version by Semantic Versioning 2.0.0."""
    if len(text) > MAX_VERSION or _SEMVER.fullmatch(text) is None:
        raise ValueError(f'is not a semantic version of at most {MAX_VERSION} characters; write one such as "1.0.0"')
    return text


def precedence(version: str) -> Precedence:
    """Sorts versions, newest last. By Semantic Versioning, but every pre-release comes before every release.

    So that a new package `2.0.0-rc.1` beside `1.0.0` takes no work until somebody names it.
    """
    found = _SEMVER.fullmatch(version)
    if found is None:
        raise ValueError(f"{version} is not a semantic version")
    core = (int(found[1]), int(found[2]), int(found[3]))
    parts = found[4].split(".") if found[4] else []
    # Numbers come before words, and compare as numbers.
    identifiers = tuple((False, int(part), "") if part.isdigit() else (True, 0, part) for part in parts)
    return (not parts, core, identifiers)


IntentName = Annotated[str, StringConstraints(pattern=INTENT_PATTERN)]
ModuleName = Annotated[str, StringConstraints(pattern=INTENT_PATTERN)]
ModelName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,95}$")]
TenantName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
ScopeName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.*:-]{0,127}$")]
Version = Annotated[str, AfterValidator(semantic_version)]
