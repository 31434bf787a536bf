"""The inner door over gRPC: who is let in, what a worker is told, and that nothing is lost with an answer."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import grpc
import pytest

from aion.adapters.remote_queue import pieces as pieces_of
from aion.adapters.remote_queue.refusals import refusal_of
from aion.adapters.rpc.methods import methods as public_methods
from aion.adapters.rpc.workers import worker_handlers, worker_methods
from aion.adapters.storage.sqlite import open_store
from aion.adapters.telemetry.fleet import FleetCollector
from aion.adapters.telemetry.metrics import Metrics
from aion.app.judging import MOST_HAND_BACKS
from aion.domain.attempts import HANDED_BACK, MOST_FAILURE_MESSAGE, NO_TURN, AttemptOutcome, AttemptResult, Failure
from aion.domain.errors import (
    Draining,
    MalformedRequest,
    PermissionDenied,
    StaleFence,
    Unauthenticated,
    Unavailable,
    ValidationFailed,
    WorkerNotRegistered,
    WorkerVersionUnsupported,
)
from aion.domain.events import EventKind, NewEvent
from aion.domain.identity import ALL_SCOPES, WORKERS_SERVE, Identity
from aion.domain.tasks import TaskState
from aion.domain.writes import Append, Claim, Renew, Settle
from aion.ports.usecases import MAX_RESULT_BYTES
from aion.workers.v1 import workers_pb2 as pb
from aion.workers.v1 import workers_pb2_grpc
from tests.contract.queue_desk import ENGINE, OTHER_ENGINE, Hand, opened_door
from tests.sample_tasks import LEASE, OK, SCOPE, accept, new_task

ME = Identity("operators", "w", frozenset({WORKERS_SERVE}))
CLAIM = Claim("w", 10, LEASE)


@pytest.fixture
async def tasks(clock, signals):
    async with open_store("sqlite://", clock, signals, "test") as opened:
        yield opened


@pytest.fixture
async def door(tasks, signals, clock):
    async with opened_door(tasks, signals, clock) as opened:
        yield opened


async def submit(tasks, *ids):
    for task_id in ids:
        await tasks.accept("acme", accept(new_task(task_id)))


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


async def test_a_worker_that_the_server_forgot_registers_again_and_keeps_its_leases(tasks, signals, clock):
    """7.9 A server that starts again knows no worker; they register again, and their leases are still theirs."""
    await submit(tasks, "one", "two")
    async with opened_door(tasks, signals, clock) as before:
        hand = Hand(await before.enter("w"), "w")
        one, two = await hand.claim(2)
    async with opened_door(tasks, signals, clock) as after:
        hand = Hand(await after.queue("w"), "w")
        with pytest.raises(WorkerNotRegistered):
            await after.served.renew(ME, "w-1", (one.lease,))
        assert await hand.append(one, "still here", after=0) == 1
        assert (await hand.renew(two.lease))[0].held
        assert after.served.fleet.leases == 1
        assert (await hand.settle(one, OK, after=1)).outcome is AttemptOutcome.OK


async def test_another_principal_with_the_same_incarnation_is_another_worker(tasks, door):
    """7.7 A lease belongs to one principal's worker: nobody else can renew it or write under it."""
    await submit(tasks, "one")
    mine = Hand(await door.enter("w", incarnation="the-same"), "w")
    thief = Hand(await door.enter("thief", incarnation="the-same"), "w")
    (one,) = await mine.claim()
    with pytest.raises(StaleFence, match="another worker"):
        await thief.settle(one)
    assert not (await thief.renew(one.lease))[0].held


