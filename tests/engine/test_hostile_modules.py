"""Whatever a module does, its attempt ends with the right outcome and a typed failure, and harms nothing else."""

import asyncio
import os
import signal
import time
from datetime import timedelta

import pytest
import pytest_asyncio

from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.settings import WasmSettings
from aion.domain.attempts import NO_TURN, AttemptOutcome
from aion.domain.events import EventKind
from tests.engine.conftest import MIB, Listener, job_for

pytestmark = pytest.mark.asyncio(loop_scope="module")

# On a loaded machine a guest may need long to be stopped; here its host must live.
LONG = timedelta(seconds=30)
CLOCK = frozenset({"clock"})
RESULT = '{"type":"result","data":{"n":1}}'

HOSTILE = [
    # module, its facts, its input, seconds, outcome, code, words of the message
    ("loops", {}, "{}", 0.2, "TIMEOUT", "ATTEMPT_TIMEOUT", "timeout_ms"),
    ("loops", {"fuel": 10**15}, "{}", 0.2, "TIMEOUT", "ATTEMPT_TIMEOUT", "timeout_ms"),
    ("loops", {"fuel": 1_000_000}, "{}", 20, "FAILED", "FUEL_EXHAUSTED", "1000000"),
    ("loops_at_start", {}, "{}", 0.2, "TIMEOUT", "ATTEMPT_TIMEOUT", "timeout_ms"),
    ("speaks_then_sleeps", {"granted": CLOCK}, "{}", 0.2, "TIMEOUT", "ATTEMPT_TIMEOUT", "timeout_ms"),
    ("eats_memory", {}, "{}", 20, "FAILED", "MEMORY_EXCEEDED", str(16 * MIB)),
    ("recurses", {}, "{}", 20, "FAILED", "MODULE_TRAPPED", "call stack"),
    ("reaches_the_unreachable", {}, "{}", 20, "FAILED", "MODULE_TRAPPED", "unreachable"),
    ("divides_by_zero", {}, "{}", 20, "FAILED", "MODULE_TRAPPED", "division by zero"),
    ("reads_out_of_bounds", {}, "{}", 20, "FAILED", "MODULE_TRAPPED", "outside its memory"),
    ("floods", {}, "{}", 20, "FAILED", "OUTPUT_TOO_LARGE", "4194304"),
    ("never_ends_its_line", {}, "{}", 20, "FAILED", "OUTPUT_TOO_LARGE", "line"),
    ("floods_its_log", {}, "{}", 0.2, "TIMEOUT", "ATTEMPT_TIMEOUT", "timeout_ms"),
    ("writes_a_million_lines", {}, "{}", 0.2, "TIMEOUT", "ATTEMPT_TIMEOUT", "timeout_ms"),
    ("exits_3", {}, "{}", 20, "FAILED", "MODULE_FAILED", "status 3: the input is upside down"),
    ("says", {}, "this is not JSON", 20, "FAILED", "OUTPUT_MALFORMED", "not JSON"),
    ("says", {}, '{"type":"token"', 20, "FAILED", "OUTPUT_MALFORMED", "not JSON"),
    ("says", {}, f"{RESULT}\n{RESULT}\n", 20, "FAILED", "OUTPUT_MALFORMED", "more than one result"),
    ("says", {}, '{"type":"token","text":"a"}\n', 20, "FAILED", "RESULT_MISSING", "result"),
    ("says", {}, "", 20, "FAILED", "RESULT_MISSING", "result"),
    ("says", {}, f'{{"text":"{"x" * MIB}"}}', 20, "FAILED", "RESULT_TOO_LARGE", str(MIB)),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def modules(make_module):
    made = [make_module(name, **facts) for name, facts, *_ in HOSTILE]
    made.append(make_module("never_reads"))
    return {module.engine: module for module in made}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(modules, tmp_path_factory, compiling_here):
    settings = WasmSettings(hosts=1, grace=LONG, cancel_grace=LONG)
    async with WasmEngine(modules, tmp_path_factory.mktemp("data"), settings) as engine:
        yield engine


def pids(engine):
    return [host.pid for host in engine._pool.hosts()]


@pytest.mark.parametrize(("name", "facts", "text", "seconds", "outcome", "code", "words"), HOSTILE)
async def test_a_hostile_module_ends_its_own_attempt_only(
    engine, make_module, name, facts, text, seconds, outcome, code, words
):
    before = pids(engine)
    heard = Listener()
    result = await engine.run(job_for(make_module(name, **facts), text, seconds=seconds), heard)
    assert result.outcome is AttemptOutcome[outcome]
    assert result.failure is not None
    assert result.failure.code == code
    assert words in result.failure.message
    assert result.result_json is None
    # Its host is the same process, which runs the next attempt as if nothing had been.
    next_result = await engine.run(job_for(make_module("says"), RESULT), Listener())
    assert (next_result.outcome, next_result.result_json) == (AttemptOutcome.OK, '{"n":1}')
    assert pids(engine) == before


STUBBORN = [(name, facts, False) for name, facts, _, _, outcome, *_ in HOSTILE if outcome == "TIMEOUT"]


@pytest.mark.parametrize(("name", "facts", "stopped"), [*STUBBORN, ("loops", {}, True)])
async def test_an_attempt_ends_within_its_timeout_plus_one_second(make_module, tmp_path, name, facts, stopped):
    """10.5 Whatever a module does, its attempt ends within its timeout plus one second, with a typed failure.

    With the settings of production, where the supervisor kills what does not end by itself, such as a host that stands
    still. The best of a few tries is judged: a busy machine is late now and then, an engine that does not stop always.
    """
    module, over = make_module(name, **facts), []
    async with WasmEngine({module.engine: module}, tmp_path, WasmSettings(hosts=1)) as engine:
        while not over or (min(over) > 1 and len(over) < 5):
            place = await engine._pool.places.wait("nobody")
            host = place.host
            place.free()
            began = time.monotonic()
            running = asyncio.create_task(engine.run(job_for(module, "{}", seconds=0.3), Listener()))
            if stopped:
                await asyncio.sleep(0)
                os.kill(host.pid, signal.SIGSTOP)
            result = await running
            over.append(time.monotonic() - began - 0.3)
            assert (result.outcome, result.failure.code) == (AttemptOutcome.TIMEOUT, "ATTEMPT_TIMEOUT")
    assert min(over) <= 1


async def test_fuel_that_was_burnt_is_reported(engine, make_module):
    result = await engine.run(job_for(make_module("loops", fuel=1_000_000)), Listener())
    assert result.fuel == 1_000_000


async def test_a_log_that_is_flooded_is_bounded(engine, make_module):
    heard = Listener()
    await engine.run(job_for(make_module("floods_its_log"), seconds=0.2), heard)
    assert {event.kind for event in heard.events} == {EventKind.LOG}
    assert heard.texts == ["something happened"] * 1000


async def test_a_module_that_never_reads_gives_its_result(engine, make_module):
    large = '{"text":"' + "x" * 3 * MIB + '"}'
    result = await engine.run(job_for(make_module("never_reads"), large), Listener())
    assert result.result_json == '{"read":0}'


async def test_an_engine_that_is_not_installed_is_a_failure_and_no_exception(engine, make_module):
    result = await engine.run(job_for(make_module("recurses", memory_bytes=MIB)), Listener())
    assert result.failure is not None
    assert result.failure.code == "ENGINE_UNAVAILABLE"
    assert not result.failure.retryable


async def test_a_deadline_that_has_passed_starts_nothing(engine, make_module):
    heard = Listener()
    says = '{"type":"token","text":"a"}\n' + RESULT
    result = await engine.run(job_for(make_module("says"), says, seconds=0), heard)
    assert (result.outcome, result.failure.code) == (AttemptOutcome.LOST, NO_TURN)
    assert heard.events == []


@pytest.mark.parametrize(("name", "may_pass"), [("refuses_its_input", False), ("exits_3", True)])
async def test_a_refused_input_is_not_worth_another_attempt_and_any_other_failure_is(
    make_module, tmp_path, compiling_here, name, may_pass
):
    """10.3 Exit status 2 is a refusal of the input: no retry is made of it."""
    module = make_module(name)
    async with WasmEngine({module.engine: module}, tmp_path, WasmSettings(hosts=1)) as engine:
        result = await engine.run(job_for(module), Listener())
    assert result.failure.code == "MODULE_FAILED"
    assert result.failure.retryable is may_pass
