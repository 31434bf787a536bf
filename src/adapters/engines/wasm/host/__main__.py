"""`python -m aion.adapters.engines.wasm.host FD SUPERVISOR LANES`: serves the socket that it inherited."""

import logging
import os
import socket
import sys
import threading

from aion.adapters.engines.wasm.host.confinement import confine
from aion.adapters.engines.wasm.host.connection import Connection, SupervisorGone
from aion.adapters.engines.wasm.host.engines import Engines
from aion.adapters.engines.wasm.host.lanes import Lanes

_THREAD_STACK = 8 << 20


def _end(cause: BaseException) -> None:
    if not isinstance(cause, SupervisorGone):
        logging.getLogger(__name__).critical("the host ends", exc_info=cause)
    # Guests still run on other threads; nothing of theirs is worth waiting for.
    os._exit(0 if isinstance(cause, SupervisorGone) else 1)


def main(arguments: list[str]) -> None:
    """Runs until the supervisor closes the socket."""
    descriptor, supervisor, most_lanes = (int(argument) for argument in arguments)
    confine(supervisor)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    # The stack must hold what a guest may use of it and the host functions above.
    threading.stack_size(_THREAD_STACK)
    connection = Connection(socket.socket(fileno=descriptor))
    lanes = Lanes(connection, Engines(most_lanes), most_lanes)
    try:
        connection.ready()
    except SupervisorGone as gone:
        _end(gone)
    lanes.run(_end)


if __name__ == "__main__":
    main(sys.argv[1:])
