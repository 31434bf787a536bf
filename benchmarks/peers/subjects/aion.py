"""AION as `aion dev` starts it, everything on: a durable submit that waits for the result of a WASM module.

Its job is the one of `make bench`: the module reads the text and replaces what it finds; the peers return it.
"""

import contextlib
from collections.abc import Iterator

from benchmarks import servers
from benchmarks.peers.subject import Running, Subject, nothing
from benchmarks.submits import aion_target


@contextlib.contextmanager
def serving(_text: str, **settings: str) -> Iterator[Running]:
    """The server of `make bench`; `settings` are further ones by their variables."""
    with servers.aion(**settings) as server:
        yield Running(aion_target(server), (server.pid,), nothing)


def compile_modules() -> None:
    """A first start, which compiles the bundled modules; what is measured finds them compiled."""
    with servers.aion():
        pass


SUBJECT = Subject(serving, prepare=compile_modules)
