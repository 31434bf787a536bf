"""The HTTP face over a script, and a client that speaks to it in process."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.contract.rest.scripted import KEY, Face, Observer, Script, a_face

_built: list[Face] = []


@pytest.fixture
async def face() -> Face:
    """A fresh script under one application: connexion takes a while to read the document."""
    if not _built:
        _built.append(await a_face())
    face = _built[0]
    vars(face.script).update(vars(Script()))
    vars(face.observer).update(vars(Observer()))
    face.problems.clear()
    face.pipeline._draining = face.pipeline._ending = False
    return face


@pytest.fixture
async def client(face: Face) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(face) as client:
        yield client


def client_of(face: Face, **headers: str) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=face.app)
    return httpx2.AsyncClient(transport=transport, base_url="http://aion", headers=headers or KEY)
