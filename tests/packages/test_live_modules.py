"""`aion dev` follows modules: new bytes serve without a restart, broken ones never take the place of what serves."""

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from aion.adapters.catalog.packages import read_package
from aion.adapters.engines.wasm.compilers import Compilers
from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.settings import WasmSettings
from aion.app.background import live_modules
from aion.app.background.live_modules import files_now, follow
from aion.app.composition.engine_room import engine_room, wasm_module
from aion.domain.attempts import AttemptOutcome
from tests.engine.conftest import Listener, job_for

SAYS, OTHER = "module:says@1.0.0", "module:other@1.0.0"


class NothingMore(Exception):
    """The test has seen enough."""


@pytest.fixture
def served(settings, author) -> Path:
    """A package in the server's folder of modules."""
    folder = settings.modules_dir / "says"
    shutil.copytree(author.package(), folder)
    return folder


@pytest.fixture
def quiet(settings, tmp_path):
    """The same settings with no intents of anybody's."""
    config = tmp_path / "config"
    config.mkdir()
    return settings.model_copy(update={"config_dir": config, "engine_hosts": 1})


async def test_changes_are_taken_up_and_what_breaks_never_serves(quiet, served, author):
    other = (author.package("other", wat="exits_3") / "other.wasm").read_bytes()
    first = read_package(served).digest
    async with engine_room(quiet, lambda _: None) as room:
        assert await room.take_up(quiet, ()) == []

        async def outcome():
            job = job_for(wasm_module(read_package(served)), "{}")
            return (await room.wasm.run(job._replace(engine=SAYS), Listener())).outcome

        assert await outcome() is AttemptOutcome.OK
        before = room.catalog.policy_version

        (served / "says.wasm").write_bytes(b"half a modu")
        (broken,) = await room.take_up(quiet, ())
        assert broken.startswith(f"{SAYS} is broken: ")
        assert broken.endswith("what served before goes on")
        assert (room.catalog.module(SAYS).broken, room.catalog.module(SAYS).digest) == ("", first)
        assert await outcome() is AttemptOutcome.OK

        (served / "manifest.yaml").write_text("metadata: {")
        (kept,) = await room.take_up(quiet, ())
        assert kept.startswith("everything stays as it was: says/manifest.yaml")

        shutil.rmtree(served)
        shutil.copytree(author.package(place="again"), served)
        (served / "says.wasm").write_bytes(other)
        (changed,) = await room.take_up(quiet, ())
        assert changed == f"{SAYS} is now {read_package(served).digest}"
        assert room.catalog.policy_version != before
        assert await outcome() is AttemptOutcome.FAILED

        shutil.rmtree(served)
        assert await room.take_up(quiet, ()) == [f"{SAYS} is gone"]
        assert list(room.catalog.modules()) == []


async def test_a_new_version_that_is_broken_leaves_the_old_one_in_its_folder_serving(quiet, served):
    async with engine_room(quiet, lambda _: None) as room:
        manifest = (served / "manifest.yaml").read_text()
        (served / "manifest.yaml").write_text(manifest.replace("1.0.0", "1.1.0").replace("says.wasm", "gone.wasm"))
        (told,) = await room.take_up(quiet, ())
        assert told.startswith("module:says@1.1.0 is broken: ")
        assert {module.engine: bool(module.broken) for module in room.catalog.modules()} == {
            "module:says@1.1.0": True,
            SAYS: False,
        }


async def test_what_no_compiler_takes_stays_broken_however_often_other_modules_change(
    quiet, served, author, monkeypatch
):
    other = quiet.modules_dir / "other"
    shutil.copytree(author.package("other", wat="imports_a_stranger"), other)
    compiled = []
    run = Compilers.run
    monkeypatch.setattr(Compilers, "run", lambda self, *given: compiled.append(given) or run(self, *given))
    async with engine_room(quiet, lambda _: None) as room:
        why = room.catalog.module(OTHER).broken
        assert "only wasi_snapshot_preview1 is there" in why
        for _ in range(2):
            (served / "manifest.yaml").write_text((served / "manifest.yaml").read_text() + "\n# another\n")
            assert await room.take_up(quiet, ()) == []
            assert room.catalog.module(OTHER).broken == why
    assert len(compiled) == 2, "each was compiled once, also the one that is refused"


async def test_a_problem_that_is_found_while_modules_are_read_anew_is_not_forgotten(quiet, served, author):
    async with engine_room(quiet, lambda _: None) as room:
        warm = room.wasm.warm

        async def found_meanwhile(modules):
            await warm(modules)
            room.wasm._problems[room.wasm._modules[SAYS]] = "its compiler ended"

        room.wasm.warm = found_meanwhile
        assert any("its compiler ended" in told for told in await room.take_up(quiet, ()))


