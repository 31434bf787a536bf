"""The patrol of the HTTP server: who makes no progress for too long is cut off, and nobody else."""

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from aion.adapters.transports.web.patrol import LEAST_TAKEN, STALL_SECONDS, Patrol
from aion.adapters.transports.web.server import HttpSettings, http_server


@dataclass(eq=False)
class Connection:
    """One of uvicorn's, as far as the patrol looks."""

    write_paused: bool = False
    cycle: object = None
    unread: int = 0
    closing: bool = False
    aborted: bool = False
    flow: object = field(init=False)
    transport: object = field(init=False)

    def __post_init__(self):
        self.flow = SimpleNamespace(write_paused=self.write_paused)
        self.transport = SimpleNamespace(
            abort=self.abort, is_closing=lambda: self.closing, get_write_buffer_size=lambda: self.unread
        )

    def abort(self):
        self.aborted = True


def cycle(*, more_body: bool, response_complete: bool):
    return SimpleNamespace(more_body=more_body, response_complete=response_complete)


def test_the_patrol_cuts_who_makes_no_progress_for_too_long_and_nobody_else():
    reader_stuck = Connection(write_paused=True, cycle=cycle(more_body=False, response_complete=False))
    never_asks = Connection()
    half_request = Connection(cycle=cycle(more_body=True, response_complete=False))
    long_answer = Connection(cycle=cycle(more_body=False, response_complete=False))
    idle = Connection(cycle=cycle(more_body=False, response_complete=True))
    answer_left = Connection(unread=1, cycle=cycle(more_body=False, response_complete=True))
    broken_off = Connection(unread=1, closing=True, cycle=cycle(more_body=False, response_complete=False))
    everyone = {reader_stuck, never_asks, half_request, long_answer, idle, answer_left, broken_off}
    patrol = Patrol(everyone)
    patrol.look(0)
    patrol.look(STALL_SECONDS - 1)
    assert not any(connection.aborted for connection in everyone)
    patrol.look(STALL_SECONDS)
    assert {c for c in everyone if c.aborted} == {reader_stuck, never_asks, half_request, answer_left, broken_off}


def test_the_patrol_forgives_who_goes_on():
    reader = Connection(write_paused=True, cycle=cycle(more_body=False, response_complete=False))
    patrol = Patrol([reader])
    patrol.look(0)
    reader.flow.write_paused = False
    patrol.look(STALL_SECONDS / 2)
    reader.flow.write_paused = True
    patrol.look(STALL_SECONDS)
    assert not reader.aborted


@pytest.mark.parametrize(("a_look", "cut"), [(LEAST_TAKEN // 5, False), (LEAST_TAKEN // 7, True)])
def test_the_patrol_lets_a_slow_reader_go_on_but_none_that_takes_next_to_nothing(a_look, cut):
    reader = Connection(write_paused=True, unread=1 << 20, cycle=cycle(more_body=False, response_complete=False))
    patrol = Patrol([reader])
    for look in range(13):
        patrol.look(look * STALL_SECONDS / 6)
        reader.unread -= a_look
    assert reader.aborted == cut


async def test_uvicorns_connections_have_what_the_patrol_looks_at(face):
    face.script.progress = []
    face.script.hold = asyncio.Event()
    async with http_server(HttpSettings("127.0.0.1", 0), face.app, lambda: 1.0) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"POST /v1/tasks HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n{")
        patrol = server.patrol
        while not any(c.cycle is not None for c in patrol.connections):  # noqa: ASYNC110 # uvicorn has no event for it
            await asyncio.sleep(0)
        patrol.look(0)
        patrol.look(STALL_SECONDS)
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        writer.transport.abort()
