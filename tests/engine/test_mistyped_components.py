"""A component that declares a function of WASI with another type than WASI's: refused before it is linked.

wasmtime links a host function to any type. The host that read arguments by another one would touch memory that the
guest chooses, so every deviation of every served function is tried here.
"""

import ctypes
import re
from datetime import timedelta
from struct import pack
from types import SimpleNamespace

import pytest
import wasmtime
from wasmtime import component

from aion.adapters.engines.wasm.compile import Refused, compiled
from aion.adapters.engines.wasm.compiled import CompiledModules
from aion.adapters.engines.wasm.engine_config import build_component_engine
from aion.adapters.engines.wasm.host.component_arguments import Arguments, Mistyped, Shape, shape_of
from aion.adapters.engines.wasm.host.component_values import LIST, RESOURCE, RESULT, STRING, U8, U32, U64
from aion.adapters.engines.wasm.host.components import Components
from aion.adapters.engines.wasm.host.preview2 import FUNCTIONS, Preview2
from aion.adapters.engines.wasm.module import ModuleBroken
from aion.adapters.engines.wasm.preview2_imports import NotWasi, imports_of, run_of
from aion.adapters.engines.wasm.preview2_types import SIGNATURES, Signature
from tests.engine.component_wat import RUN, importing, mistyped, nodes_of
from tests.engine.conftest import component_text

WRITE = "io/streams#[method]output-stream.blocking-write-and-flush"
RESOURCE_OF_OURS = '(import "wasi:io/poll@0.2.0" (instance (export "{name}" (type (sub resource)))))'


@pytest.fixture(scope="module")
def types():
    return wasmtime.Engine()


def checked(engine, text):
    kind = component.Component(engine, wasmtime.wat2wasm(text)).type
    run_of(kind, engine)
    return imports_of(kind, engine)


def full(name, version):
    interface, function = name.split("#")
    return f"{interface}@{version}", function


@pytest.fixture
def unchecked():
    """Native code of a component that the compiler never looked at, and what loads it in a host."""
    engine = build_component_engine(metered=False, guests=1)
    host = Components(lambda metered: engine)
    return lambda text: host.load(
        bytes(component.Component(engine, wasmtime.wat2wasm(text)).serialize()), metered=False
    )


def test_every_function_that_is_served_has_its_type_written_down():
    assert set(SIGNATURES) == set(FUNCTIONS)


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_function_is_taken_with_the_type_of_wasi_and_with_no_other(types, name):
    for version in ("0.2.0", "0.2.11"):
        (taken,) = checked(types, importing(*full(name, version), *nodes_of(SIGNATURES[name])))
        assert taken.functions == (full(name, version)[1],)
    tried = 0
    for parameters, result in mistyped(SIGNATURES[name]):
        text = importing(*full(name, "0.2.6"), parameters, result)
        try:
            kind = component.Component(types, wasmtime.wat2wasm(text)).type
        except wasmtime.WasmtimeError:
            continue  # Nobody can have it: a result that is lent, a record without fields.
        with pytest.raises(NotWasi) as refused:
            imports_of(kind, types)
        assert str(refused.value).startswith(f"it imports wasi:{'#'.join(full(name, '0.2.6'))} "), text
        tried += 1
    assert tried >= 2


def swapped(old, new):
    text = component_text("says")
    assert old in text
    return text.replace(old, new)


CONTENTS = """blocking-write-and-flush"
      (func (param "self" (borrow $output)) (param "contents" (list u8))"""
