"""A start costs what it imports: a server that is ready, and a host, have nothing loaded that they do not use.

Each of these libraries was once imported at every start, for nothing. One that is needed now and then is imported in a
function of whoever needs it; one that is needed at every start leaves its list here.
"""

import json
import subprocess
import sys

import pytest

from tests.e2e.catalogue import write_small_catalogue
from tests.e2e.processes import environment

UNUSED_BY_A_SERVER = {
    "alembic": "only a store of another version needs it",
    "connexion.apps": "AION has applications of its own",
    "connexion.security": "the pipeline authenticates",
    "httpcore2": "webhooks, when there are any",
    "httpx": "nobody calls anybody over it",
    "httpx2": "ditto",
    "jinja2": "no document is a template",
    "mako": "alembic's",
    "opentelemetry.sdk": "a server that was told where to send spans",
    "pygments": "no log is in colours",
    "requests": "no document is fetched",
    "rich": "only a server's help is printed with it",
    "sqlalchemy.orm": "statements are SQL",
    "starlette.testclient": "a server tests nothing",
    "wasmtime": "it runs in hosts and compilers",
}

UNUSED_BY_A_HOST = {
    "aion.adapters.rpc": "a host knows the engine's own frames",
    "aion.adapters.storage": "ditto",
    "aion.adapters.transports": "ditto",
    "aion.app": "ditto",
    "asyncio": "it has threads",
    "google": "no protobuf goes to it",
    "grpc": "ditto",
    "pydantic": "it reads no configuration",
    "sqlalchemy": "it has no files",
    "structlog": "its lines are the server's to format",
    "yaml": "it reads no configuration",
}

A_SERVER = """
import json, sys
import uvloop
from aion.app.commands import serving
from aion.app.settings import Settings
from aion.app.settings_report import load

async def start():
    async with serving.running_server(load(Settings)) as server:
        print(json.dumps([server.http_address, *sys.modules]))

uvloop.run(start())
"""
A_HOST = """
import json, sys
import aion.adapters.engines.wasm.host.__main__
print(json.dumps([*sys.modules]))
"""


def loaded_by(script: str, env: dict[str, str] | None = None) -> list[str]:
    said = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, timeout=60, check=False)
    assert said.returncode == 0, said.stderr.decode()
    found: list[str] = json.loads(said.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def of_a_server(tmp_path_factory):
    """What a server that made its store has loaded when it is ready."""
    folder = tmp_path_factory.mktemp("start")
    config, modules = write_small_catalogue(folder)
    (folder / "data").mkdir()
    places = {"AION_CONFIG_DIR": str(config), "AION_MODULES_DIR": str(modules)}
    return loaded_by(A_SERVER, environment(folder / "data", **places))


@pytest.fixture(scope="module")
def of_a_host():
    return loaded_by(A_HOST)


def test_a_server_that_is_ready_has_loaded_nothing_that_it_does_not_use(of_a_server):
    assert {"aion.app.container", "connexion", "grpc", "sqlalchemy"} <= set(of_a_server), "it did start"
    assert {name: UNUSED_BY_A_SERVER[name] for name in of_a_server if name in UNUSED_BY_A_SERVER} == {}


def test_a_host_has_loaded_nothing_that_it_does_not_use(of_a_host):
    assert {"aion.adapters.engines.wasm.host.lanes", "wasmtime"} <= set(of_a_host), "it did start"
    assert {name: UNUSED_BY_A_HOST[name] for name in of_a_host if name in UNUSED_BY_A_HOST} == {}
