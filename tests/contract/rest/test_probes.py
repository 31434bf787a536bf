"""Probes, metrics and the document beside REST."""

import asyncio
from datetime import timedelta

import httpx2
import yaml

from aion.adapters.limits.token_bucket import TokenBucketLimiter
from tests.contract.rest.conftest import client_of
from tests.contract.rest.scripted import DOCUMENT, KEY, READER, a_face
from tests.manual_clock import ManualClock


def stranger(face):
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=face.app), base_url="http://aion")


async def well() -> None:
    return None


async def broken() -> None:
    raise OSError("no route to the secret host")


async def test_alive_never_asks_a_dependency():
    face = await a_face(checks={"store": broken})
    face.problems["server"] = "draining"
    async with stranger(face) as client:
        assert (await client.get("/livez")).status_code == 200


async def test_ready_while_nothing_is_wrong():
    face = await a_face(checks={"store": well})
    async with stranger(face) as client:
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["checks"]) == (200, {"store": "ok"})
        face.problems["server"] = "draining"
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["problems"]) == (503, {"server": "draining"})


async def test_health_names_the_dependency_that_fails_but_not_how():
    face = await a_face(checks={"store": broken, "other": well})
    async with stranger(face) as client:
        for path in ("/healthz", "/readyz"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()["checks"]) == (503, {"store": "failing", "other": "ok"})
            assert "secret" not in answer.text


async def test_a_dependency_that_never_answers_counts_as_failing(monkeypatch):
    monkeypatch.setattr("aion.adapters.transports.http.probes.CHECK_SECONDS", 0.01)

    async def silent() -> None:
        await asyncio.Event().wait()

    face = await a_face(checks={"store": silent})
    async with stranger(face) as client:
        assert (await client.get("/healthz")).json()["checks"] == {"store": "failing"}


async def test_metrics_and_document_are_closed_unless_opened():
    closed, opened = await a_face(), await a_face(metrics_open=True, docs_open=True)
    for path in ("/metrics", "/openapi.json", "/openapi.yaml"):
        async with stranger(closed) as client:
            assert (await client.get(path)).status_code == 401
            assert (await client.get(path, headers=READER)).status_code == 403
            assert (await client.get(path, headers=KEY)).status_code == 200
        async with stranger(opened) as client:
            assert (await client.get(path)).status_code == 200


async def test_the_served_document_is_the_generated_one_with_its_security():
    face = await a_face(docs_open=True)
    async with client_of(face) as client:
        as_json = (await client.get("/openapi.json")).json()
        as_yaml = yaml.safe_load((await client.get("/openapi.yaml")).text)
    assert as_json == as_yaml == DOCUMENT
    assert as_json["security"]


async def test_the_explorer_is_there_with_a_slash_and_without():
    async with stranger(await a_face(docs_open=True)) as client:
        pages = [await client.get(path) for path in ("/docs", "/docs/")]
    assert [page.status_code for page in pages] == [200, 200]
    assert pages[0].content == pages[1].content


async def test_metrics_are_what_the_server_measures():
    face = await a_face(metrics_open=True)
    async with stranger(face) as client:
        answer = await client.get("/metrics")
    assert answer.text == "aion_up 1\n"
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")


async def test_a_closed_page_passes_the_same_door_as_a_call():
    """Guessing keys is limited there too, and every visit is counted and named."""
    limiter = TokenBucketLimiter(ManualClock(), timedelta(seconds=1), burst=1)
    face = await a_face(peer_limit=limiter)
    async with stranger(face) as client:
        first, second = [await client.get("/metrics", headers={"x-api-key": "guess"}) for _ in range(2)]
    assert (first.status_code, first.json()["reason"]) == (401, "UNAUTHENTICATED")
    assert (second.status_code, second.json()["reason"]) == (429, "RATE_LIMITED")
    assert [reason for _, reason in face.observer.ended] == ["UNAUTHENTICATED", "RATE_LIMITED"]
    assert {answer.headers["x-request-id"] for answer in (first, second)} == {
        answer.json()["request_id"] for answer in (first, second)
    }
