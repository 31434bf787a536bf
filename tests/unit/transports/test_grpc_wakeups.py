"""What wakes the event loop for gRPC: bytes in a socket, of which grpc.aio would read one a round."""

import asyncio
import contextlib
import socket

import pytest
from grpc import aio

from aion.adapters.transports.grpc.wakeups import wakeups_at_once

EVENTS = 100


@pytest.fixture
def pair():
    reading, writing = socket.socketpair()
    reading.setblocking(False)
    with reading, writing:
        yield reading, writing


class Handler:
    """Reads a byte and handles whatever there is, as grpc.aio does."""

    def __init__(self, source: socket.socket) -> None:
        self._source = source
        self.handled = 0

    def __call__(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._source.recv(1)
        self.handled += 1


async def some_rounds():
    for _ in range(20):
        await asyncio.sleep(0)


async def test_however_many_events_have_come_one_round_reads_what_woke_the_loop_for_them(pair):
    reading, writing = pair
    handler, loop = Handler(reading), asyncio.get_running_loop()
    with wakeups_at_once():
        loop.add_reader(reading, handler)
    for events in (EVENTS, 1):
        writing.send(bytes(events))
        await some_rounds()
    assert handler.handled == 2
    with pytest.raises(BlockingIOError):
        reading.recv(1)
    loop.remove_reader(reading)


async def test_grpc_binds_itself_to_the_loop_by_a_socket_and_what_handles_its_events():
    loop, bound = asyncio.get_running_loop(), []
    add = loop.add_reader
    loop.add_reader = lambda *given: (bound.append(given), add(*given))  # until the block ends
    with wakeups_at_once():
        server = aio.server()
    ((source, _),) = bound
    assert isinstance(source, socket.socket)
    await server.stop(0)


async def test_the_loop_is_as_before_afterwards(pair):
    reading, writing = pair
    handler, loop = Handler(reading), asyncio.get_running_loop()
    with pytest.raises(ValueError, match="broken"), wakeups_at_once():
        raise ValueError("broken")
    loop.add_reader(reading, handler)
    writing.send(bytes(3))
    await some_rounds()
    assert handler.handled == 3
    loop.remove_reader(reading)
