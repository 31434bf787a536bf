"""The corpus of hostile modules: each ends with its own failure, beside an innocent that answers in the same host.

`test_hostile_modules` has the first of them and the promise of time; here are the others, core modules and components.
"""

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.settings import WasmSettings
from aion.domain.attempts import AttemptOutcome
from tests.engine.conftest import MIB, Listener, job_for

pytestmark = pytest.mark.asyncio(loop_scope="module")

LONG = timedelta(seconds=30)
RESULT = '{"type":"result","data":{"n":1}}'
DEEP = '{"type":"result","data":' + '{"a":' * 50_000 + "1" + "}" * 50_000 + "}"
WIDE = '{"type":"partial","data":[' + "[]," * 100_000 + "[" * 101 + "]" * 101 + "]}"
MOST_HOST_MEMORY = 300 * MIB

TRAP, LATE, LARGE, MALFORMED = "MODULE_TRAPPED", "ATTEMPT_TIMEOUT", "OUTPUT_TOO_LARGE", "OUTPUT_MALFORMED"

CORE = [
    # module, its facts, its input, seconds, code, words of the message
    ("storms_the_host", {}, "{}", 0.2, LATE, "timeout_ms"),
    ("eats_tables", {}, "{}", 20, TRAP, "outside a table"),
    ("writes_empty_lines", {}, "{}", 20, LARGE, "4194304"),
    ("writes_no_text", {}, "{}", 20, MALFORMED, "not JSON"),
    ("polls_nonsense", {}, "{}", 0.2, LATE, "timeout_ms"),
    ("polls_nonsense", {"granted": frozenset({"clock"})}, "{}", 0.2, LATE, "timeout_ms"),
    ("exits_at_start", {}, "{}", 20, "RESULT_MISSING", "without a result"),
    ("wants_endless_chance", {}, "{}", 0.2, LATE, "timeout_ms"),
    ("waits_for_the_clock", {}, "{}", 0.2, LATE, "timeout_ms"),
    ("grows_while_it_writes", {}, "{}", 20, "MEMORY_EXCEEDED", "resources.memory"),
    ("has_much_data", {}, "{}", 0.2, LATE, "timeout_ms"),
    ("calls_nothing", {}, "{}", 20, TRAP, "indirect call to nothing"),
    ("calls_another_signature", {}, "{}", 20, TRAP, "another signature"),
    ("turns_a_nan_into_a_number", {}, "{}", 20, TRAP, "does not fit an integer"),
    ("overflows", {}, "{}", 20, TRAP, "integer overflow"),
    ("exits_with_4294967295", {}, "{}", 20, "MODULE_FAILED", "status 4294967295"),
    ("asks_for_everything_else", {}, "{}", 20, "MODULE_FAILED", "status 208"),  # 4 times ENOSYS
    ("says", {}, DEEP, 20, MALFORMED, "depth limit"),
    ("says", {}, WIDE, 20, MALFORMED, "nested deeper than 100"),
    ("says", {}, f"{RESULT}\nrubbish", 20, MALFORMED, "not JSON"),
    ("says", {}, '{"type":"token","text":7}\n', 20, MALFORMED, "not a string"),
    ("says", {}, '{"type":"result","data":[1]}\n', 20, MALFORMED, "not an object"),
    ("says", {}, '{"type":"rèsult"}\n' * 3, 20, MALFORMED, "not one of"),
    ("says", {}, "[]", 20, MALFORMED, "not an object"),
]

