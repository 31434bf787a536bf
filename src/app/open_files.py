"""How many files this process may have open: every connection is one, and the usual first limit is a small one."""

import logging
import resource

ENOUGH = 65_536
"""More than the connections, streams and store files of one server; a limit without end is no use to anyone."""

_log = logging.getLogger("aion.app")


def raise_open_files() -> int:
    """Raises the limit on open files as far as the operator lets it go, and says what it is then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = reachable(hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        except (OSError, ValueError) as refused:
            _log.warning("the limit on open files stays at %d: %s", soft, refused)
            return soft
    return most


def reachable(hard: int) -> int:
    """What a process may raise its limit to under this hard limit."""
    return ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
