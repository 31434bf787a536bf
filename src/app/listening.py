"""Whether an address can be listened on, asked before what takes long: whoever listens there finds out for good."""

import errno
import os
import socket
from collections.abc import Mapping

from aion.app.settings_types import Listen


def obstacle(listen: Listen) -> OSError | None:
    """What is in the way of listening there now; None when nothing is."""
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    try:
        socket.create_server((listen.host, listen.port), family=family).close()
    except OSError as cause:
        return cause
    return None


def reason(cause: OSError) -> str:
    """Why, in the words of the system; `strerror` of a socket's error repeats the address."""
    if isinstance(cause, socket.gaierror) or cause.errno is None:
        return str(cause.strerror or cause)
    return os.strerror(cause.errno)


def refuse_taken(wanted: Mapping[str, Listen | None]) -> None:
    """Raises OSError for the addresses that somebody else has, naming the variables that set them."""
    taken = []
    for variable, listen in wanted.items():
        cause = obstacle(listen) if listen else None
        if cause is not None and cause.errno == errno.EADDRINUSE:
            taken.append(f"cannot listen on {listen}: it is taken; set {variable} to another one")
    if taken:
        raise OSError("\n".join(taken))