WRITES_A_TEXT = (CONTENTS, CONTENTS.replace("(list u8)", "string"))
POLLS_NUMBERS = (
    '(export "[method]pollable.block"',
    '(export "poll" (func (param "in" (list u64)) (result (list u32))))(export "[method]pollable.block"',
)
READS_NO_CLOCK = ('(export "now" (func (result u64)))', '(export "now" (func))')
DRAWS_A_TEXT = (
    '(param "len" u64) (result (list u8))))\n    (export "get-random-u64"',
    '(param "len" u64) (result string)))\n    (export "get-random-u64"',
)
HOSTILE = [
    (WRITES_A_TEXT, "blocking-write-and-flush as (borrow<output-stream>, string) -> result<_, variant {"),
    (POLLS_NUMBERS, "wasi:io/poll@0.2.0#poll as (list<u64>) -> list<u32>, but WASI 0.2 has (list<borrow<pollable>>)"),
    (READS_NO_CLOCK, "wasi:clocks/monotonic-clock@0.2.0#now as (), but WASI 0.2 has () -> u64"),
    (DRAWS_A_TEXT, "wasi:random/random@0.2.0#get-random-bytes as (u64) -> string"),
]


@pytest.mark.parametrize(("change", "words"), HOSTILE)
def test_what_would_read_or_write_memory_of_the_host_is_refused_by_the_compiler_and_by_the_host(
    change, words, unchecked
):
    text = swapped(*change)
    with pytest.raises(Refused) as refused:
        compiled(bytes(wasmtime.wat2wasm(text)), "component", metered=False, memory_bytes=1 << 24)
    assert words in str(refused.value)
    with pytest.raises(RuntimeError) as unlinked:
        unchecked(text)
    assert words in str(unlinked.value)


@pytest.mark.asyncio
async def test_the_refusal_reaches_whoever_installs_the_module(make_wasm, tmp_path):
    module = make_wasm(wasmtime.wat2wasm(swapped(*READS_NO_CLOCK)), component=True)
    with pytest.raises(ModuleBroken, match=r"monotonic-clock@0\.2\.0#now as"):
        await CompiledModules(tmp_path, timedelta(seconds=60)).code(module)


LARGE = "\n".join(f"(type $r{n} (tuple {'u8 u8' if n == 0 else f'$r{n - 1} $r{n - 1}'}))" for n in range(18))
RECORD = f'(type $r (record (field "{"a" * 4_000}" u8))) (export "named" (type $r0 (eq $r)))'
LONG_NAME = RECORD + "".join(f"(type $r{n} (tuple $r{n - 1} $r{n - 1}))" for n in range(1, 7))
TWO_NAMES = """(import "wasi:io/poll@0.2.0" (instance $p (export "pollable" (type (sub resource)))))
  (alias export $p "pollable" (type $t))
  (import "wasi:cli/stdin@0.2.0" (instance (alias outer 1 $t (type $o)) (export "network" (type (eq $o)))))"""
MORE = [
    (RESOURCE_OF_OURS.format(name="lever"), "wasi:io/poll@0.2.0#lever, a resource that WASI 0.2 does not have"),
    (TWO_NAMES, "one resource that is named pollable and network"),
    ('(import "wasi:io/poll@0.2.0" (func))', "it imports wasi:io/poll@0.2.0; only the interfaces"),
    (
        '(import "wasi:io/poll@0.2.0" (instance (export "inner" (instance))))',
        "wasi:io/poll@0.2.0#inner, which is no function and no type",
    ),
    (
        f'(import "wasi:http/types@0.2.0" (instance {LARGE} (export "many" (func (param "p" $r17)))))',
        "wasi:http/types@0.2.0#many with types that are too large",
    ),
    (
        f'(import "wasi:http/types@0.2.0" (instance {LONG_NAME} (export "long" (func (param "p" $r6)))))',
        "wasi:http/types@0.2.0#long with types that are too large",
    ),
]


@pytest.mark.parametrize(("imports", "words"), MORE)
def test_what_has_no_type_of_wasi_is_refused_even_where_nothing_is_served(types, imports, words):
    with pytest.raises(NotWasi, match=re.escape(words)):
        checked(types, f"(component {imports}\n{RUN})")


RETURNS_A_TEXT = RUN.replace("(result (result))", "(result u32)")
TAKES_A_NUMBER = RUN.replace("(func $run (result", '(func $run (param "p" u32) (result').replace(
    '(func (export "run")', '(func (export "run") (param i32)'
)


