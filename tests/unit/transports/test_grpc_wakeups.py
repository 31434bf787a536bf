"""What wakes the event loop for gRPC: bytes in a socket, of which grpc.aio would read one a round."""

import asyncio
import contextlib
import socket

import pytest

from aion.adapters.transports.grpc.backlog import server_with_backlog
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


async def test_events_that_a_failure_left_are_handled_after_it(pair):
    reading, writing = pair
    loop, handled, told = asyncio.get_running_loop(), [], []
    loop.set_exception_handler(lambda _, context: told.append(context["exception"]))

    def fails_first() -> None:
        handled.append(len(handled))
        if len(handled) == 1:
            raise RuntimeError("a loop of another test is closed")

    with wakeups_at_once():
        loop.add_reader(reading, fails_first)
    writing.send(bytes(EVENTS))
    await some_rounds()
    loop.remove_reader(reading)
    assert handled == [0, 1]
    assert [str(one) for one in told] == ["a loop of another test is closed"]


async def test_grpc_binds_itself_to_the_loop_by_a_socket_and_what_handles_its_events():
    loop, bound = asyncio.get_running_loop(), []
    add = loop.add_reader
    loop.add_reader = note = lambda *given: (bound.append(given), add(*given))
    server, _ = server_with_backlog([])
    assert loop.add_reader is note
    ((source, handle),) = bound
    assert isinstance(source, socket.socket)
    assert "wakeups" in handle.__module__
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
