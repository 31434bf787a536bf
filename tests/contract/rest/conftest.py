"""The HTTP face over a script, and a client that speaks to it in process."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from tests.contract.rest.scripted import KEY, Face, a_face


@pytest.fixture
async def face() -> Face:
    return await a_face()


@pytest.fixture
async def client(face: Face) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(face) as client:
        yield client


def client_of(face: Face, **headers: str) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=face.app)
    return httpx2.AsyncClient(transport=transport, base_url="http://aion", headers=headers or KEY)