@pytest.mark.parametrize(("text", "words"), [(RETURNS_A_TEXT, "-> u32;"), (TAKES_A_NUMBER, "(u32) -> result;")])
def test_a_run_of_another_type_is_refused(types, text, words):
    with pytest.raises(NotWasi) as refused:
        checked(types, f"(component {text})")
    assert words in str(refused.value)


def value(kind, *words):
    return pack("<QQQQ", kind, *words, *[0] * (3 - len(words)))


@pytest.fixture
def values():
    """Values in C memory; what is given must stay."""
    kept = []

    def at(*each):
        kept.append(ctypes.create_string_buffer(b"".join(each)))
        return ctypes.addressof(kept[-1])

    return at


def test_arguments_of_another_number_or_kind_are_not_read(values):
    shape = shape_of(Signature(("u64", "list<u8>"), None))
    number, listed = value(U64, 1), value(LIST, 0, 0)
    assert Arguments(0, values(number, listed), 2, shape).number(0) == 1
    for given in ([number], [number, listed, number], [], [number, value(STRING, 5, 1)], [value(U32, 1), listed]):
        with pytest.raises(Mistyped):
            Arguments(0, values(*given), len(given), shape)
    with pytest.raises(Mistyped):
        Arguments(0, values(number, listed), 2, shape).bytes_of(0)
    with pytest.raises(Mistyped):
        Arguments(0, values(number, listed), 2, shape).representation(1)


@pytest.mark.parametrize("length", [(1 << 16) + 1, 1 << 63])
def test_a_list_that_is_too_long_is_not_touched(values, length):
    shape = Shape(bytes((LIST,)), (0,))
    given = Arguments(0, values(value(LIST, length, 1)), 1, shape)
    with pytest.raises(Mistyped):
        given.bytes_of(0)
    with pytest.raises(Mistyped):
        given.representations(0, 1024)


def test_what_is_in_a_list_is_looked_at_before_it_is_followed(values):
    shape = Shape(bytes((LIST,)), (0,))
    mixed = values(value(U8, 65), value(U64, 0x4141414141414141))
    given = Arguments(0, values(value(LIST, 2, mixed)), 1, shape)
    with pytest.raises(Mistyped):
        given.bytes_of(0)
    with pytest.raises(Mistyped):
        given.representations(0, 1024)
    letters = values(value(U8, 65), value(U8, 66))
    assert Arguments(0, values(value(LIST, 2, letters)), 1, shape).bytes_of(0) == b"AB"


@pytest.mark.parametrize(
    ("name", "arguments", "room"),
    [
        ("clocks/monotonic-clock#now", [], 0),
        ("clocks/monotonic-clock#now", [value(U64, 1)], 1),
        ("clocks/monotonic-clock#now", [], 2),
        (WRITE, [value(RESOURCE, 1), value(STRING, 5, 1)], 1),
        ("io/poll#poll", [value(U64, 1)], 1),
        ("cli/exit#exit", [value(RESULT, 1)], 1),
    ],
)
def test_a_host_function_that_is_called_otherwise_ends_the_guest_and_touches_nothing(values, name, arguments, room):
    served = Preview2()
    guest = SimpleNamespace(attempt=SimpleNamespace(ending=None))
    served.enter(guest)
    results = ctypes.create_string_buffer(b"\xee" * 64, 64)
    error = served._served[name](None, None, None, values(*arguments), len(arguments), ctypes.addressof(results), room)
    assert error
    assert guest.attempt.ending.failure.code == "MODULE_TRAPPED"
    assert f"called wasi:{name} with " in str(guest.attempt.ending)
    assert results.raw == b"\xee" * 64


def test_a_function_that_is_not_served_ends_the_guest_whatever_it_is_given():
    served = Preview2()
    guest = SimpleNamespace(attempt=SimpleNamespace(ending=None))
    served.enter(guest)
    place = served._place_of("http/types#[constructor]fields")
    assert served._refused(place, None, None, 8, 1 << 40, 8, 1 << 40)
    assert "wasi:http/types#[constructor]fields, which is not there" in str(guest.attempt.ending)