COMPONENTS = [
    ("loops", {}, "{}", 0.2, LATE, "timeout_ms"),
    ("loops", {"fuel": 1_000_000}, "{}", 20, "FUEL_EXHAUSTED", "1000000"),
    ("loops_at_start", {}, "{}", 0.2, LATE, "timeout_ms"),
    ("speaks_then_sleeps", {"granted": frozenset({"clock"})}, "{}", 0.2, LATE, "timeout_ms"),
    ("storms_the_host", {}, "{}", 0.2, LATE, "timeout_ms"),
    ("reaches_the_unreachable", {}, "{}", 20, TRAP, "unreachable"),
    ("recurses", {}, "{}", 20, TRAP, "call stack"),
    ("fails", {}, "{}", 20, "MODULE_FAILED", "the input is upside down"),
    ("exits_with_an_error", {}, "{}", 20, "MODULE_FAILED", "status 1"),
    ("exits_at_start", {}, "{}", 20, "RESULT_MISSING", "without a result"),
    ("returns_nothing", {}, "{}", 20, "RESULT_MISSING", "without a result"),
    ("answers_with_a_number", {}, "{}", 20, TRAP, "rules of components"),
    ("eats_memory", {}, "{}", 20, "MEMORY_EXCEEDED", str(16 * MIB)),
    ("allocates_badly", {"memory_bytes": 2 * MIB}, "{}", 20, TRAP, "unreachable"),
    ("hoards_streams", {}, "{}", 20, TRAP, "more than 10000 resources"),
    ("hoards_timers", {}, "{}", 20, TRAP, "more than 10000 resources"),
    ("lends_what_it_has_not", {}, "{}", 20, TRAP, "unknown handle"),
    ("drops_twice", {}, "{}", 20, TRAP, "unknown handle"),
    ("writes_out_of_bounds", {}, "{}", 20, TRAP, "out of bounds"),
    ("writes_all_its_memory", {}, "{}", 20, TRAP, "rules of components"),
    ("wants_a_gigabyte_of_chance", {}, "{}", 20, TRAP, "random bytes at once"),
    ("writes_endless_zeroes", {}, "{}", 20, TRAP, "zeroes at once"),
    ("floods", {}, "{}", 20, LARGE, "line"),
    ("says", {}, "this is not JSON", 20, MALFORMED, "not JSON"),
    ("says", {}, f"{RESULT}\n{RESULT}\n", 20, MALFORMED, "more than one result"),
]
ROWS = [("module", *row) for row in CORE] + [("component", *row) for row in COMPONENTS]


@pytest.fixture(scope="module")
def make(make_module, make_component):
    makers = {"module": make_module, "component": make_component}
    return lambda kind, name, **facts: makers[kind](name, **facts)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(make, tmp_path_factory, compiling_here):
    made = [make(kind, name, **facts) for kind, name, facts, *_ in ROWS]
    made += [make("module", "hands_bad_buffers"), make("module", "initialised_before")]
    settings = WasmSettings(hosts=1, grace=LONG, cancel_grace=LONG)
    modules = {module.engine: module for module in made}
    async with WasmEngine(modules, tmp_path_factory.mktemp("data"), settings) as engine:
        yield engine


async def innocent(engine, module):
    result = await engine.run(job_for(module, RESULT), Listener())
    return result.result_json == '{"n":1}'


def resident_bytes(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize(("kind", "name", "facts", "text", "seconds", "code", "words"), ROWS)
async def test_what_is_hostile_ends_as_it_should_and_the_innocent_beside_it_answers(
    engine, make, kind, name, facts, text, seconds, code, words
):
    (host,) = engine._pool.hosts()
    hostile = engine.run(job_for(make(kind, name, **facts), text, seconds=seconds), Listener())
    innocents = [innocent(engine, make(which, "says")) for which in ("module", "component")]
    result, *well = await asyncio.gather(hostile, *innocents)
    assert result.failure is not None, result
    assert (result.failure.code, words in result.failure.message) == (code, True), result.failure
    assert result.outcome is (AttemptOutcome.TIMEOUT if code == LATE else AttemptOutcome.FAILED)
    assert well == [True, True]
    assert await innocent(engine, make("module", "says"))
    assert [each.pid for each in engine._pool.hosts()] == [host.pid]
    assert resident_bytes(host.pid) < MOST_HOST_MEMORY


async def test_bad_buffers_are_refused_one_by_one_and_the_module_lives(engine, make):
    result = await engine.run(job_for(make("module", "hands_bad_buffers")), Listener())
    assert result.result_json == '{"refused":8}'


async def test_a_module_that_was_initialised_at_build_time_starts_with_its_tables(engine, make):
    result = await engine.run(job_for(make("module", "initialised_before")), Listener())
    assert result.result_json == '{"table":42}'
