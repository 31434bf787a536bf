"""`aion worker` as an operator meets it: who is let in and as what, which engines it gets tasks for, what it says."""

import asyncio
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import grpc
import httpx2
import pytest
from cryptography import x509

import aion
from aion.domain.identity import WORKERS_SERVE
from tests.e2e.callers import callers_of, task_request
from tests.e2e.catalogue import install, write_small_catalogue
from tests.e2e.certificates import Authority
from tests.e2e.faces import BY_NAME, GrpcFace
from tests.e2e.processes import AION, PATIENCE, Running, command, environment, issue_key, running, serving, until

SERVE = frozenset({WORKERS_SERVE})
SPIFFE = "spiffe://example.org/worker-1"
PRINCIPALS = f"""\
principals:
  - {{san: "{SPIFFE}", tenant: operators, principal: worker-1, scopes: ["workers:serve"]}}
  - {{san: client.example.org, tenant: acme, principal: client, scopes: ["tasks:read"]}}
"""


@dataclass(frozen=True)
class Manned:
    """A server without slots of its own, where its workers connect, and its catalogue."""

    server: Running
    workers: str
    config: Path
    modules: Path
    folder: Path


@pytest.fixture(scope="module")
def manned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Manned]:
    folder = tmp_path_factory.mktemp("manned")
    config, modules = write_small_catalogue(folder)
    settings = {"AION_WORKER_SLOTS": "0", "AION_WORKER_LISTEN": "127.0.0.1:0", "AION_METRICS_OPEN": "true"}
    with running(folder, config, modules, **settings) as server:
        yield Manned(server, server.workers, config, modules, folder)


@contextmanager
def working(manned: Manned, *, words: str = "registered", **settings: str) -> Iterator[Path]:
    """`aion worker` while the block runs, once it has said some words; its log."""
    log = manned.folder / f"worker-{uuid4().hex[:8]}.log"
    given = {
        "AION_CONFIG_DIR": str(manned.config),
        "AION_MODULES_DIR": str(manned.modules),
        "AION_WORKER_HTTP_LISTEN": "127.0.0.1:0",
        "AION_LOG_LEVEL": "info",
        **settings,
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [AION, "worker", "--server", manned.workers],
            env=environment(manned.folder / "workers", **given),
            stdout=output,
            stderr=output,
        )
    try:
        until(lambda: words in log.read_text() or process.poll() is not None, f"the worker says {words}")
        assert words in log.read_text(), log.read_text()[-2000:]
        yield log
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0, log.read_text()[-2000:]


def key_of(manned: Manned, scopes: frozenset[str] = SERVE) -> str:
    return issue_key(manned.server.data, "operators", "worker-1", scopes)[1]


async def test_a_worker_gets_tasks_for_its_engines_only_and_says_how_it_is(manned: Manned):
    """7.6 A worker gets only tasks whose engine it has, and what others must do stops nobody."""
    key = key_of(manned)
    only_echo = {"AION_WORKER_API_KEY": key, "AION_WORKER_ENGINES": "module:echo@*"}
    with working(manned, words="health on", **only_echo) as log:
        async with callers_of(manned.server) as callers, httpx2.AsyncClient() as http:
            caller = callers()
            waits = await caller.submit(intent="endless")
            done = await caller.submit(intent="echo", wait=60)
            assert (done["state"], (await caller.get(waits["task_id"]))["state"]) == (
                "TASK_STATE_OK",
                "TASK_STATE_PENDING",
            )
            assert "cannot reach" not in log.read_text()
            health = log.read_text().partition("health on ")[2].split()[0]
            ready = await http.get(f"http://{health}/readyz")
            assert (ready.status_code, ready.json()["status"]) == (200, "ok")
            assert "aion_attempt_seconds_count" in (await http.get(f"http://{health}/metrics")).text
            assert (await http.get(f"http://{health}/v1/tasks")).status_code == 404
            metrics = (await http.get(f"{manned.server.url}/metrics")).text
            assert "aion_workers_connected 1.0" in metrics
            assert (await http.get(f"{manned.server.url}/readyz")).json()["workers"] == "1 connected"
            await caller.cancel(waits["task_id"])


@pytest.mark.parametrize(
    ("scopes", "says"),
    [(frozenset({"tasks:write"}), "workers:serve"), (None, "Unauthenticated|credentials|API key")],
    ids=["another scope", "a key of nobody"],
)
def test_a_worker_that_may_not_serve_is_told_so_and_ends(manned: Manned, scopes, says):
    key = "aion_nobody" if scopes is None else key_of(manned, scopes)
    said = worker_command(manned, AION_WORKER_API_KEY=key)
    assert said.code == 1
    assert any(word in said.stderr for word in says.split("|")), said.stderr


def test_a_module_with_another_digest_is_refused_by_name(manned: Manned, tmp_path):
    modules = tmp_path / "modules"
    shutil.copytree(manned.modules, modules)
    shutil.rmtree(modules / "echo-1.0.0")
    install(modules, "echo", "tells_a_story")
    said = worker_command(
        manned, AION_WORKER_API_KEY=key_of(manned), AION_MODULES_DIR=str(modules), AION_WORKER_ENGINES="module:echo@*"
    )
    assert said.code == 1
    assert "module:echo@1.0.0 is sha256:" in said.stderr


