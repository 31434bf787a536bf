"""The inner door: who is let in, what a worker is told when it comes, and what the door shows."""

import asyncio
import math
from dataclasses import replace
from datetime import timedelta

import grpc
import pytest

from aion.adapters.remote_queue.refusals import refusal_of
from aion.adapters.rpc.methods import methods as public_methods
from aion.adapters.rpc.workers import worker_handlers, worker_methods
from aion.app.work.fleet import CONNECTED_FOR, FORGOTTEN_AFTER
from aion.domain.errors import (
    Draining,
    LimitReached,
    MalformedRequest,
    PermissionDenied,
    StoreUnavailable,
    Unauthenticated,
    ValidationFailed,
    WorkerVersionUnsupported,
)
from aion.domain.identity import ALL_SCOPES, WORKERS_SERVE
from aion.workers.v1 import workers_pb2 as pb
from aion.workers.v1 import workers_pb2_grpc
from tests.contract.queue_desk import ENGINE, OTHER_ENGINE, Hand, opened_door
from tests.sample_tasks import LEASE, OK, accept, new_task


async def test_a_worker_is_told_which_of_its_engines_count_and_why_the_others_do_not(door):
    """7.6 A worker gets only tasks whose engine it has, by name and digest."""
    queue = await door.queue("w", (ENGINE, "module:unknown@1.0.0"))
    about = queue._about
    queue._about = replace(about, engines=(*about.engines, replace(about.engines[0], engine=OTHER_ENGINE)))
    welcome = await queue.register()
    assert (welcome.engines, welcome.lease_for, welcome.server_version) == ((ENGINE,), LEASE, "0.1.0")
    assert sorted(welcome.refused) == [OTHER_ENGINE, "module:unknown@1.0.0"]
    assert "catalogue" in welcome.refused["module:unknown@1.0.0"]
    assert f"sha256:{OTHER_ENGINE}" in welcome.refused[OTHER_ENGINE]


async def test_an_attempt_carries_the_digest_that_its_worker_registered_and_a_pinned_task_is_told(tasks, door):
    """2.9 An attempt says which bytes ran. A worker apart said so when it registered."""
    digest, decision = f"sha256:{ENGINE}", new_task().decision
    pinned = replace(decision, engine_digest=digest, digest_pinned=True)
    await tasks.accept("acme", accept(new_task("free")))
    await tasks.accept("acme", accept(new_task("pinned", decision=pinned)))
    hand = Hand(await door.enter("w"), "w")
    leased = {task.task_id: task for task in await hand.claim(2)}
    assert {name: task.digest for name, task in leased.items()} == {"free": "", "pinned": digest}
    for task in leased.values():
        await hand.settle(task, OK)
    for name in leased:
        (attempt,) = (await tasks.get("acme", name)).attempts
        assert attempt.digest == digest, name


async def test_a_worker_whose_engines_are_all_refused_is_told_so_and_does_not_work(door):
    queue = await door.queue("w", ("module:unknown@1.0.0",))
    assert not await queue.enter()
    assert "catalogue" in queue.refused.result().message


@pytest.fixture
def pauses(clock, monkeypatch):
    """How long was waited, each time; the manual clock stands for the real one."""
    waited, really = [], asyncio.sleep

    async def sleep(seconds):
        waited.append(seconds)
        clock.advance(timedelta(seconds=seconds))
        await really(0)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return waited


async def test_a_worker_waits_for_room_in_a_full_fleet_as_long_as_the_server_says(door, pauses, monkeypatch):
    """7.9 A refusal that may pass (no room, trouble of the server) ends no worker: it asks again."""
    monkeypatch.setattr("aion.app.work.fleet.MOST_WORKERS", 1)
    await door.enter("v")
    queue = await door.queue("w")
    absences = []
    queue._absent = absences.append
    assert await queue.enter()
    assert not queue.refused.done()
    assert len(pauses) == math.ceil(FORGOTTEN_AFTER / CONNECTED_FOR)
    assert min(pauses) > CONNECTED_FOR
    assert len(absences) == 1
    assert "which is the most" in absences[0]


@pytest.fixture
def registers(door, monkeypatch):
    """Whoever asked to be let in, each time."""
    really, asked = door.served.register, []

    async def register(served, identity, about):
        asked.append(about.worker)
        return await really(identity, about)

    monkeypatch.setattr(type(door.served), "register", register)
    return asked


async def test_a_worker_that_a_full_fleet_forgot_asks_again_no_sooner_than_the_server_says(
    door, clock, registers, monkeypatch
):
    """7.9 A refusal that may pass (no room, trouble of the server) ends no worker: it asks again."""
    monkeypatch.setattr("aion.app.work.fleet.MOST_WORKERS", 1)
    await door.enter("v")
    hand = Hand(await door.queue("w"), "w")
    for asked in (1, 2):
        for _ in range(3):
            with pytest.raises(LimitReached, match="which is the most"):
                await hand.renew()
        assert registers == ["v", *["w"] * asked]
        clock.advance(timedelta(seconds=CONNECTED_FOR))
    clock.advance(timedelta(seconds=FORGOTTEN_AFTER))
    assert list(await hand.renew()) == []
    assert registers == ["v", "w", "w", "w"]


