"""From `aion module new` to a call, in each language: built by its toolchain, tried, installed, run by an engine."""

import asyncio
import json
from pathlib import Path

import pytest

from aion.adapters.catalog.packages import AgentPackage
from aion.app.composition.engine_room import engine_room, wasm_module
from aion.app.composition.module_room import install, try_out
from aion.app.module_scaffold import make_module
from aion.app.settings import Settings
from aion.domain.attempts import AttemptOutcome
from tests.engine.conftest import Listener, job_for
from tests.templates.toolchains import from_pypi, of_this_machine, run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ZIG, COMPONENTIZE_PY = "0.17.1", "0.25.1"
LARGE = " ".join(f"word{number % 997}" for number in range(110_000))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    for name in ("modules", "config"):
        (tmp_path / name).mkdir()
    return Settings(
        data_dir=tmp_path / "data", modules_dir=tmp_path / "modules", config_dir=tmp_path / "config", engine_hosts=1
    )


def drive(folder: Path, settings: Settings) -> None:
    """Tries, installs and calls what was built."""
    report = try_out(settings, str(folder), runs=2)
    assert report.passed, [(trial.name, trial.problems, trial.log) for trial in report.trials]
    package = install(settings, str(folder), replace=False).unpacked.contents.package
    asyncio.run(call(package, settings))


async def call(package: AgentPackage, settings: Settings) -> None:
    async with engine_room(settings, lambda _: None) as room:
        assert [engine.name for engine in room.catalog.candidates(package.name)] == [package.engine]
        heard = Listener()
        small = await room.wasm.run(job_for(wasm_module(package), '{"text": "b a b"}'), heard)
        assert json.loads(small.result_json) == {
            "words": 3,
            "common": [{"word": "b", "count": 2}, {"word": "a", "count": 1}],
        }
        assert heard.texts == ["b: 2\n", "a: 1\n"]
        # About the largest that its input schema takes, within the limits that the template gives it.
        job = job_for(wasm_module(package), json.dumps({"text": LARGE}), seconds=package.timeout.total_seconds())
        large = await room.wasm.run(job, Listener())
        assert (large.outcome, large.failure) == (AttemptOutcome.OK, None)
        assert json.loads(large.result_json)["words"] == 110_000


def test_a_new_module_in_rust_builds_and_runs(tmp_path, settings):
    of_this_machine("make", "cargo", "rustup")
    folder = make_module("rust-words", "rust", tmp_path / "new")
    run(["rustup", "target", "add", "wasm32-wasip1"], folder)
    run(["make", "test"], folder, AION_DATA_DIR=str(settings.data_dir))
    drive(folder, settings)


def test_a_new_module_in_go_builds_and_runs(tmp_path, settings):
    of_this_machine("make", "go")
    folder = make_module("go-words", "go", tmp_path / "new")
    run(["make", "test"], folder, AION_DATA_DIR=str(settings.data_dir))
    drive(folder, settings)


def test_a_new_module_in_c_builds_and_runs(tmp_path, settings):
    of_this_machine("make")
    zig = from_pypi("ziglang", ZIG)
    folder = make_module("c-words", "c", tmp_path / "new")
    run(["make", "test", f"CC={zig / 'python'} -m ziglang cc"], folder, AION_DATA_DIR=str(settings.data_dir))
    drive(folder, settings)


def test_a_new_module_in_python_builds_and_runs(tmp_path, settings):
    of_this_machine("make")
    tools = from_pypi("componentize-py", COMPONENTIZE_PY)
    folder = make_module("python-words", "python", tmp_path / "new")
    made = ["make", "test", f"COMPONENTIZE={tools / 'componentize-py'}"]
    run(made, folder, AION_DATA_DIR=str(settings.data_dir))
    drive(folder, settings)


def test_a_new_module_in_javascript_builds_and_runs(tmp_path, settings):
    of_this_machine("make", "node", "npm")
    folder = make_module("js-words", "js", tmp_path / "new")
    got = run(["npm", "install", "--no-audit", "--no-fund"], folder, check=False)
    if got.returncode:
        pytest.skip(f"the packages of npm cannot be had: {got.stderr.strip().splitlines()[-1:]}")
    run(["make", "test"], folder, AION_DATA_DIR=str(settings.data_dir))
    drive(folder, settings)
