"""The SDK as a user gets it: built, installed beside nothing but what it declares, and used against a live server."""

import os
import subprocess
import sys
import tarfile
import textwrap
import venv
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import aion_sdk
from tests.e2e.processes import Running, new_tenant

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "sdk/python"
EXTRA = "cli"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the sdist is, and the wheel that was built from it."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(PROJECT)]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"})
    return out


@pytest.fixture(scope="module")
def clean(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the wheel and its declared dependencies, and nothing else."""
    home = tmp_path_factory.mktemp("clean") / "venv"
    venv.create(home, symlinks=True)
    (site,) = home.glob("lib/python*/site-packages")
    (wheel,) = built.glob("*.whl")
    for dependency in needed(wheel):
        for file in dependency.files or ():
            if not file.is_absolute() and ".." not in file.parts and "__pycache__" not in file.parts:
                (site / file).parent.mkdir(parents=True, exist_ok=True)
                (site / file).symlink_to(Path(str(dependency.locate_file(file))).resolve())
    programs = home / "bin"
    install = [Path(sys.executable).with_name("uv"), "pip", "install", "--offline", "--no-deps", "--quiet"]
    subprocess.run([*install, "--python", programs / "python", wheel], check=True)
    return programs


def needed(wheel: Path) -> Iterator[Distribution]:
    """The distributions that the wheel and its extra declare, and what those declare in turn."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        told = archive.read(name).decode().split("\n\n", 1)[0]
    lines = [line.partition(":")[2].strip() for line in told.splitlines() if line.startswith("Requires-Dist:")]
    waiting, seen = [(Requirement(line), EXTRA) for line in lines], set()
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.name in seen or (requirement.marker and not requirement.marker.evaluate({"extra": extra})):
            continue
        seen.add(requirement.name)
        found = distribution(requirement.name)
        waiting += [(Requirement(line), "") for line in found.requires or ()]
        yield found


def used(clean: Path, server: Running, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program of the clean environment against the server, far away from the sources."""
    environ = {"AION_SERVER": server.grpc, "AION_API_KEY": server.key(new_tenant()), "PATH": os.defpath, "HOME": "/"}
    command = [clean / words[0], *words[1:]]
    return subprocess.run(command, check=False, cwd="/", env=environ, capture_output=True, text=True)


def test_sdist_and_wheel_have_the_version_of_the_code(built: Path) -> None:
    names = sorted(path.name for path in built.iterdir())
    version = aion_sdk.__version__
    assert names == [f"aion_tasks_sdk-{version}-py3-none-any.whl", f"aion_tasks_sdk-{version}.tar.gz"]


def test_the_sdist_has_what_building_and_reading_it_needs(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        files = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "src/aion_sdk/py.typed", "src/aion_sdk/testing/fake.py"} <= files
    assert {path.relative_to(PROJECT).as_posix() for path in PROJECT.glob("examples/*.py")} <= files


def test_the_wheel_brings_the_licence_of_the_project(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/licenses/LICENSE"))
        assert archive.read(name) == (ROOT / "LICENSE").read_bytes()


def test_an_example_runs_from_the_wheel_against_a_live_server(clean: Path, server: Running, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("The lift is broken. A repair is ordered. It comes on Friday.")
    done = used(clean, server, "python", PROJECT / "examples/summarize.py", tmp_path / "text")
    assert done.returncode == 0, done.stderr
    assert "module:summarize@" in done.stdout
    streamed = used(clean, server, "python", PROJECT / "examples/stream.py", tmp_path / "text")
    assert streamed.stdout.rstrip().endswith("events"), streamed.stderr


def test_aionctl_runs_from_the_wheel_against_a_live_server(clean: Path, server: Running) -> None:
    done = used(clean, server, "aionctl", "run", "redact", "-p", "text=write to ada@example.org")
    assert (done.returncode, "[EMAIL_1]" in done.stdout) == (0, True), done.stderr
    assert used(clean, server, "aionctl", "--version").stdout == f"aionctl {aion_sdk.__version__}\n"


def test_the_fake_and_the_sdk_need_neither_the_server_nor_the_sources(clean: Path, server: Running) -> None:
    program = """
        import importlib.util
        import aion_sdk
        from aion_sdk.testing import FakeAion

        assert importlib.util.find_spec("aion") is None
        assert "site-packages" in aion_sdk.__file__
        with FakeAion() as aion, aion.client() as client:
            aion.on("summarize").streams(["a"]).returns({"n": 1})
            print(client.tasks.run("summarize").result)
    """
    done = used(clean, server, "python", "-c", textwrap.dedent(program))
    assert (done.stdout, done.returncode) == ("{'n': 1}\n", 0), done.stderr


@pytest.mark.slow  # mypy reads the SDK and grpc anew
def test_the_wheel_brings_its_types(clean: Path, tmp_path: Path) -> None:
    consumer = tmp_path / "consumer.py"
    consumer.write_text(
        textwrap.dedent(
            """
            from typing import assert_type

            from aion_sdk import AsyncClient, Client, Page, Pages, RawResponse, Schedule, Task, TaskSpec


            def plain(client: Client) -> None:
                assert_type(client.tasks.run("summarize", text="long", budget_usd=0), Task)
                assert_type(client.tasks.list(), Pages[Task])
                assert_type(client.tasks.list().page(), Page[Task])
                assert_type(client.tasks.with_raw_response.submit("summarize", text="long", wait=1), RawResponse[Task])
                assert_type(client.schedules.create("a", "@daily", TaskSpec.of("summarize")), Schedule)
                client.tasks.run("summarize", budget=0)  # type: ignore[call-arg]


            async def awaited(client: AsyncClient) -> None:
                assert_type(await client.tasks.get("t1"), Task)
                async for task in client.tasks.list():
                    assert_type(task, Task)
                assert_type((await client.tasks.with_raw_response.get("t1")).parse(), Task)
            """
        )
    )
    options = [
        "--strict",
        "--warn-unused-ignores",
        "--python-executable",
        str(clean / "python"),
        "--cache-dir",
        os.devnull,
    ]
    command = [sys.executable, "-m", "mypy", "--config-file", os.devnull, *options, str(consumer)]
    done = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
