"""What a well-behaved module gets: its input, its events while it runs, its result, and only what it was granted."""

import asyncio
import json
from datetime import timedelta

import pytest
import pytest_asyncio

from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.settings import WasmSettings
from aion.domain.attempts import AttemptOutcome
from aion.domain.events import EventKind, NewEvent
from tests.engine.conftest import MIB, Listener, job_for

pytestmark = pytest.mark.asyncio(loop_scope="module")

# On a loaded machine a guest may need long to be stopped; here its host must live.
LONG = timedelta(seconds=30)
NOTHING = frozenset()
EVERYTHING = frozenset({"clock", "random", "log"})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(make_module, tmp_path_factory, compiling_here):
    made = [
        make_module("says"),
        make_module("says", fuel=10**9),
        make_module("says", granted=NOTHING),
        make_module("reveals", granted=NOTHING),
        make_module("reveals", granted=EVERYTHING),
        make_module("remembers"),
        make_module("opens_a_file"),
        make_module("speaks_then_loops"),
        make_module("speaks_then_sleeps", granted=NOTHING),
        make_module("speaks_then_sleeps", granted=EVERYTHING),
    ]
    modules = {module.engine: module for module in made}
    async with WasmEngine(
        modules, tmp_path_factory.mktemp("data"), WasmSettings(hosts=1, grace=LONG, cancel_grace=LONG)
    ) as engine:
        yield engine


async def hexadecimal(engine, module, **given):
    result = await engine.run(job_for(module, **given), Listener())
    assert result.outcome is AttemptOutcome.OK
    return bytes.fromhex(json.loads(result.result_json)["hex"])


async def test_lines_become_events_in_order_and_the_result_is_the_data(engine, make_module):
    said = """{"type":"token","text":"Bon"}
{"type":"partial","data":{"so":["far",1.5]}}

{"type":"log","level":"warning","message":"long text"}
{"type":"token","text":"jour \\u00e9"}
{"type":"result","data":{"text":"Bonjour é"}}"""
    heard = Listener()
    result = await engine.run(job_for(make_module("says"), said), heard)
    assert result.outcome is AttemptOutcome.OK
    assert result.failure is None
    assert result.result_json == '{"text":"Bonjour é"}'
    assert heard.events == [
        NewEvent(EventKind.TOKEN, text="Bon"),
        NewEvent(EventKind.PARTIAL, data_json='{"so":["far",1.5]}'),
        NewEvent(EventKind.LOG, text="warning: long text"),
        NewEvent(EventKind.TOKEN, text="jour é"),
    ]


async def test_log_lines_are_no_events_without_the_grant(engine, make_module):
    said = '{"type":"log","message":"psst"}\n{"type":"result","data":{}}\n'
    heard = Listener()
    result = await engine.run(job_for(make_module("says", granted=NOTHING), said), heard)
    assert result.result_json == "{}"
    assert heard.events == []


@pytest.mark.parametrize("spread", [None, 2])
async def test_a_lone_object_is_a_result_on_one_line_or_on_many(engine, make_module, spread):
    said = json.dumps({"title": "a", "tags": ["b", {"c": 1}]}, indent=spread)
    result = await engine.run(job_for(make_module("says"), said), Listener())
    assert json.loads(result.result_json) == json.loads(said)


async def test_fuel_is_reported_when_it_is_metered(engine, make_module):
    result = await engine.run(job_for(make_module("says", fuel=10**9), '{"a":1}'), Listener())
    assert 0 < result.fuel < 100_000


async def test_events_arrive_while_the_module_runs(engine, make_module):
    spoke = asyncio.Event()
    running = asyncio.create_task(engine.run(job_for(make_module("speaks_then_loops")), Listener(on_event=spoke.set)))
    await spoke.wait()
    assert not running.done()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


@pytest.mark.parametrize(("name", "granted"), [("speaks_then_loops", None), ("speaks_then_sleeps", EVERYTHING)])
async def test_cancelling_ends_the_guest_and_harms_no_neighbour(engine, make_module, name, granted):
    module = make_module(name) if granted is None else make_module(name, granted=granted)
    (host,) = engine._pool.hosts()
    await host.drained()
    spoke = [asyncio.Event(), asyncio.Event()]
    tasks = [asyncio.create_task(engine.run(job_for(module), Listener(on_event=event.set))) for event in spoke]
    for event in spoke:
        await event.wait()
    assert host.load == 2
    for left, task in ((1, tasks[0]), (0, tasks[1])):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        answer = await engine.run(job_for(make_module("says"), '{"a":1}'), Listener())
        assert answer.outcome is AttemptOutcome.OK
        assert tasks[1].done() is (left == 0)
    await host.drained()
    assert not host.gone.is_set()


async def test_without_the_grants_time_stands_still_and_randomness_follows_the_seed(engine, make_module):
    module = make_module("reveals", granted=NOTHING)
    first = await hexadecimal(engine, module, seed=b"one")
    assert await hexadecimal(engine, module, seed=b"one") == first
    other = await hexadecimal(engine, module, seed=b"two")
    assert other[:8] != first[:8]
    assert other[8:] == first[8:]
    assert int.from_bytes(first[16:], "little") > 0


async def test_with_the_grants_time_passes_and_randomness_is_random(engine, make_module):
    module = make_module("reveals", granted=EVERYTHING)
    first = await hexadecimal(engine, module, seed=b"one")
    second = await hexadecimal(engine, module, seed=b"one")
    assert first[:8] != second[:8]
    assert int.from_bytes(first[16:], "little") < int.from_bytes(second[16:], "little")


async def test_a_sleep_without_a_clock_is_over_at_once(engine, make_module):
    result = await engine.run(job_for(make_module("speaks_then_sleeps", granted=NOTHING)), Listener())
    assert result.result_json == '{"slept":1}'


async def test_nothing_is_carried_from_one_attempt_to_the_next(engine, make_module):
    for _ in range(3):
        assert await hexadecimal(engine, make_module("remembers")) == bytes(24)


async def test_there_are_no_files_no_sockets_and_no_reads_outside_the_guest(engine, make_module):
    answer = await hexadecimal(engine, make_module("opens_a_file"))
    errors = [int.from_bytes(answer[at : at + 4], "little") for at in (0, 4, 8, 12)]
    no_such_function, invalid, bad_address = 52, 28, 21
    assert errors == [no_such_function, no_such_function, invalid, bad_address]


async def test_many_attempts_at_once_each_get_their_own_answer(engine, make_module):
    module = make_module("says")
    heard = [Listener() for _ in range(64)]
    said = [f'{{"type":"token","text":"{n}"}}\n{{"type":"result","data":{{"n":{n}}}}}\n' for n in range(64)]
    results = await asyncio.gather(*(engine.run(job_for(module, text), h) for text, h in zip(said, heard, strict=True)))
    assert [json.loads(result.result_json)["n"] for result in results] == list(range(64))
    assert [listener.texts for listener in heard] == [[str(n)] for n in range(64)]


async def test_a_large_input_and_a_large_result_pass(engine, make_module):
    said = json.dumps({"text": "é" * (MIB // 4)}, ensure_ascii=False, separators=(",", ":"))
    result = await engine.run(job_for(make_module("says"), said), Listener())
    assert result.result_json == said