async def test_a_worker_that_was_kept_out_asks_at_once_where_the_server_was_away(door, registers, monkeypatch):
    monkeypatch.setattr("aion.app.work.fleet.MOST_WORKERS", 1)
    await door.enter("v")
    hand = Hand(await door.queue("w"), "w")
    with pytest.raises(LimitReached):
        await hand.renew()

    async def away(served, *asked):
        raise StoreUnavailable("it goes")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(type(door.served), "renew", away)
        with pytest.raises(StoreUnavailable):
            await hand.renew()
    monkeypatch.setattr("aion.app.work.fleet.MOST_WORKERS", 2)
    assert list(await hand.renew()) == []
    assert registers == ["v", "w", "w"]


@pytest.mark.parametrize("trouble", [KeyError("a defect"), StoreUnavailable("locked"), Draining("goes")])
async def test_a_worker_that_met_trouble_of_the_server_once_registers_again(door, pauses, monkeypatch, trouble):
    really, troubles = door.served.register, [trouble]

    async def register(served, identity, about):
        if troubles:
            raise troubles.pop()
        return await really(identity, about)

    monkeypatch.setattr(type(door.served), "register", register)
    queue = await door.queue("w")
    assert await queue.enter()
    assert (len(pauses), queue.refused.done()) == (1, False)


@pytest.mark.parametrize("refusal", [PermissionDenied("no"), ValidationFailed("no"), WorkerVersionUnsupported("no")])
async def test_a_refusal_that_stays_is_not_asked_for_twice(door, pauses, monkeypatch, refusal):
    async def register(served, identity, about):
        raise refusal

    monkeypatch.setattr(type(door.served), "register", register)
    queue = await door.queue("w")
    assert not await queue.enter()
    assert (type(queue.refused.result()), pauses) == (type(refusal), [])


@pytest.mark.parametrize(
    ("worker", "server", "fits"),
    [
        ("0.1.0", "0.1.9", True),
        ("0.1.0", "0.2.0", True),
        ("0.3.0-rc.1", "0.2.0", True),
        ("0.1.0", "0.3.0", False),
        ("0.3.0", "0.1.0", False),
        ("1.0.0", "0.9.0", False),
        ("1", "1.0.0", False),
    ],
)
async def test_versions_one_minor_release_apart_fit_and_others_are_refused_by_name(
    tasks, signals, clock, worker, server, fits
):
    """7.8 A worker and a server may be one minor release apart; more is refused with both versions named."""
    async with opened_door(tasks, signals, clock, server) as door:
        queue = await door.queue("w", version=worker)
        if fits:
            assert (await queue.register()).server_version == server
            return
        with pytest.raises(WorkerVersionUnsupported, match=f"AION {worker}, the server {server}") as refused:
            await queue.register()
        assert refused.value.facts == {"worker_version": worker, "server_version": server}


async def test_who_is_nobody_or_may_not_serve_is_refused(door):
    with pytest.raises(PermissionDenied, match="workers:serve"):
        await (await door.queue("client")).register()
    with pytest.raises(Unauthenticated):
        await (await door.queue("")).register()


async def test_a_request_that_breaks_the_contract_is_refused_field_by_field(door):
    async with grpc.aio.insecure_channel(door.address) as channel:
        stub = workers_pb2_grpc.AionWorkersStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.Register(pb.RegisterRequest(worker="no spaces"), metadata=(("authorization", "Bearer w"),))
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "worker" in refused.value.details()


async def test_bytes_that_are_no_message_are_refused_as_such(door):
    async with grpc.aio.insecure_channel(door.address) as channel:
        settle = channel.unary_unary("/aion.workers.v1.AionWorkers/Settle")
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await settle(b"\xff\xff", metadata=(("authorization", "Bearer w"),))
    assert isinstance(refusal_of(refused.value, door.address), MalformedRequest)


async def test_every_rpc_of_the_internal_contract_is_served_and_needs_the_one_scope(door):
    """7.5 Workers apart need the scope `workers:serve`."""
    methods = worker_methods()
    assert set(methods) == set(worker_handlers(door.served).unary)
    assert {method.scope for method in methods.values()} == {WORKERS_SERVE}
    assert not set(methods) & set(public_methods())
    assert WORKERS_SERVE not in ALL_SCOPES


async def test_the_inner_door_serves_nothing_else_and_shows_nothing(door):
    async with grpc.aio.insecure_channel(door.address) as channel:
        for path in ("/aion.v1.AionTasks/Submit", "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"):
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await channel.unary_unary(path)(b"", metadata=(("authorization", "Bearer w"),))
            assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED
