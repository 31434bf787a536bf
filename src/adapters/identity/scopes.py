"""Which scopes may be written into a key or a principal.

A misspelled scope would be a silent refusal later; so it is refused here.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from aion.domain.identity import ALL_SCOPES, WORKERS_SERVE, is_client_scope

GRANTABLE: Final = ALL_SCOPES | {WORKERS_SERVE}
"""What may be written into a key or a principal; the last one only by its name, it is no client's."""


def checked_scopes(scopes: Iterable[str]) -> frozenset[str]:
    """The scopes as a set. Raises ValueError that names the wrong one and what is allowed."""
    checked = frozenset(scopes)
    if not checked:
        raise ValueError(f"give at least one scope of {_allowed()}")
    for scope in sorted(checked):
        if scope not in GRANTABLE and not is_client_scope(scope):
            nearest = get_close_matches(scope, GRANTABLE, n=1)
            meant = f"; did you mean {nearest[0]}?" if nearest else ""
            raise ValueError(f"no such scope: {scope!r}{meant} Allowed are {_allowed()}")
    return checked


def _allowed() -> str:
    return ", ".join(sorted(GRANTABLE)) + ", and intent:NAME:run"