async def test_a_lease_whose_answer_was_lost_is_given_again(tasks, door, clock):
    """7.10 A worker that asks again because an answer was lost gets the same tasks, not others."""
    await submit(tasks, "a", "b", "c")
    queue = await door.enter("w")
    first = await queue.claim(SCOPE, replace(CLAIM, limit=2))
    queue._turn -= 1
    clock.advance(LEASE / 2)
    again = await queue.claim(SCOPE, replace(CLAIM, limit=2))
    assert [task.lease for task in again] == [task.lease for task in first]
    assert again[0].lease_expires == clock.now() + LEASE
    await Hand(queue, "w").settle(again[0])
    queue._turn -= 1
    assert [task.lease for task in await queue.claim(SCOPE, CLAIM)] == [first[1].lease]
    assert [task.task_id for task in await queue.claim(SCOPE, CLAIM)] == ["c"]


async def test_a_call_that_is_cut_while_it_claims_leaves_its_tasks_to_the_next(tasks, door):
    """7.10 A worker that asks again because an answer was lost gets the same tasks, not others."""
    await door.enter("w")
    waiting = asyncio.ensure_future(door.served.lease(ME, "w-1", 5, timedelta(seconds=30), 7))
    await until(lambda: door.served.fleet.find(ME, "w-1").call == 1)
    accepting = asyncio.ensure_future(submit(tasks, "one"))
    await until(lambda: tasks.pending == 0 and accepting.done())
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    (one,) = await door.served.lease(ME, "w-1", 5, timedelta(), 7)
    assert (one.task_id, one.fence) == ("one", 1)


async def test_a_wait_for_work_ends_with_work(tasks, door):
    await door.enter("w")
    waiting = asyncio.ensure_future(door.served.lease(ME, "w-1", 5, timedelta(seconds=30), 0))
    await until(lambda: door.served.fleet.find(ME, "w-1").call == 1)
    await submit(tasks, "one")
    assert [task.task_id for task in await waiting] == ["one"]


async def test_the_wait_of_a_worker_that_was_not_heard_of_for_half_a_lease_takes_nothing(tasks, door, clock):
    """7.10 What a worker waits for at a line that is cut is not given to it."""
    await door.enter("w")
    waiting = asyncio.ensure_future(door.served.lease(ME, "w-1", 5, timedelta(minutes=1), 0))
    await until(lambda: door.served.fleet.find(ME, "w-1").call == 1)
    clock.advance(LEASE / 2 + timedelta(milliseconds=1))
    await submit(tasks, "one")
    assert (tasks.pending, waiting.done()) == (1, False)
    await door.served.renew(ME, "w-1", ())
    assert [task.task_id for task in await waiting] == ["one"]


async def test_a_later_wait_of_the_same_worker_ends_the_earlier_one(tasks, door):
    await door.enter("w")
    calls = [asyncio.ensure_future(door.served.lease(ME, "w-1", 5, timedelta(seconds=30), 0)) for _ in range(2)]
    await until(lambda: door.served.fleet.find(ME, "w-1").call == 2)
    await submit(tasks, "one")
    earlier, later = await asyncio.gather(*calls)
    assert (list(earlier), [task.task_id for task in later]) == ([], ["one"])


async def test_a_worker_that_drains_gets_no_more_and_keeps_what_it_has(tasks, door):
    await submit(tasks, "one")
    queue = await door.enter("w")
    (one,) = await queue.claim(SCOPE, replace(CLAIM, limit=1))
    waiting = asyncio.ensure_future(door.served.lease(ME, "w-1", 5, timedelta(seconds=30), 9))
    await until(lambda: door.served.fleet.find(ME, "w-1").call == 2)
    assert await door.served.drain(ME, "w-1") == 1
    await submit(tasks, "two")
    assert list(await waiting) == []
    await queue.drain()
    assert list(await queue.claim(SCOPE, CLAIM)) == []
    assert (await Hand(queue, "w").settle(one)).outcome is AttemptOutcome.OK
    assert (door.served.fleet.connected, door.served.fleet.leases) == (0, 0)


async def test_a_server_that_drains_gives_nothing_and_takes_what_was_done(tasks, door):
    await submit(tasks, "one", "two")
    queue = await door.enter("w")
    (one,) = await queue.claim(SCOPE, replace(CLAIM, limit=1))
    waiting = asyncio.ensure_future(door.served.lease(ME, "w-1", 5, timedelta(seconds=30), 9))
    door.served.end()
    with pytest.raises(Draining):
        await waiting
    with pytest.raises(Draining):
        await queue.claim(SCOPE, CLAIM)
    assert (await Hand(queue, "w").settle(one)).outcome is AttemptOutcome.OK


