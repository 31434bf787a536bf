"""The wheel holds the package under its name, with what it needs at run time and nothing else."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def contents(project: Path, out: Path) -> set[str]:
    """Build a wheel without fetching anything and return its files."""
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(project)],
        check=True,
        capture_output=True,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    (wheel,) = out.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> set[str]:
    return contents(ROOT, tmp_path_factory.mktemp("server"))


def test_the_wheel_holds_the_package_aion(server):
    assert {"aion/__init__.py", "aion/domain/tasks.py", "aion/v1/tasks_pb2.py"} <= server


def test_the_wheel_bundles_the_rest_document(server):
    assert "aion/bundled/openapi/aion.v1.yaml" in server


def test_the_wheel_bundles_the_default_configuration_and_every_built_module(server):
    files = [*ROOT.glob("config/*.yml"), *ROOT.glob("modules/*/manifest.yaml"), *ROOT.glob("modules/*/*.wasm")]
    assert files
    assert {f"aion/bundled/{file.relative_to(ROOT).as_posix()}" for file in files} <= server


def test_the_wheel_holds_nothing_else(server):
    strangers = {name for name in server if not name.startswith(("aion/", "aion_tasks-"))}
    assert strangers == set()
    assert not [name for name in server if name.endswith(".pyc")]
    # Source of Rust only as what `aion module new` gives to others.
    given = ("aion/bundled/modules/guest/src/", "aion/templates/modules/rust/")
    assert not [name for name in server if name.endswith(".rs") and not name.startswith(given)]


def test_the_wheel_can_make_modules(server):
    templates = [
        path for path in (ROOT / "src/templates").rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ]
    guest = list((ROOT / "modules/guest/src").rglob("*.rs"))
    assert {f"aion/templates/{path.relative_to(ROOT / 'src/templates').as_posix()}" for path in templates} <= server
    assert {f"aion/bundled/{path.relative_to(ROOT).as_posix()}" for path in guest} <= server


def test_the_sdk_s_wheel_holds_the_sdk_and_its_command_line(tmp_path):
    packages = {name.partition("/")[0] for name in contents(ROOT / "sdk/python", tmp_path)}
    assert {"aion_sdk", "aionctl"} <= packages
    assert all(name.startswith(("aion_sdk", "aionctl", "aion_tasks_sdk-")) for name in packages)
