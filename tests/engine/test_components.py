"""Components (WASI 0.2) behind the same port: what a well-behaved one gets, and what it does not get."""

import asyncio
import json
from datetime import timedelta

import pytest
import pytest_asyncio
import wasmtime

from aion.adapters.engines.wasm.compiled import CompiledModules
from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.module import ModuleBroken
from aion.adapters.engines.wasm.settings import WasmSettings
from aion.domain.attempts import AttemptOutcome
from aion.domain.events import EventKind, NewEvent
from tests.engine.conftest import MIB, Listener, component_text, job_for

pytestmark = pytest.mark.asyncio(loop_scope="module")

LONG = timedelta(seconds=30)
EVERYTHING = frozenset({"clock", "random", "log"})
RESULT = '{"type":"result","data":{"n":1}}'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(make_component, tmp_path_factory, compiling_here):
    made = [
        make_component("says"),
        make_component("says", fuel=10**9),
        make_component("reveals"),
        make_component("reveals", granted=EVERYTHING),
        make_component("speaks_then_loops"),
        make_component("speaks_then_sleeps"),
        make_component("speaks_then_sleeps", granted=EVERYTHING),
        make_component("exits"),
    ]
    modules = {module.engine: module for module in made}
    async with WasmEngine(
        modules, tmp_path_factory.mktemp("data"), WasmSettings(hosts=1, grace=LONG, cancel_grace=LONG)
    ) as engine:
        yield engine


async def test_lines_become_events_and_the_result_is_the_data(engine, make_component):
    said = '{"type":"token","text":"jour \\u00e9"}\n{"type":"partial","data":[1]}\n' + RESULT
    heard = Listener()
    result = await engine.run(job_for(make_component("says"), said), heard)
    assert (result.outcome, result.result_json, result.failure) == (AttemptOutcome.OK, '{"n":1}', None)
    assert heard.events == [NewEvent(EventKind.TOKEN, text="jour é"), NewEvent(EventKind.PARTIAL, data_json="[1]")]


async def test_a_large_input_is_read_whole(engine, make_component):
    said = json.dumps({"text": "x" * 900_000})
    result = await engine.run(job_for(make_component("says"), said), Listener())
    assert json.loads(result.result_json) == json.loads(said)


async def test_fuel_is_reported_and_the_same_for_the_same_input(engine, make_component):
    module = make_component("says", fuel=10**9)
    first, second = [await engine.run(job_for(module, RESULT), Listener()) for _ in range(2)]
    assert 0 < first.fuel == second.fuel < 100_000


async def test_events_arrive_while_it_runs_and_cancelling_ends_it(engine, make_component):
    (host,) = engine._pool.hosts()
    spoke = asyncio.Event()
    running = asyncio.create_task(
        engine.run(job_for(make_component("speaks_then_loops")), Listener(on_event=spoke.set))
    )
    await spoke.wait()
    assert not running.done()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    answer = await engine.run(job_for(make_component("says"), RESULT), Listener())
    assert answer.outcome is AttemptOutcome.OK
    await host.drained()
    assert not host.gone.is_set()


async def test_a_sleep_ends_with_a_cancel_and_is_over_at_once_without_a_clock(engine, make_component):
    result = await engine.run(job_for(make_component("speaks_then_sleeps")), Listener())
    assert result.result_json == '{"slept":1}'
    spoke = asyncio.Event()
    module = make_component("speaks_then_sleeps", granted=EVERYTHING)
    running = asyncio.create_task(engine.run(job_for(module), Listener(on_event=spoke.set)))
    await spoke.wait()
    assert not running.done()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def revealed(engine, module, seed):
    result = await engine.run(job_for(module, seed=seed), Listener())
    assert result.outcome is AttemptOutcome.OK, result
    return bytes.fromhex(json.loads(result.result_json)["hex"])


async def test_what_is_not_granted_is_a_fixed_stub(engine, make_component):
    module = make_component("reveals")
    first, again, other = [await revealed(engine, module, seed) for seed in (b"one", b"one", b"two")]
    assert first == again
    assert first[:16] != other[:16]
    assert first[16:] == other[16:]
    seconds, monotonic = int.from_bytes(first[16:24], "little"), int.from_bytes(first[32:40], "little")
    assert (seconds, monotonic) == (1_577_836_800, 10**9)
    variables, arguments, directories = (int.from_bytes(first[at : at + 4], "little") for at in (40, 44, 48))
    assert (variables, arguments, directories) == (0, 0, 0)
    is_error, code = first[52], first[56]
    assert (is_error, code) == (1, 1)  # access-denied


async def test_with_the_grants_time_passes_and_randomness_is_random(engine, make_component):
    module = make_component("reveals", granted=EVERYTHING)
    first, second = [await revealed(engine, module, b"one") for _ in range(2)]
    assert first[:8] != second[:8]
    assert int.from_bytes(first[32:40], "little") < int.from_bytes(second[32:40], "little")


async def test_a_component_that_exits_well_has_answered(engine, make_component):
    result = await engine.run(job_for(make_component("exits")), Listener())
    assert (result.outcome, result.result_json) == (AttemptOutcome.OK, '{"n":1}')


async def refusal(module, tmp_path):
    with pytest.raises(ModuleBroken) as raised:
        await CompiledModules(tmp_path, timedelta(seconds=60)).code(module)
    return str(raised.value)


NO_RUN = "(component)"
WRONG_IMPORT = '(component (import "acme:database/query@1.0.0" (instance (export "ask" (func)))))'
FUTURE_WASI = '(component (import "wasi:cli/exit@0.3.0" (instance (export "exit" (func)))))'
LONE_FUNCTION = '(component (import "log" (func)))'
NOT_A_FUNCTION = '(component (instance $i) (export "wasi:cli/run@0.2.0" (instance $i)))'
TWO_MEMORIES = (
    """(component (core module $m (memory 1)) (core instance (instantiate $m)) (core instance (instantiate $m)))"""
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (NO_RUN, "it exports no wasi:cli/run"),
        (WRONG_IMPORT, "it imports acme:database/query@1.0.0; only the interfaces of WASI 0.2"),
        (FUTURE_WASI, "it imports wasi:cli/exit@0.3.0"),
        (LONE_FUNCTION, "it imports log"),
        (NOT_A_FUNCTION, "has no function run"),
        (TWO_MEMORIES, "memor"),
    ],
)
async def test_what_can_never_run_is_refused_when_it_is_compiled(make_wasm, tmp_path, text, words):
    assert words in await refusal(make_wasm(wasmtime.wat2wasm(text), component=True), tmp_path)


async def test_a_component_is_not_taken_for_a_core_module_nor_the_other_way_round(make_wasm, tmp_path):
    component, module = wasmtime.wat2wasm(component_text("says")), wasmtime.wat2wasm("(module)")
    assert "it is a component, but was installed as a module" in await refusal(make_wasm(component), tmp_path)
    assert "it is a module, but was" in await refusal(make_wasm(module, component=True), tmp_path)


async def test_a_change_of_its_memory_compiles_no_component_again(make_component, tmp_path):
    cache = CompiledModules(tmp_path, timedelta(seconds=60))
    await cache.code(make_component("says"))
    await cache.code(make_component("says", memory_bytes=32 * MIB))
    assert len(list((tmp_path / "modules-cache").iterdir())) == 1