async def test_a_worker_that_drains_without_a_server_waits_for_nothing(tasks, signals, clock):
    async with AsyncExitStack() as channels:
        async with opened_door(tasks, signals, clock) as door:
            queue = await replace(door, stack=channels).enter("w")
        await queue.drain()
        assert list(await queue.claim(SCOPE, CLAIM)) == []


async def test_a_server_that_does_not_answer_is_reported_until_it_does(tasks, signals, clock):
    said = []
    async with AsyncExitStack() as channels:
        async with opened_door(tasks, signals, clock) as door:
            queue = await replace(door, stack=channels).enter("w")
            queue._report = lambda part, problem: said.append(problem)
            await queue.renew(SCOPE, Renew("w", (), LEASE))
        with pytest.raises(Unavailable, match="does not answer"):
            await queue.renew(SCOPE, Renew("w", (), LEASE))
    assert said == ["", "it does not answer"]


async def test_events_that_are_too_many_for_a_message_go_in_pieces_and_once(tasks, door, monkeypatch):
    """2.7 A write that is sent again because its answer was lost is written once: also one that broke off halfway."""
    monkeypatch.setattr(pieces_of, "MOST_PIECE", 100)
    await submit(tasks, "one")
    queue = await door.enter("w")
    (one,) = await queue.claim(SCOPE, CLAIM)
    words = tuple(NewEvent(EventKind.TOKEN, f"{number} ") for number in range(20))
    calls = [0]
    really = queue._once

    async def sometimes(method, request, timeout):
        answer = await really(method, request, timeout)
        calls[0] += 1
        if calls[0] % 3 == 0:
            raise Unavailable("the answer was lost") from None
        return answer

    monkeypatch.setattr(queue, "_once", sometimes)
    for write in (
        lambda: queue.append(SCOPE, Append(one.lease, words, 0)),
        lambda: queue.settle(SCOPE, Settle(one.lease, OK, words, 20)),
    ):
        while True:
            try:
                await write()
                break
            except Unavailable:
                continue
    events = await tasks.events("acme", "one", 0, 100)
    assert [event.text for event in events[:-1]] == [word.text for word in (*words, *words)]


async def test_what_is_no_json_is_refused_and_never_stored(tasks, door):
    await submit(tasks, "one")
    hand = Hand(await door.enter("w"), "w")
    (one,) = await hand.claim()
    with pytest.raises(ValidationFailed, match="result_json"):
        await hand.settle(one, AttemptResult(AttemptOutcome.OK, result_json="{"))
    with pytest.raises(ValidationFailed, match=r"events\[0\]"):
        await hand.queue.append(SCOPE, Append(one.lease, (NewEvent(EventKind.PARTIAL, data_json="nothing"),)))
    assert list(await tasks.events("acme", "one", 0, 10)) == []


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ('{"text":"%s"}' % ("a" * MAX_RESULT_BYTES), "RESULT_TOO_LARGE"),
        ("[1]", "OUTPUT_SCHEMA_VIOLATION"),
    ],
    ids=["too large", "no object"],
)
async def test_a_result_that_breaks_the_law_fails_the_attempt_however_often_it_is_sent(tasks, door, document, code):
    """7.12 What a worker apart settles with is judged by the server as a result of its own worker."""
    await submit(tasks, "one")
    hand = Hand(await door.enter("w"), "w")
    (one,) = await hand.claim()
    for _ in range(2):
        settled = await hand.settle(one, AttemptResult(AttemptOutcome.OK, result_json=document, fuel=7))
        assert (settled.state, settled.outcome) == (TaskState.ERROR, AttemptOutcome.FAILED)
    ended = await tasks.get("acme", "one")
    assert (ended.failure.code, ended.result_json, ended.attempts[0].fuel) == (code, None, 7)
    assert door.latency.engines == []