async def test_the_files_that_manifests_name_are_looked_at_wherever_they_lie(quiet, served):
    manifest = served / "manifest.yaml"
    manifest.write_text(manifest.read_text().replace("says.wasm", "target/out/says.wasm"))
    async with engine_room(quiet, lambda _: None) as room:
        assert room.catalog.module(SAYS).broken
        before = files_now(quiet, (), room.files())
        built = served / "target" / "out" / "says.wasm"
        built.parent.mkdir(parents=True)
        (served / "says.wasm").rename(built)
        assert {path for path, *_ in files_now(quiet, (), room.files())} - {path for path, *_ in before} == {str(built)}
        assert await room.take_up(quiet, ()) == [f"{SAYS} is new: {read_package(served).digest}"]


async def test_a_package_that_is_worked_on_stands_in_for_the_installed_one(quiet, served, author):
    mine = author.package(wat="exits_3", place="mine")
    async with engine_room(quiet, lambda _: None, (mine,)) as room:
        assert room.catalog.module(SAYS).digest == read_package(mine).digest != read_package(served).digest


async def test_attempts_that_run_keep_their_bytes_and_new_ones_get_the_new(make_module, tmp_path):
    old = replace(make_module("speaks_then_loops"), engine=SAYS)
    new = replace(make_module("says"), engine=SAYS)
    started = asyncio.Event()
    async with WasmEngine({SAYS: old}, tmp_path, WasmSettings(hosts=1)) as engine:
        running = asyncio.create_task(engine.run(job_for(old), Listener(on_event=started.set)))
        await started.wait()
        await engine.warm([new])
        engine.replace({SAYS: new})
        result = await engine.run(job_for(new, '{"n": 1}'), Listener())
        assert (result.outcome, result.result_json, result.digest) == (AttemptOutcome.OK, '{"n":1}', new.sha256)
        assert not running.done()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


async def test_a_host_forgets_a_module_once_it_was_replaced_and_none_of_its_attempts_is_left(make_module, tmp_path):
    old = replace(make_module("speaks_then_loops"), engine=SAYS)
    versions = [replace(make_module("says", fuel=1000_000 + more), engine=SAYS) for more in range(3)]
    started = asyncio.Event()
    async with WasmEngine({SAYS: old}, tmp_path, WasmSettings(hosts=1)) as engine:
        (host,) = engine._pool.hosts()
        await asyncio.gather(*map(engine.prepare, versions))  # the one that runs must not end while others compile
        running = asyncio.create_task(engine.run(job_for(old, seconds=2), Listener(on_event=started.set)))
        await started.wait()
        for version in versions:
            engine.replace({SAYS: version})
            assert (await engine.run(job_for(version), Listener())).outcome is AttemptOutcome.OK
        assert host._slots == {0, 3}, "the one that runs and the last"
        assert (await running).outcome is AttemptOutcome.TIMEOUT, "it ended on the bytes that it had"
        assert host._slots == {3}
        engine.replace({SAYS: old})
        assert (await engine.run(job_for(old, seconds=0.1), Listener())).outcome is AttemptOutcome.TIMEOUT
        assert host._slots == {0}, "what was forgotten can come back"
        assert not host.gone.is_set()


async def test_a_passing_failure_is_tried_again_though_no_file_changes(monkeypatch):
    monkeypatch.setattr(live_modules, "LOOK_SECONDS", 0)
    looks = iter(["a", "b", "b", "b", "b", "b"])
    told: list[str] = []
    tries = iter([OSError("no space"), OSError("no space"), None])

    def look():
        if (seen := next(looks, None)) is None:
            raise NothingMore
        return seen

    async def take_up() -> list[str]:
        if (error := next(tries)) is not None:
            raise error
        return ["took b"]

    with pytest.raises(NothingMore):
        await follow(look, take_up, told.append)
    assert told == ["everything stays as it was: no space", "took b"]


async def test_files_are_taken_up_once_they_have_settled(monkeypatch):
    monkeypatch.setattr(live_modules, "LOOK_SECONDS", 0)
    looks = iter(["a", "a", "b", "c", "c", "c", "d", "d"])
    told: list[str] = []
    last = ["?"]

    def look():
        if (seen := next(looks, None)) is None:
            raise NothingMore
        last[0] = seen
        return seen

    async def take_up() -> list[str]:
        if last[0] == "d":
            raise RuntimeError("no more memory")
        return [f"took {last[0]}"]

    with pytest.raises(NothingMore):
        await follow(look, take_up, told.append)
    assert told == ["took c", "everything stays as it was: no more memory"], "told once, though it is tried again"


def test_what_is_looked_at_is_the_packages_and_not_what_lies_beside(quiet, served, author):
    mine = author.package(place="mine")
    seen = files_now(quiet, (mine,))
    for beside in (mine / "node_modules" / "a.json", mine / ".git" / "a.json", mine / "main.rs", served / "notes.txt"):
        beside.parent.mkdir(exist_ok=True)
        beside.write_text("{}")
    assert files_now(quiet, (mine,)) == seen
    for changed in (mine / "schemas" / "input.json", mine / "says.wasm", served / "manifest.yaml"):
        before = files_now(quiet, (mine,))
        changed.write_bytes(changed.read_bytes() + b" ")
        assert files_now(quiet, (mine,)) != before
