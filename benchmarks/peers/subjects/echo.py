"""The floor: grpc.aio that answers with what it got. Nothing is kept."""

import contextlib
from collections.abc import Iterator

from benchmarks import servers
from benchmarks.peers.subject import Running, Subject, nothing
from benchmarks.submits import echo_target


@contextlib.contextmanager
def serving(_text: str) -> Iterator[Running]:
    """The server of `make bench`."""
    with servers.echo() as server:
        yield Running(echo_target(server), (server.pid,), nothing)


SUBJECT = Subject(serving)
