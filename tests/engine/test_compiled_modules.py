"""Compiled code is native code: made once, in a child, and loaded only when it is ours."""

import asyncio
import os
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aion.adapters.engines.wasm import compiled
from aion.adapters.engines.wasm.compiled import CompiledModules
from aion.adapters.engines.wasm.compilers import Compilers
from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.module import ModuleBroken
from aion.adapters.engines.wasm.settings import WasmSettings
from tests.engine.conftest import Listener, job_for

TIME = timedelta(seconds=60)


@pytest.fixture
def compilations(monkeypatch):
    """Every start of a compiler."""
    started = []
    real = Compilers.run

    def run(self, *given):
        started.append(given)
        return real(self, *given)

    monkeypatch.setattr(Compilers, "run", run)
    return started


async def test_a_module_is_compiled_once_for_all_who_ask_at_once(make_module, tmp_path, compilations):
    cache = CompiledModules(tmp_path, TIME)
    module = make_module("says")
    codes = await asyncio.gather(*(cache.code(module) for _ in range(5)))
    assert len(compilations) == 1
    assert len(set(codes)) == 1
    assert codes[0].startswith(b"\x7fELF")


async def test_a_compiled_module_outlives_the_process(make_module, tmp_path, compilations):
    module = make_module("says")
    first = await CompiledModules(tmp_path, TIME).code(module)
    assert await CompiledModules(tmp_path, TIME).code(module) == first
    assert len(compilations) == 1


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty", "exchanged"])
async def test_a_file_that_is_not_ours_is_discarded_and_compiled_again(make_module, tmp_path, compilations, damage):
    module = make_module("says")
    code = await CompiledModules(tmp_path, TIME).code(module)
    (path,) = (tmp_path / "modules-cache").iterdir()
    content = bytearray(path.read_bytes())
    if damage == "flipped":
        content[-1] ^= 1
    elif damage == "exchanged":
        await CompiledModules(tmp_path, TIME).code(make_module("loops"))
        (other,) = (found for found in path.parent.iterdir() if found != path)
        content = bytearray(other.read_bytes())
    path.write_bytes({"cut": content[:-10], "empty": b""}.get(damage, content))
    compilations.clear()
    assert await CompiledModules(tmp_path, TIME).code(module) == code
    assert len(compilations) == 1
    assert path.read_bytes()[32:] == code


async def test_a_key_that_others_could_read_is_replaced(make_module, tmp_path, compilations):
    module = make_module("says")
    await CompiledModules(tmp_path, TIME).code(module)
    key = tmp_path / "modules-cache.key"
    assert key.stat().st_mode & 0o777 == 0o600
    old = key.read_bytes()
    key.chmod(0o644)
    await CompiledModules(tmp_path, TIME).code(module)
    assert key.read_bytes() != old
    assert key.stat().st_mode & 0o777 == 0o600
    assert len(compilations) == 2


async def test_metered_code_is_another_code(make_module, tmp_path):
    cache = CompiledModules(tmp_path, TIME)
    assert await cache.code(make_module("says")) != await cache.code(make_module("says", fuel=1))


@pytest.mark.parametrize(
    ("name", "facts", "words"),
    [
        ("imports_a_stranger", {}, "env.launch"),
        ("has_no_start", {}, "_start"),
        ("starts_with_parameters", {}, "_start takes 2 parameters and returns 1 results"),
        ("starts_with_a_result", {}, "_start takes 0 parameters and returns 1 results"),
        ("starts_its_host", {}, "_start takes 0 parameters and returns 1 results"),
        ("exports_a_table_as_memory", {}, "exports no memory"),
        ("keeps_a_heap", {}, "the GC proposal is disabled"),
        ("wants_a_gibibyte", {}, "1073741824 bytes"),
        ("says", {"digest": "sha256:" + "0" * 64}, "digest"),
        ("says", {"path": "missing"}, "cannot be read"),
        ("says", {"path": "text"}, "not WebAssembly"),
        ("says", {"path": "broken"}, "not WebAssembly"),
    ],
)
async def test_a_module_that_can_never_run_says_why(make_module, tmp_path, name, facts, words):
    module = make_module(name)
    contents = {"text": b"#!/bin/sh\n", "broken": b"\0asm\1\0\0\0 and then nonsense"}
    if "digest" in facts:
        module = replace(module, digest=facts["digest"])
    if "path" in facts:
        path = tmp_path / facts["path"]
        if content := contents.get(facts["path"]):
            path.write_bytes(content)
            module = replace(module, digest=compiled.hashlib.sha256(content).hexdigest())
        module = replace(module, path=path)
    engine = WasmEngine({module.engine: module}, tmp_path)
    reason = await engine.prepare(module)
    assert words in reason
    assert str(tmp_path) not in reason
    with pytest.raises(ModuleBroken) as raised:
        await CompiledModules(tmp_path, TIME).code(module)
    assert str(raised.value) == reason