async def test_a_result_from_afar_is_judged_by_what_held_when_its_attempt_began(tasks, door, monkeypatch):
    """7.12 What a worker apart settles with is judged by the server as a result of its own worker."""
    await submit(tasks, "one")
    hand = Hand(await door.enter("w"), "w")
    (one,) = await hand.claim()
    monkeypatch.setattr(door.served.parts.catalog, "judge", lambda intent, engine: None)
    assert (await hand.settle(one, OK)).state is TaskState.OK


async def test_a_failure_is_said_in_known_words_and_briefly(tasks, door):
    """7.12 What a worker apart settles with is judged by the words for a failure."""
    await submit(tasks, "one")
    hand = Hand(await door.enter("w"), "w")
    (one,) = await hand.claim()
    for outcome, code in (
        (AttemptOutcome.FAILED, "TASK_POISONED"),
        (AttemptOutcome.FAILED, "OF_MY_OWN"),
        (AttemptOutcome.TIMEOUT, "MODULE_FAILED"),
        (AttemptOutcome.LOST, "ATTEMPT_LOST"),
        (AttemptOutcome.OK, "MODULE_FAILED"),
    ):
        with pytest.raises(ValidationFailed, match=f"failure.code '{code}'"):
            await hand.settle(one, AttemptResult(outcome, "{}", Failure(code, "why")))
    with pytest.raises(ValidationFailed, match="none"):
        await hand.settle(one, AttemptResult(AttemptOutcome.FAILED))
    long = Failure("MODULE_FAILED", "x" * 100_000, retryable=False)
    assert (await hand.settle(one, AttemptResult(AttemptOutcome.FAILED, failure=long))).state is TaskState.ERROR
    assert len((await tasks.get("acme", "one")).failure.message) == MOST_FAILURE_MESSAGE


async def test_a_worker_cannot_hand_back_a_task_for_ever(tasks, door, clock, monkeypatch):
    """7.12 One that hands back the same task more than so many times in a row loses it, which counts."""
    monkeypatch.setattr("aion.app.judging.MOST_HAND_BACKS", 2)
    await submit(tasks, "one")
    hands = [Hand(await door.enter(name), name) for name in ("w", "v")]
    back = AttemptResult(AttemptOutcome.LOST, failure=Failure(HANDED_BACK, "not now"))
    for owner in (0, 0, 1, 0, 0, 0):
        clock.advance(timedelta(minutes=1))
        (one,) = await hands[owner].claim()
        for _ in range(2):
            assert (await hands[owner].settle(one, back)).state is TaskState.PENDING
    attempts = (await tasks.get("acme", "one")).attempts
    assert [attempt.failure.code for attempt in attempts] == 5 * [HANDED_BACK] + ["ATTEMPT_LOST"]


async def test_a_task_that_waits_for_its_turn_loses_nothing_by_it(tasks, door, clock):
    """2.4 An attempt that never began is no loss, however often; it leaves one trace, the last."""
    await submit(tasks, "one")
    hand = Hand(await door.enter("w"), "w")
    nothing = AttemptResult(AttemptOutcome.LOST, failure=Failure(NO_TURN, "all lanes are taken"))
    for _ in range(MOST_HAND_BACKS + 5):
        clock.advance(timedelta(minutes=1))
        (one,) = await hand.claim()
        for _ in range(2):
            assert (await hand.settle(one, nothing)).state is TaskState.PENDING
    (attempt,) = (await tasks.get("acme", "one")).attempts
    assert (attempt.number, attempt.code) == (MOST_HAND_BACKS + 5, NO_TURN)
    clock.advance(timedelta(minutes=1))
    (one,) = await hand.claim()
    with pytest.raises(StaleFence):
        await hand.settle(one._replace(fence=one.fence - 1), nothing)
    assert (await hand.settle(one, OK)).state is TaskState.OK


