"""What `aion.ports.engines.Engine` promises, whatever a guest does.

`within the timeout plus one second` is measured by the engine's own suite, from the stamps of its hosts; here the
sentences that hold without a stop watch.
"""

import asyncio
import hashlib
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import wasmtime

from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.module import WasmModule
from aion.adapters.engines.wasm.settings import WasmSettings
from aion.domain.attempts import NO_TURN, AttemptOutcome, AttemptResult
from aion.domain.caps import NO_CAPS, Caps
from aion.domain.events import EventKind, NewEvent
from aion.ports.engines import Engine, EngineJob
from tests.host_processes import hosts_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOURCES = Path(__file__).parent.parent / "modules_under_test"
GUESTS = ("says", "tells_a_story", "reveals", "speaks_then_loops", "reaches_the_unreachable", "loops", "exits_3")
SURE, SINGLE = ("reveals", "says", "loops"), ("speaks_then_loops",)
"""Guests that are there once more as `sure:NAME`, deterministic, or as `single:NAME`, one at a time."""
FAILING = ("reaches_the_unreachable", "exits_3")
PATIENT = timedelta(seconds=30)


@asynccontextmanager
async def opened(folder: Path, *guests: str) -> AsyncIterator[Engine]:
    """An engine that knows these guests by `guest:NAME`, with one host.

    On a busy machine the host gets long to stop a guest: the neighbours must live.
    """
    modules = {}
    for name in guests:
        wasm = bytes(wasmtime.wat2wasm((SOURCES / f"{name}.wat").read_text()))
        path = folder / f"{name}.wasm"
        path.write_bytes(wasm)
        digest = hashlib.sha256(wasm).hexdigest()
        modules[f"guest:{name}"] = WasmModule(f"guest:{name}", path, digest, 1 << 24)
        if name in SURE:
            granted = frozenset({"clock", "random"})
            modules[f"sure:{name}"] = WasmModule(
                f"sure:{name}", path, digest, 1 << 24, granted=granted, deterministic=True
            )
        if name in SINGLE:
            modules[f"single:{name}"] = WasmModule(f"single:{name}", path, digest, 1 << 24, concurrency=1)
    turn_wait = timedelta(milliseconds=50)
    settings = WasmSettings(hosts=1, grace=PATIENT, cancel_grace=PATIENT, turn_wait=turn_wait, lane_wait=PATIENT)
    async with WasmEngine(modules, folder, settings) as engine:
        yield engine


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["wasm"])
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    """Knows all GUESTS."""
    async with opened(tmp_path_factory.mktemp("guests"), *GUESTS) as engine:
        yield engine


class Heard:
    """Every event, and whether one came after the end."""

    def __init__(self) -> None:
        self.events: list[NewEvent] = []
        self.first = asyncio.Event()
        self.over = False
        self.late = 0

    def __call__(self, events: Sequence[NewEvent]) -> None:
        self.events.extend(events)
        self.late += self.over
        self.first.set()


def a_job(
    guest: str,
    *,
    kind: str = "guest",
    seconds: float = 20,
    seed: bytes = b"seed",
    alone: bool = False,
    said: str = "{}",
    caps: Caps = NO_CAPS,
) -> EngineJob:
    return EngineJob(
        tenant="acme",
        task_id="task-1",
        attempt=1,
        engine=f"{kind}:{guest}",
        input_json=said,
        timeout=timedelta(seconds=seconds),
        seed=seed,
        alone=alone,
        caps=caps,
    )


async def ran(engine: Engine, job: EngineJob) -> tuple[AttemptResult, Heard]:
    heard = Heard()
    result = await engine.run(job, heard)
    heard.over = True
    return result, heard


async def works(engine: Engine) -> bool:
    result, _ = await ran(engine, a_job("says", said='{"a":1}'))
    return (result.outcome, result.result_json) == (AttemptOutcome.OK, '{"a":1}')


@pytest.mark.parametrize("alone", [False, True])
async def test_events_come_in_order_while_the_guest_runs_and_never_after_run_returned(engine, alone):
    result, heard = await ran(engine, a_job("tells_a_story", alone=alone))
    assert result.outcome is AttemptOutcome.OK
    token, partial = EventKind.TOKEN, EventKind.PARTIAL
    assert [event.kind for event in heard.events] == [token, token, partial, token, token]
    assert heard.events[-1].text == "the end"
    assert await works(engine)
    assert heard.late == 0


async def test_an_event_comes_before_the_guest_has_ended(engine):
    heard = Heard()
    running = asyncio.ensure_future(engine.run(a_job("speaks_then_loops"), heard))
    await heard.first.wait()
    assert not running.done()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


@pytest.mark.parametrize("guest", FAILING)
async def test_a_failure_of_the_guest_is_failed_with_its_failure_and_nothing_is_raised(engine, guest):
    result, _ = await ran(engine, a_job(guest))
    assert result.outcome is AttemptOutcome.FAILED
    assert result.failure is not None
    assert result.failure.code
    assert await works(engine)


async def test_a_guest_that_never_ends_is_timeout(engine):
    result, _ = await ran(engine, a_job("loops", seconds=0.2))
    assert result.outcome is AttemptOutcome.TIMEOUT
    assert result.failure is not None
    assert await works(engine)


async def test_an_engine_that_is_not_there_is_a_failure_and_nothing_is_raised(engine):
    result, _ = await ran(engine, a_job("nobody-installed-this"))
    assert result.outcome is AttemptOutcome.FAILED