async def test_a_broken_module_fails_its_attempts_and_leaves_the_others_alone(make_module, tmp_path):
    broken, says = make_module("has_no_start"), make_module("says")
    async with WasmEngine({module.engine: module for module in (broken, says)}, tmp_path) as engine:
        result = await engine.run(job_for(broken), Listener())
        assert result.failure is not None
        assert result.failure.code == "ENGINE_UNAVAILABLE"
        assert (await engine.run(job_for(says, '{"n":1}'), Listener())).result_json == '{"n":1}'


async def test_a_cache_that_cannot_be_written_costs_time_and_nothing_else(make_module, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    cache = CompiledModules(tmp_path, TIME)
    monkeypatch.setattr(compiled.os, "fsync", full)
    assert (await cache.code(make_module("says"))).startswith(b"\x7fELF")
    assert list((tmp_path / "modules-cache").iterdir()) == []


@pytest.fixture
def closed_folder(monkeypatch):
    """What the cache has cannot be read, listed or written. Modes would not do: whoever runs tests may be root."""

    def closes(name, belongs):
        real = getattr(Path, name)

        def closed(path, *given, **named):
            if belongs(path):
                raise PermissionError(13, "Permission denied", str(path))
            return real(path, *given, **named)

        monkeypatch.setattr(Path, name, closed)

    def refuse(path, _):
        raise PermissionError(13, "Permission denied", path)

    def close():
        closes("iterdir", lambda path: path.name == "modules-cache")
        for name in ("read_bytes", "stat", "unlink"):
            closes(name, lambda path: path.parent.name == "modules-cache")
        monkeypatch.setattr(compiled, "_private", refuse)

    return close


async def test_a_cache_that_cannot_be_read_is_named_and_the_module_runs_all_the_same(
    make_module, tmp_path, compilations, closed_folder, caplog
):
    module = make_module("says")
    await CompiledModules(tmp_path, TIME).code(module)
    (file,) = (tmp_path / "modules-cache").iterdir()
    closed_folder()
    async with WasmEngine({module.engine: module}, tmp_path, WasmSettings(hosts=1)) as engine:
        assert not CompiledModules(tmp_path, TIME).has(module)
        assert (await engine.run(job_for(module, '{"n":1}'), Listener())).result_json == '{"n":1}'
    assert len(compilations) == 2
    assert f"{file} cannot be read" in caplog.text
    assert f"{file.parent} cannot be read" in caplog.text
    assert "give it to the user that AION runs as, or remove it" in caplog.text


async def test_a_file_of_the_cache_that_cannot_be_read_is_named_and_the_module_compiled_again(
    make_module, tmp_path, compilations, caplog
):
    module = make_module("says")
    code = await CompiledModules(tmp_path, TIME).code(module)
    (file,) = (tmp_path / "modules-cache").iterdir()
    file.unlink()
    file.mkdir()
    assert await CompiledModules(tmp_path, TIME).code(module) == code
    assert len(compilations) == 2
    assert f"{file} cannot be read, so the module is compiled again: Is a directory" in caplog.text


async def test_native_code_that_was_not_used_for_long_goes_and_what_is_used_stays(make_module, tmp_path):
    day = 86_400
    used, unused, draft = make_module("says"), make_module("exits_3"), tmp_path / "modules-cache" / "a.cwasm.b1"
    cache = CompiledModules(tmp_path, TIME)
    for module in (used, unused):
        await cache.code(module)
    draft.write_bytes(b"half")
    for path in draft.parent.iterdir():
        os.utime(path, (1, time.time() - 31 * day))
    await cache.code(used)
    again = CompiledModules(tmp_path, TIME, timedelta(days=30))
    assert (again.has(used), again.has(unused), draft.exists()) == (True, False, False)


async def test_beyond_its_size_the_cache_drops_what_was_used_longest_ago_and_never_what_it_just_made(
    make_module, tmp_path
):
    first, second, third = (make_module(name) for name in ("says", "exits_3", "loops"))
    cache = CompiledModules(tmp_path, TIME)
    for age, module in ((300, first), (200, second)):
        await cache.code(module)
        path = cache._folder / f"{cache._name(module)}.cwasm"
        os.utime(path, (1, time.time() - age))
    sizes = sum(path.stat().st_size for path in cache._folder.iterdir())
    await CompiledModules(tmp_path, TIME, most_bytes=sizes).code(third)
    assert (cache.has(first), cache.has(second), cache.has(third)) == (False, True, True)
    tiny = CompiledModules(tmp_path, TIME, most_bytes=1)
    assert not cache.has(second)
    await tiny.code(second)
    assert cache.has(second)
