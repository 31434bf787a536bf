"""Both faces of the SDK against one scripted server."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aion_sdk import AsyncClient, Client
from aion_sdk.testing import FakeAion
from tests.e2e.serving import catalogue, server
from tests.sdk.command_line import Call, calling
from tests.sdk.double import Double, serve

__all__ = ["catalogue", "double", "face", "server"]

QUICK = {"first_delay": 0.001, "max_delay": 0.002}
"""Options under which a retry costs nothing."""


@dataclass
class Face:
    """One colour of the client, used in the same words."""

    colour: str
    client: Any

    async def do(self, method: Any, *args: Any, **options: Any) -> Any:
        if self.colour == "async":
            return await method(*args, **options)
        return await asyncio.to_thread(method, *args, **options)

    async def do_blocking(self, function: Any, *args: Any) -> Any:
        return await asyncio.to_thread(function, *args)

    async def all_of(self, iterator: Any) -> list[Any]:
        if self.colour == "async":
            return [item async for item in iterator]
        return await asyncio.to_thread(list, iterator)

    async def next_of(self, iterator: Any) -> Any:
        if self.colour == "async":
            return await anext(iterator)
        return await asyncio.to_thread(next, iterator)


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Iterator[Double]:
    for name in ("AION_SERVER", "AION_API_KEY", "AION_CLIENT_CA", "AION_CLIENT_CERT", "AION_CLIENT_KEY"):
        monkeypatch.delenv(name, raising=False)
    double, listening = serve()
    yield double
    listening.stop(None).wait()


@pytest.fixture(params=["async", "sync"])
async def face(request: pytest.FixtureRequest, double: Double) -> AsyncIterator[Face]:
    kind = AsyncClient if request.param == "async" else Client
    client: Any = kind(double.target, api_key="aion_key", **QUICK)  # type: ignore[arg-type]
    face = Face(request.param, client)
    yield face
    await face.do(client.close)


@pytest.fixture
def aionctl(double: Double) -> Call:
    """aionctl with a key for the scripted server, and nothing else set."""
    return calling(Path("/no/such/folder"), AION_SERVER=double.target, AION_API_KEY="aion_key")


@pytest.fixture
def aion() -> Iterator[FakeAion]:
    """The SDK's own fake, with one intent: its text in capitals."""
    with FakeAion() as fake:
        fake.on("upper").returns(lambda spec: {"text": (spec.params or json.loads(spec.params_json))["text"].upper()})
        yield fake
