"""What orchestrators and tools ask a server, and how it goes away: it drains, and finishes who waits."""

import asyncio
import signal
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import httpx2
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from aion.adapters.rpc.methods import methods
from tests.e2e.callers import Caller, callers_of, task_request
from tests.e2e.catalogue import write_small_catalogue
from tests.e2e.faces import BY_NAME, refusal
from tests.e2e.patience import eventually
from tests.e2e.processes import PATIENCE, Running, running

STREAM, SUBMIT = BY_NAME["Stream"], BY_NAME["Submit"]
SERVICES = sorted({path.split("/")[1] for path in methods()})
SERVING = health_pb2.HealthCheckResponse.SERVING


async def test_health_answers_for_every_service_without_credentials(server: Running):
    async with grpc.aio.insecure_channel(server.grpc) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        for name in ("", *SERVICES):
            assert (await stub.Check(health_pb2.HealthCheckRequest(service=name))).status == SERVING
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.Check(health_pb2.HealthCheckRequest(service="aion.v1.Nobody"))
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def test_reflection_lists_every_service(server: Running):
    async with grpc.aio.insecure_channel(server.grpc) as channel:
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        asked = reflection_pb2.ServerReflectionRequest(list_services="")
        [answer] = [one async for one in stub.ServerReflectionInfo(iter([asked]))]
    names = {service.name for service in answer.list_services_response.service}
    assert names >= {*SERVICES, "grpc.health.v1.Health"}


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/healthz"])
async def test_the_probes_are_open_and_well(server: Running, path):
    """7.4 Liveness never asks a dependency."""
    async with httpx2.AsyncClient(base_url=server.url) as client:
        answer = await client.get(path)
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


async def test_a_server_that_is_told_to_stop_finishes_who_waits_and_takes_nobody_new(tmp_path: Path):
    with running(tmp_path, *write_small_catalogue(tmp_path), AION_DRAIN="60s") as server:
        async with callers_of(server) as make, grpc.aio.insecure_channel(server.grpc) as channel:
            caller = make()
            # It ends by its expire time, well after the signal has arrived.
            request = task_request(intent="endless", request_id="key")
            request.expire_time.FromDatetime(datetime.now(UTC) + timedelta(seconds=8))
            async with aclosing(caller.grpc.stream(STREAM, request)) as stream:
                await anext(stream)
                assert (await anext(stream)).document["text"] == "I run"
            request.wait.seconds = 30
            waiting = [asyncio.ensure_future(face.unary(SUBMIT, request)) for face in caller.faces]
            await _waited_for(caller, server, waiters=2)
            server.process.send_signal(signal.SIGTERM)
            await _unready(server)
            async with httpx2.AsyncClient(base_url=server.url) as client:
                assert (await client.get("/livez")).status_code == 200
            health = health_pb2_grpc.HealthStub(channel)
            assert (await health.Check(health_pb2.HealthCheckRequest())).status != SERVING
            for face in caller.faces:
                refused = await refusal(face, SUBMIT, task_request())
                assert (refused.code, refused.reason, refused.retries) == ("UNAVAILABLE", "DRAINING", True)
            assert [answer["status"] for answer in await asyncio.gather(*waiting)] == ["TIMEOUT", "TIMEOUT"]
        assert await asyncio.to_thread(server.process.wait, PATIENCE) == 0


async def _unready(server: Running) -> None:
    async with httpx2.AsyncClient(base_url=server.url) as client:

        async def unready() -> bool:
            return (await client.get("/readyz")).status_code != 200

        await eventually(unready, "a server that was told to stop is not ready")


async def _waited_for(caller: Caller, server: Running, waiters: int) -> None:
    """Until so many calls wait in the server."""
    async with httpx2.AsyncClient(base_url=server.url) as client:

        async def wait() -> bool:
            return f"aion_waiters {waiters}.0" in (await client.get("/metrics")).text

        await eventually(wait, f"{waiters} calls wait in the server")
