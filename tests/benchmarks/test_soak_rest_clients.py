"""The clients of the burst: what they make of answers, and that they say so when they, not the server, were late."""

import asyncio
import shutil
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import servers
from benchmarks.soak.burst_judgement import punctuality
from benchmarks.soak.calls import SHARES, client_of
from benchmarks.soak.outcomes import Outcome
from benchmarks.soak.plain_http import Pool
from benchmarks.soak.rest_clients import Begin, Plan, apart
from benchmarks.soak.rest_mix import verdict

MODULES = Path(__file__).resolve().parents[2] / "modules"
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
REFUSAL = b'HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\n\r\n{"reason":"OVERLOADED","code":"RESOURCE_EXHAUSTED"}'


class Recorded:
    """A call that remembers what became of it."""

    def __init__(self, until=float("inf")):
        self.request = b"GET / HTTP/1.1\r\n\r\n"
        self.until = until
        self.ended = False
        self.said = asyncio.get_running_loop().create_future()

    def answered(self, status, answer):
        self.ended = True
        self.said.set_result((status, answer))

    def failed(self, code, said):
        self.ended = True
        self.said.set_result((code, said))


@asynccontextmanager
async def answering(*, answer=ANSWER):
    """A server that answers each request so; None: never, b"": by closing. Yields its address and its connections."""
    connections = []

    async def serve(reader, writer):
        connections.append(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionResetError):  # the client has left
            while await reader.readuntil(b"\r\n\r\n") and answer != b"":
                writer.write(answer or b"")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", connections
        for writer in connections:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in connections), return_exceptions=True)


async def test_more_calls_than_connections_are_all_answered():
    async with answering() as (address, connections):
        pool = Pool(address, 3)
        await pool.open(1)
        calls = [Recorded() for _ in range(20)]
        for one in calls:
            pool.send(one)
        assert await asyncio.gather(*(one.said for one in calls)) == [(200, ANSWER)] * 20
        assert 1 < len(connections) <= 3
        pool.close()


async def test_a_call_whose_time_is_over_is_given_up_sent_or_not():
    async with answering(answer=None) as (address, _):
        pool = Pool(address, 1)
        await pool.open(1)
        first, second = Recorded(until=5), Recorded(until=6)
        pool.send(first)
        pool.send(second)
        assert pool.give_up(4.9)
        assert not first.ended
        pool.give_up(6)
        assert first.said.result()[0] == second.said.result()[0] == "DEADLINE_EXCEEDED"
        assert not pool.give_up(6)
        pool.close()


async def test_a_connection_that_is_closed_instead_of_an_answer_fails_its_call():
    async with answering(answer=b"") as (address, _):
        pool = Pool(address, 1)
        call = Recorded()
        pool.send(call)
        assert (await call.said)[0] == "UNAVAILABLE"
        pool.close()


@pytest.mark.parametrize(
    ("kind", "status", "answer", "said"),
    [
        ("submit", 200, b'{"text":"[EMAIL_1]"}', ("OK", "", False, "")),
        ("submit", 202, b'{"text":"[EMAIL_1]"}', ("NOT ENDED", "", False, "")),
        ("submit", 200, b"{}", ("WRONG ANSWER", "", False, "HTTP 200 without EMAIL_1")),
        ("submit", 429, REFUSAL, ("RESOURCE_EXHAUSTED", "OVERLOADED", True, "")),
        ("get", 429, REFUSAL.replace(b"retry-after", b"x"), ("RESOURCE_EXHAUSTED", "OVERLOADED", False, "")),
        ("get", 500, b"oops", ("WRONG ANSWER", "", False, "HTTP 500")),
    ],
)
def test_an_answer_is_what_its_status_its_code_and_its_hint_say(kind, status, answer, said):
    assert verdict(kind, status, answer, b"EMAIL_1") == said


def test_clients_that_were_late_are_told_from_clients_that_were_not():
    punctual = [Outcome("get", 0.0, 0.001, 0.1)] * 99
    assert punctuality([*punctual, Outcome("get", 0.0, 0.5, 0.6)]) == (99.0, "")
    percent, why = punctuality([*punctual, *[Outcome("get", 0.0, 0.5, 0.6)] * 2])
    assert percent < 99
    assert "late" in why


async def called(plan):
    """What came of a plan whose calls begin at once, seven seconds into a load."""
    async with apart(plan) as (begin, made):
        now = time.perf_counter()
        begin(Begin(now - 7, now))
    return made


@pytest.mark.slow
async def test_the_clients_in_their_own_process_are_answered_or_refused_with_a_hint(tmp_path):
    for name in ("redact", "summarize"):
        shutil.copytree(MODULES / name, tmp_path / name, ignore=shutil.ignore_patterns("target", "src", "tables"))
    with servers.aion(AION_MODULES_DIR=str(tmp_path), AION_RATE_PER_KEY="1/h,burst=30") as server:
        async with client_of(server.grpc, server.api_key) as client:
            plan = Plan(server.http, server.api_key, 100, 0.27, seed=1, known=tuple(client.accepted), prepared=2)
        # As many as the rate allows, and then others: which of forty are refused is a matter of who is there first.
        made, refused = await called(plan), await called(replace(plan, seconds=0.13))
    assert (len(made.outcomes), sum(one.good for one in made.outcomes)) == (27, 27), made.outcomes
    assert {one.kind for one in made.outcomes} == set(SHARES)
    assert len(made.accepted) == sum(one.kind.startswith(("submit", "stream")) for one in made.outcomes)
    assert made.connections >= 2
    assert min(one.due for one in made.outcomes) == pytest.approx(7)
    assert (len(refused.outcomes), sum(one.well_refused for one in refused.outcomes)) == (13, 13), refused.outcomes
    assert not refused.accepted
