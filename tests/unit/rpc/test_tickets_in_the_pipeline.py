"""What the pipeline makes of a ticket: when its time counts, what it is good for, and how it falls with its key."""

import asyncio
from datetime import timedelta

import pytest

from aion.adapters.identity.api_keys import REMEMBER_FOR, ApiKeyAuthenticator
from aion.adapters.identity.chain import AuthenticatorChain
from aion.adapters.identity.tickets import SealedTickets, TicketAuthenticator
from aion.adapters.limits.token_bucket import Unlimited
from aion.adapters.rpc.admission import Visit
from aion.adapters.rpc.answers import Refused
from aion.adapters.rpc.call import Call, ProtobufPayload
from aion.adapters.rpc.methods import methods
from aion.adapters.rpc.pipeline import Handlers, Pipeline, PipelineParts
from aion.adapters.rpc.streams import StreamTimes
from aion.domain.identity import ALL_SCOPES
from aion.ports.identity import TicketGrant
from aion.v1 import tasks_pb2
from tests.manual_clock import CountingEntropy
from tests.unit.rpc.stream_door import PATIENCE, PEPPER, WATCH, Quiet, read

LIST, CANCEL = "/aion.v1.AionTasks/ListTasks", "/aion.v1.AionTasks/Cancel"


class Stage(Quiet):
    """A quiet stream, for whoever holds a ticket."""

    def door(self) -> Pipeline:
        keys = ApiKeyAuthenticator(self.keys, PEPPER, self.clock)
        tickets = TicketAuthenticator(SealedTickets.of(b"s" * 32, CountingEntropy()), [keys], self.clock)
        chain = AuthenticatorChain([tickets, keys])
        limits = (Unlimited(), Unlimited())
        parts = PipelineParts(chain, *limits, self.clock, CountingEntropy(), self, StreamTimes(0.01))
        unary = {LIST: self.answer, CANCEL: self.answer}
        return Pipeline(Handlers(unary, {WATCH: self.watch}), parts)

    async def answer(self, admitted) -> tasks_pb2.TaskResult:
        return tasks_pb2.TaskResult()

    def ticket(self, task_id: str = "") -> str:
        expire_time = self.clock.now() + timedelta(seconds=60)
        grant = TicketGrant("acme", "svc", ALL_SCOPES, task_id, f"key:{self.key.key_id}", expire_time)
        return SealedTickets.of(b"s" * 32, CountingEntropy()).mint(grant)

    def by_ticket(self, path: str, request, ticket: str) -> Call:
        return Call(methods()[path], ProtobufPayload(request.SerializeToString()), "test", ticket=ticket)


async def test_a_stream_outlives_its_ticket_but_not_the_key_behind_it():
    """13.3 A ticket's expire time counts when a stream or connection is opened. An open one goes on, until the
    credential behind the ticket proves nobody any more.
    """
    stage, got = Stage(1), []
    pipeline, ticket = stage.door(), stage.ticket()
    call = stage.by_ticket(WATCH, tasks_pb2.WatchRequest(task_id="t"), ticket)
    reading = asyncio.ensure_future(read(pipeline.stream(call).bursts, got))
    await asyncio.wait_for(stage.silent.wait(), PATIENCE)
    stage.clock.advance(timedelta(seconds=60))
    with pytest.raises(Refused) as late:
        await anext(pipeline.stream(call).bursts)
    assert late.value.error.reason == "UNAUTHENTICATED"
    pipeline.look_again(Visit("/", "", "test", {}, "", ticket))
    assert not reading.done()
    stage.keys.revoke("acme", stage.key.key_id, stage.clock.now())
    stage.clock.advance(REMEMBER_FOR)
    assert (await asyncio.wait_for(reading, PATIENCE)).error.reason == "UNAUTHENTICATED"
    assert got == [1]


@pytest.mark.parametrize(
    ("path", "request_of", "allowed"),
    [
        (CANCEL, tasks_pb2.CancelRequest(task_id="mine"), True),
        (CANCEL, tasks_pb2.CancelRequest(task_id="other"), False),
        (LIST, tasks_pb2.ListTasksRequest(), False),
    ],
)
async def test_a_ticket_of_one_task_is_refused_for_everything_else(path, request_of, allowed):
    """13.2 A ticket that names a task is good for calls about that task alone."""
    stage = Stage()
    call = stage.by_ticket(path, request_of, stage.ticket("mine"))
    if allowed:
        await stage.door().unary(call)
        return
    with pytest.raises(Refused) as refused:
        await stage.door().unary(call)
    assert (refused.value.error.reason, refused.value.error.facts) == ("PERMISSION_DENIED", {"task_id": "mine"})


async def test_who_attends_is_told_when_a_drain_begins_and_when_streams_end():
    pipeline, told = Stage().door(), []
    with pipeline.attended(lambda: told.append((pipeline.draining, pipeline.ending))):
        pipeline.drain()
        pipeline.end_streams()
    pipeline.drain()
    assert told == [(True, False), (True, True)]
