"""`aion dev` follows modules: new bytes serve without a restart, broken ones never take the place of what serves."""

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from aion.adapters.catalog.packages import read_package
from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.settings import WasmSettings
from aion.app import live_modules
from aion.app.engine_room import engine_room, wasm_module
from aion.app.live_modules import files_now, follow
from aion.domain.attempts import AttemptOutcome
from tests.engine.conftest import Listener, job_for

SAYS = "module:says@1.0.0"


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
            return (await room.wasm.run(replace(job, engine=SAYS), Listener())).outcome

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
        await engine.replace({SAYS: new})
        result = await engine.run(job_for(new, '{"n": 1}'), Listener())
        assert (result.outcome, result.result_json, result.digest) == (AttemptOutcome.OK, '{"n":1}', new.sha256)
        assert not running.done()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


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
    assert told == ["took c", "everything stays as it was: no more memory"]


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