async def test_an_attempt_cannot_fill_the_log_without_end(tasks, door, monkeypatch):
    """7.12 An attempt writes at most so much into its log."""
    monkeypatch.setattr("aion.app.workers_apart.MOST_SAID", 100)
    await submit(tasks, "one")
    hand = Hand(await door.enter("w"), "w")
    (one,) = await hand.claim()
    assert await hand.append(one, "a" * 60, after=0) == 1
    for more in (hand.append(one, "b" * 60, after=1), hand.settle(one, OK, "b" * 60, after=1)):
        with pytest.raises(ValidationFailed, match="most that a log takes"):
            await more
    assert (await hand.settle(one, OK, after=1)).state is TaskState.OK


async def test_one_answer_brings_a_bounded_number_of_bytes(tasks, door):
    for number in range(3):
        await tasks.accept("acme", accept(new_task(f"task-{number}", input_json='{"t":"%s"}' % ("a" * (3 << 20)))))
    queue = await door.enter("w")
    assert [len(await queue.claim(SCOPE, CLAIM)) for _ in range(3)] == [2, 1, 0]


async def test_the_fleet_is_seen_with_what_it_said_of_itself(tasks, door, clock):
    await submit(tasks, "one")
    queue = await door.queue("w", (ENGINE,))
    queue._about = replace(queue._about, slots=4, labels={"region": "eu", "gpu": "none"})
    await queue.register()
    await queue.claim(SCOPE, CLAIM)
    gone = await door.enter("v")
    await gone.drain()
    clock.advance(timedelta(seconds=2))
    page = Metrics("0.1.0")
    page.add(FleetCollector(door.served.fleet.seen))
    text = page.render().decode()
    for line in (
        'aion_worker_slots{labels="gpu=none,region=eu",state="working",version="0.1.0",worker="w"} 4.0',
        'aion_worker_slots{labels="",state="draining",version="0.1.0",worker="v"} 64.0',
        'aion_worker_attempts{worker="w"} 1.0',
        'aion_worker_silent_seconds{worker="w"} 2.0',
        f'aion_worker_engine_slots{{engine="{ENGINE}"}} 4.0',
    ):
        assert line in text, text
    assert OTHER_ENGINE not in text


async def test_labels_are_words_that_metrics_can_show(door):
    queue = await door.queue("w")
    queue._about = replace(queue._about, labels={"region": "x" * 129})
    with pytest.raises(ValidationFailed, match="labels"):
        await queue.register()


async def test_a_result_of_a_worker_apart_counts_for_routing(tasks, door, clock):
    await submit(tasks, "one", "two")
    hand = Hand(await door.enter("w"), "w")
    one, two = await hand.claim(2)
    await hand.settle(one)
    await hand.settle(two, AttemptResult(AttemptOutcome.CANCELED))
    assert door.latency.engines == [ENGINE]


async def test_the_clock_of_a_worker_may_be_wrong(tasks, door, clock):
    """3.5 Leases and expiries are judged by the store's clock: a worker translates them to its own."""
    await submit(tasks, "one")
    queue = await door.enter("w")
    ahead = timedelta(hours=3)

    class Fast:
        def now(self):
            return clock.now() + ahead

        def monotonic(self):
            return clock.monotonic()

    queue._clock = Fast()
    (one,) = await queue.claim(SCOPE, CLAIM)
    stored = await tasks.get("acme", "one")
    assert (one.lease_expires - ahead, one.expire_time - ahead) == (stored.lease.expires, stored.expire_time)


async def test_a_worker_that_nobody_heard_of_for_long_is_forgotten_when_another_comes(door, clock):
    await door.enter("w")
    clock.advance(timedelta(seconds=61))
    assert door.served.fleet.connected == 0
    clock.advance(timedelta(minutes=10))
    await door.enter("v")
    with pytest.raises(WorkerNotRegistered, match="register first"):
        door.served.fleet.find(ME, "w-1")


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


async def until(condition):
    """Turns the loop until something holds; the store writes in a thread of its own, so a little time may pass."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 # the condition is about a store, which has no event for everything
            await asyncio.sleep(0.001)