def test_a_version_that_is_too_far_away_is_refused_with_both_named(manned: Manned, monkeypatch):
    """7.8 A worker and a server may be one minor release apart; more is refused with both versions named."""
    server = aion.__version__
    monkeypatch.setattr(aion, "__version__", "0.9.0")
    said = worker_command(manned, AION_WORKER_API_KEY=key_of(manned))
    assert said.code == 1
    assert f"this worker runs AION 0.9.0, the server {server}" in said.stderr


def test_settings_that_cannot_work_are_refused_with_the_remedy(manned: Manned, tmp_path):
    far = command(tmp_path, "worker", "--server", "10.0.0.1:50052")
    assert (far.code, "AION_WORKER_TLS_CA" in far.stderr) == (1, True)
    nowhere = command(tmp_path, "worker")
    assert (nowhere.code, "--server HOST:PORT" in nowhere.stderr) == (1, True)
    nothing = worker_command(manned, AION_WORKER_ENGINES="module:nothing@*")
    assert (nothing.code, "module:echo@1.0.0" in nothing.stderr) == (1, True)
    alone = command(tmp_path, "serve", AION_WORKER_SLOTS="0")
    assert (alone.code, "AION_WORKER_LISTEN" in alone.stderr) == (1, True)
    bare = command(tmp_path, "serve", AION_WORKER_LISTEN="0.0.0.0:0")
    assert (bare.code, "AION_WORKER_LISTEN_CLIENT_CA" in bare.stderr) == (1, True)


def worker_command(manned: Manned, **settings: str):
    """`aion worker` in this process, which must end by itself."""
    given = {
        "AION_CONFIG_DIR": str(manned.config),
        "AION_MODULES_DIR": str(manned.modules),
        "AION_WORKER_HTTP_LISTEN": "127.0.0.1:0",
        **settings,
    }
    return command(manned.folder / "workers", "worker", "--server", manned.workers, **given)


@pytest.mark.slow
def test_a_worker_proves_itself_by_its_certificate_alone_and_clients_need_none_for_that(tmp_path):
    """7.5 Workers connect at a door of their own, with a certificate; clients at the public doors need none."""
    authority, clients = Authority("aion workers"), Authority("aion clients")
    cert, key = authority.server().write(tmp_path, "server")
    public_cert, public_key = clients.server().write(tmp_path, "public")
    (tmp_path / "ca.pem").write_bytes(authority.cert)
    (tmp_path / "principals.yml").write_text(PRINCIPALS)
    shown, shown_key = authority.sign(x509.UniformResourceIdentifier(SPIFFE)).write(tmp_path, "worker")
    config, modules = write_small_catalogue(tmp_path)
    settings = {
        "AION_TLS_CERT": str(public_cert),
        "AION_TLS_KEY": str(public_key),
        "AION_WORKER_LISTEN_CERT": str(cert),
        "AION_WORKER_LISTEN_KEY": str(key),
        "AION_WORKER_LISTEN_CLIENT_CA": str(tmp_path / "ca.pem"),
        "AION_PRINCIPALS": str(tmp_path / "principals.yml"),
        "AION_WORKER_LISTEN": "127.0.0.1:0",
    }
    with serving(tmp_path, config, modules, **settings) as server:
        manned = Manned(server, server.workers, config, modules, tmp_path)
        tls = {
            "AION_WORKER_TLS_CA": str(tmp_path / "ca.pem"),
            "AION_WORKER_TLS_CERT": str(shown),
            "AION_WORKER_TLS_KEY": str(shown_key),
        }
        with working(manned, **tls):
            asyncio.run(a_client_without_a_certificate_is_served_at_the_public_door_only(server, clients, authority))
        other = authority.sign(x509.DNSName("client.example.org")).write(tmp_path, "client")
        tls |= {"AION_WORKER_TLS_CERT": str(other[0]), "AION_WORKER_TLS_KEY": str(other[1])}
        said = worker_command(manned, **tls)
        assert (said.code, "workers:serve" in said.stderr) == (1, True), said.stderr


async def a_client_without_a_certificate_is_served_at_the_public_door_only(
    server: Running, clients: Authority, workers: Authority
) -> None:
    key = server.key("acme")
    async with grpc.aio.secure_channel(server.grpc, grpc.ssl_channel_credentials(clients.cert)) as channel:
        face = GrpcFace(channel, {"authorization": f"Bearer {key}"})
        assert (await face.unary(BY_NAME["Submit"], task_request(wait=30)))["status"] == "OK"
    async with grpc.aio.secure_channel(server.workers, grpc.ssl_channel_credentials(workers.cert)) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await channel.unary_unary("/aion.workers.v1.AionWorkers/Renew")(b"", timeout=30)
        assert refused.value.code() is grpc.StatusCode.UNAVAILABLE


def test_the_public_door_knows_no_workers(manned: Manned):
    """7.5 Workers connect at a door of their own."""
    public = Manned(manned.server, manned.server.grpc, manned.config, manned.modules, manned.folder)
    said = worker_command(public, AION_WORKER_API_KEY=key_of(manned))
    assert (said.code, "give the address of the server's AION_WORKER_LISTEN" in said.stderr) == (1, True), said.stderr
    assert "working for" not in said.stderr


def test_a_worker_whose_server_is_not_there_says_so_and_not_that_it_works(manned: Manned):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"127.0.0.1:{taken.getsockname()[1]}"
    alone = replace(manned, workers=nobody)
    with working(alone, words="trying again", AION_WORKER_API_KEY=key_of(manned)) as log:
        assert f"cannot reach {nobody} (Connection refused" in log.read_text()
        assert "working for" not in log.read_text()