async def test_no_other_attempt_is_harmed_whatever_a_guest_does(engine):
    hostile = [ran(engine, a_job(guest, seconds=0.5)) for guest in (*FAILING, "loops") * 3]
    peaceful = [works(engine) for _ in range(12)]
    ended, well = await asyncio.gather(asyncio.gather(*hostile), asyncio.gather(*peaceful))
    assert all(result.outcome is not AttemptOutcome.OK for result, _ in ended)
    assert all(well)


async def test_cancelling_ends_the_guest_and_its_neighbours_go_on(engine):
    """The same host takes the next attempt: the guest has left it."""
    before = hosts_of(os.getpid())
    heard = Heard()
    running = asyncio.ensure_future(engine.run(a_job("speaks_then_loops"), heard))
    await heard.first.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    heard.over = True
    assert await works(engine)
    assert heard.late == 0
    assert set(before) <= set(hosts_of(os.getpid()))


async def test_what_a_module_draws_from_is_the_same_for_every_attempt_of_a_task(engine):
    first, again, other = [await ran(engine, a_job("reveals", seed=seed)) for seed in (b"one", b"one", b"two")]
    assert first[0].outcome is AttemptOutcome.OK
    assert first[0].result_json == again[0].result_json
    assert first[0].result_json != other[0].result_json


async def test_a_deterministic_engine_answers_the_same_input_alike_and_burns_the_same_fuel(engine):
    jobs = [a_job("reveals", kind="sure", seed=seed, said=said) for seed, said in SEEDS_AND_INPUTS]
    first, again, other = [(await ran(engine, job))[0] for job in jobs]
    assert first.outcome is AttemptOutcome.OK
    assert (first.result_json, first.fuel) == (again.result_json, again.fuel)
    assert first.fuel > 0
    assert other.result_json != first.result_json


SEEDS_AND_INPUTS = ((b"one", '{"a":1}'), (b"two", '{"a":1}'), (b"one", '{"a":2}'))


async def test_what_waited_in_vain_for_its_turn_never_ran_and_is_handed_back(engine):
    heard = Heard()
    running = asyncio.ensure_future(engine.run(a_job("speaks_then_loops", kind="single"), heard))
    await heard.first.wait()
    result, other = await ran(engine, a_job("speaks_then_loops", kind="single"))
    assert (result.outcome, result.failure.code) == (AttemptOutcome.LOST, NO_TURN)
    assert other.events == []
    assert await works(engine)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


@pytest.mark.parametrize(
    ("guest", "caps", "outcome", "words"),
    [
        ("loops", Caps(fuel=1_000_000), AttemptOutcome.FAILED, "fuel of 1000000"),
        ("says", Caps(memory_bytes=1 << 16), AttemptOutcome.FAILED, "65536 bytes of memory"),
    ],
)
async def test_a_tenants_caps_cut_what_the_engine_would_allow(engine, guest, caps, outcome, words):
    result, _ = await ran(engine, a_job(guest, kind="sure", caps=caps))
    assert result.outcome is outcome
    assert words in result.failure.message
    assert await works(engine)


async def test_a_dead_host_is_lost_and_the_next_attempt_gets_another(engine):
    hosts = set(hosts_of(os.getpid()))
    heard = Heard()
    running = asyncio.ensure_future(engine.run(a_job("speaks_then_loops"), heard))
    await heard.first.wait()
    for host in hosts:
        os.kill(host, signal.SIGKILL)
    result = await running
    assert result.outcome is AttemptOutcome.LOST
    assert await works(engine)
    assert hosts.isdisjoint(hosts_of(os.getpid()))


async def test_an_attempt_that_asks_for_it_shares_its_host_with_no_other(tmp_path):
    before, heard = set(hosts_of(os.getpid())), Heard()
    async with opened(tmp_path, *GUESTS) as engine:
        serving = set(hosts_of(os.getpid())) - before
        running = asyncio.ensure_future(engine.run(a_job("speaks_then_loops", alone=True), heard))
        await heard.first.wait()
        (lone,) = set(hosts_of(os.getpid())) - before - serving
        assert await works(engine)
        os.kill(lone, signal.SIGKILL)
        assert (await running).outcome is AttemptOutcome.LOST
        assert serving <= set(hosts_of(os.getpid()))
        assert await works(engine)


async def test_after_close_no_host_is_left_and_what_ran_is_lost(tmp_path):
    before, heard = set(hosts_of(os.getpid())), Heard()
    async with opened(tmp_path, "speaks_then_loops") as engine:
        assert set(hosts_of(os.getpid())) > before
        running = asyncio.ensure_future(engine.run(a_job("speaks_then_loops"), heard))
        await heard.first.wait()
        await engine.close()
        assert (await running).outcome is AttemptOutcome.LOST
        assert set(hosts_of(os.getpid())) <= before


async def test_the_result_says_the_digest_of_what_ran(engine):
    result, _ = await ran(engine, a_job("says"))
    wasm = wasmtime.wat2wasm((SOURCES / "says.wat").read_text())
    assert result.digest == f"sha256:{hashlib.sha256(wasm).hexdigest()}"


async def test_a_job_with_a_digest_runs_these_bytes_or_none(engine):
    right, _ = await ran(engine, a_job("says"))
    same, _ = await ran(engine, a_job("says")._replace(digest=right.digest))
    assert same.outcome is AttemptOutcome.OK

    other, heard = await ran(engine, a_job("says")._replace(digest=f"sha256:{'0' * 64}"))
    assert (other.outcome, heard.events, other.digest) == (AttemptOutcome.FAILED, [], "")
    assert other.failure is not None
    assert (other.failure.code, other.failure.retryable) == ("ENGINE_UNAVAILABLE", False)
    assert right.digest in other.failure.message
