"""Clients at bad lines: in single bytes, slow, cut anywhere, and twice. One task a key, one text at every offset.

Proves docs/semantics.md 4.1, 4.4, 4.5, 5.1 and 5.4 over gRPC, REST with SSE, and the WebSocket.
"""

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from tests.chaos.aftermath import settle_and_judge
from tests.chaos.bad_line import BadLine, Badness, bad_line
from tests.chaos.client import WIRES, Client, Recorder, Steps, all_of
from tests.chaos.history import Call, Outcome
from tests.chaos.server import Place, Server
from tests.effort import effort

TOKENS = 200
CUTS = effort(3, 2000)
"""At how many places each way of a submit is cut, at most: at every byte if it has fewer."""

STREAM_CUTS = effort(3, 300)
"""At how many places a stream is cut."""

TWINS = effort(3, 20)


@asynccontextmanager
async def served(root):
    """A server, its clients' history, and whatever they asked judged in the end."""
    place, recorder = Place(root), Recorder()
    place.gate.touch()
    server = await Server.start(place)
    try:
        yield server, recorder
        await settle_and_judge(place, recorder, server, bound=60.0)
    finally:
        server.destroy()


@asynccontextmanager
async def line_of(server: Server, wire: str):
    """A line to the door of a wire."""
    async with bad_line(server.address if wire == "grpc" else server.url) as line:
        yield line


def through(recorder: Recorder, server: Server, wire: str, line: BadLine):
    """A client at the other end of a line."""
    return Client.connect(recorder, server, wire, grpc=line.address, http=line.url)


def spread(most: int, over: int) -> list[int]:
    """At most so many places over a length, the first and the last among them."""
    return sorted({round(place * over / max(most - 1, 1)) for place in range(min(most, over + 1))})


def text(calls: Iterable[Call]) -> str:
    """The tokens that these watches got, one after the other."""
    return "".join(event.text for call in calls for event in call.events if event.kind == "TOKEN")


async def submit_cut(recorder, server, wire, line, badness) -> None:
    """Submits over a line that may be cut, then over a good one: it is the same task, if there was one."""
    line.badness = badness
    key = recorder.new_key(Steps(1))
    async with through(recorder, server, wire, line) as cut:
        first = await cut.submit(key)
    assert first.outcome in (Outcome.UNKNOWN, Outcome.ANSWERED), first
    line.badness = Badness()
    async with through(recorder, server, wire, line) as client:
        second = await client.submit(key)
    assert second.task is not None
    assert first.task is None or first.task.task_id == second.task.task_id


async def submit_cut_anywhere(recorder, server, wire, line) -> None:
    """Once whole, in single bytes; then cut at many places of the request and of the answer."""
    line.badness = Badness(in_bytes=True)
    async with through(recorder, server, wire, line) as client:
        whole = await client.submit(recorder.new_key(Steps(1)), wait=20.0)
    assert whole.task is not None
    assert whole.task.state == "OK"
    asked, answered, lost = line.asked, line.answered, recorder.count(Outcome.UNKNOWN)
    cuts = [Badness(cut_request_after=place) for place in spread(CUTS, asked)]
    cuts += [Badness(cut_answer_after=place) for place in spread(CUTS, answered)]
    for cut in cuts:
        await submit_cut(recorder, server, wire, line, cut)
    assert recorder.count(Outcome.UNKNOWN) >= lost + len(cuts) // 2, "a line that is cut loses answers"


async def read_cut_anywhere(recorder, server, wire, line, task_id, said) -> None:
    """Once whole; then cut at many places, and read on from the last offset that came."""
    async with through(recorder, server, wire, line) as reader:
        assert text([await reader.watch(task_id)]) == said
    for place in spread(STREAM_CUTS, line.answered):
        line.badness = Badness(cut_answer_after=place)
        async with through(recorder, server, wire, line) as reader:
            cut = await reader.watch(task_id)
        line.badness = Badness()
        async with through(recorder, server, wire, line) as reader:
            rest = await reader.watch(task_id, after_offset=len(cut.events))
        assert text([cut, rest]) == said


