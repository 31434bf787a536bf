"""What wakes the event loop for gRPC, read all at once.

For each event a thread of grpc.aio puts a byte into a socket, which the event loop reads: one byte in each of its
rounds, and then it handles all events that are there. So when several come in a round, bytes pile up that nobody needs
any more. The socket holds some three hundred of them (Linux counts each as if it were long); once it is full that
thread waits, and from then on gRPC gets one event a round, however many wait and however long the rounds are. Why so:
docs/decisions/0011-calls-of-grpc-in-advance.md.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MOST = 1 << 16
"""Bytes: more than the socket holds."""


@contextmanager
def wakeups_at_once() -> Iterator[None]:
    """In the block grpc.aio may bind itself to the running event loop, which it does when the first of its servers or
    channels is made there. Where it is bound already nothing changes. The block must not wait.
    """
    loop = asyncio.get_running_loop()
    add, kept = loop.add_reader, vars(loop).get("add_reader")

    def add_reader(source: socket.socket, handle: Callable[[], object]) -> None:
        def handle_all() -> None:
            # The thread puts its event down before the byte: whatever woke the loop is among what is handled now.
            with contextlib.suppress(BlockingIOError):
                source.recv(MOST)
            try:
                handle()
            except BaseException:
                loop.call_soon(handle)  # what it left has no byte any more that would wake the loop
                raise

        add(source, handle_all)

    loop.add_reader = add_reader  # type: ignore[method-assign, assignment] # grpc.aio gives a socket and one callable
    try:
        yield
    finally:
        if kept is None:
            del loop.add_reader
        else:
            loop.add_reader = kept  # type: ignore[method-assign]
