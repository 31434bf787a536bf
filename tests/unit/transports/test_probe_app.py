"""The face of a process without an API: what it does not answer is a problem like any other."""

import httpx2
import pytest

from aion.adapters.transports.http.probe_app import probe_app


@pytest.mark.parametrize(
    ("verb", "path", "status", "reason"),
    [
        ("GET", "/v1/tasks", 404, "METHOD_NOT_FOUND"),
        ("GET", "/metrics", 404, "METHOD_NOT_FOUND"),
        ("POST", "/livez", 405, "METHOD_NOT_FOUND"),
    ],
)
async def test_what_is_not_served_is_a_problem_with_ids(verb, path, status, reason):
    """8.9 Every answer and every error carries a request id and a trace id."""
    transport = httpx2.ASGITransport(app=probe_app(dict, None))
    async with httpx2.AsyncClient(transport=transport, base_url="http://worker") as client:
        answer = await client.request(verb, path)
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["reason"]) == (status, status, reason)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == problem["request_id"]
    assert answer.headers["x-trace-id"] == problem["trace_id"]


async def test_metrics_are_shown_where_they_may_be():
    transport = httpx2.ASGITransport(app=probe_app(dict, lambda: b"aion_up 1\n"))
    async with httpx2.AsyncClient(transport=transport, base_url="http://worker") as client:
        answer = await client.get("/metrics")
    assert (answer.status_code, answer.text) == (200, "aion_up 1\n")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