async def a_submit_that_is_cut_anywhere_and_given_again_makes_one_task(server, recorder):
    for wire in WIRES:
        async with line_of(server, wire) as line:
            await submit_cut_anywhere(recorder, server, wire, line)


async def a_submit_that_comes_many_times_at_once_over_every_wire_makes_one_task(server, recorder):
    keys = [recorder.new_key(Steps(2)) for _ in range(TWINS)]
    answered = recorder.count(Outcome.ANSWERED)
    async with (
        Client.connect(recorder, server, "grpc") as grpc,
        Client.connect(recorder, server, "rest") as rest,
        Client.connect(recorder, server, "ws") as socket,
    ):
        await all_of(*(client.submit(key) for key in keys for client in (grpc, rest, socket, grpc)))
    assert recorder.count(Outcome.ANSWERED) == answered + 4 * TWINS


async def a_stream_of_200_tokens_that_is_cut_at_every_offset_is_the_same_text(server, recorder):
    key = recorder.new_key(Steps(TOKENS, pause=effort(0, 1)))
    async with AsyncExitStack() as stack:
        readers = [await stack.enter_async_context(Client.connect(recorder, server, wire)) for wire in WIRES]
        task = (await readers[0].submit(key)).task
        assert task is not None
        watching = asyncio.ensure_future(readers[0].watch(task.task_id))
        for first in range(effort(1, len(readers))):
            # Each cut goes on over another wire; in the long form, every wire is cut at every offset.
            calls = [
                await readers[(first + offset) % len(readers)].watch(task.task_id, after_offset=offset, most=1)
                for offset in range(TOKENS + 1)
            ]
            assert all(len(call.events) == 1 for call in calls)
            assert text(calls) == recorder.asked[key].text
            assert calls[-1].events[-1].kind == "DONE"
        assert text([await watching]) == recorder.asked[key].text


async def a_stream_whose_line_is_cut_at_any_byte_goes_on_from_its_last_offset(server, recorder):
    key = recorder.new_key(Steps(TOKENS))
    async with Client.connect(recorder, server) as client:
        task = (await client.submit(key, wait=20.0)).task
    assert task is not None
    for wire in WIRES:
        async with line_of(server, wire) as line:
            await read_cut_anywhere(recorder, server, wire, line, task.task_id, recorder.asked[key].text)


@pytest.mark.timeout(7200)
async def test_clients_whose_lines_are_cut_and_whose_calls_come_twice_get_one_task_and_one_text(tmp_path):
    async with served(tmp_path) as (server, recorder):
        await a_submit_that_is_cut_anywhere_and_given_again_makes_one_task(server, recorder)
        await a_submit_that_comes_many_times_at_once_over_every_wire_makes_one_task(server, recorder)
        await a_stream_of_200_tokens_that_is_cut_at_every_offset_is_the_same_text(server, recorder)
        await a_stream_whose_line_is_cut_at_any_byte_goes_on_from_its_last_offset(server, recorder)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("badness", [Badness(in_bytes=True), Badness(delay=0.05)], ids=["single bytes", "slow"])
async def test_clients_at_bad_lines_are_served_whole(tmp_path, badness):
    async with served(tmp_path) as (server, recorder):

        async def one(wire: str) -> None:
            async with line_of(server, wire) as line:
                line.badness = badness
                async with through(recorder, server, wire, line) as client:
                    for number in range(effort(2, 20)):
                        key = recorder.new_key(Steps(number % 9 + 1, pause=number % 2))
                        call = await client.submit(key)
                        assert call.task is not None, call
                        watched = await client.watch(call.task.task_id)
                        assert watched.task is not None
                        assert text([watched]) == recorder.asked[key].text

        await all_of(*(one(wire) for wire in WIRES))
