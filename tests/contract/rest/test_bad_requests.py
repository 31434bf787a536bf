"""Every kind of bad input gets the typed problem that names what is wrong, and reaches no use case."""

import httpx2
import pytest

from aion.adapters.rpc.admission import MAX_REQUEST_BYTES
from aion.adapters.transports.http.protocol import DISCARDED_BYTES
from tests.contract.rest.conftest import client_of
from tests.contract.rest.scripted import KEY, READER, a_face

JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("body", "reason", "says"),
    [
        (b"", "MALFORMED_REQUEST", "empty"),
        (b"{", "MALFORMED_REQUEST", "not JSON"),
        (b"[]", "MALFORMED_REQUEST", "an array"),
        (b"null", "MALFORMED_REQUEST", "null"),
        (b'{"intent":NaN}', "MALFORMED_REQUEST", "not JSON"),
        (b'{"intent":"summarize","sla":{"budget_usd":"NaN"}}', "BUDGET_INVALID", "budget_usd"),
        (b'{"intent":"\xff"}', "MALFORMED_REQUEST", "not JSON"),
        (b'{"a":' * 100_000, "MALFORMED_REQUEST", "not JSON"),
        (b'{"intent":"summarize","parms":{}}', "MALFORMED_REQUEST", "did you mean params"),
        (b'{"intent":5}', "MALFORMED_REQUEST", "intent must be a string"),
        (b'{"intent":"summarize","wait":"x"}', "MALFORMED_REQUEST", "wait"),
        (b"{}", "VALIDATION_FAILED", "intent"),
        (b'{"intent":"Not An Intent"}', "VALIDATION_FAILED", "intent"),
        (b'{"intent":"x","priority":"urgent"}', "VALIDATION_FAILED", "priority"),
        (b'{"intent":"x","sla":{"budget_usd":1,"budget_micros":1}}', "VALIDATION_FAILED", "budget_micros"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/tasks", "/v1/tasks:stream"])
async def test_a_bad_body_is_refused(client, face, body, reason, says, path):
    answer = await client.post(path, content=body, headers=JSON)
    assert (answer.status_code, answer.json()["reason"]) == (400, reason)
    assert says in answer.json()["detail"]
    assert face.script.commands == []
    assert face.observer.defects == []


async def test_a_body_over_the_limit_is_refused_by_its_length_alone(client, face):
    answer = await client.post("/v1/tasks", content=b" " * (MAX_REQUEST_BYTES + 1), headers=JSON)
    assert (answer.status_code, answer.json()["reason"]) == (413, "REQUEST_TOO_LARGE")
    assert answer.headers["connection"] == "close"


async def test_a_body_of_unknown_length_is_not_read_for_ever(face):
    taken = 0

    async def endless():
        nonlocal taken
        while True:
            taken += 1 << 20
            yield b" " * (1 << 20)

    async def receive():
        if taken > 2 * DISCARDED_BYTES:
            raise AssertionError("it reads on")
        return {"type": "http.request", "body": await anext(source), "more_body": True}

    source, sent = endless(), []

    async def send(message):
        sent.append(message)

    headers = [
        (b"authorization", b"Bearer good"),
        (b"content-type", b"application/json"),
        (b"transfer-encoding", b"chunked"),
    ]
    scope = {"type": "http", "method": "POST", "path": "/v1/tasks", "query_string": b"", "headers": headers}
    await face.app(scope, receive, send)
    assert sent[0]["status"] == 413
    assert taken <= DISCARDED_BYTES + (2 << 20)


async def test_a_body_of_exactly_the_limit_is_taken(client, face):
    start, end = b'{"intent":"summarize","params_json":"', b'"}'
    body = start + b"x" * (MAX_REQUEST_BYTES - len(start) - len(end)) + end
    answer = await client.post("/v1/tasks", content=body, headers=JSON)
    assert answer.status_code == 202
    assert len(face.script.commands) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/json; charset=latin-1"},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ],
)
async def test_a_body_that_is_not_declared_as_plain_json_is_415(client, headers):
    answer = await client.post("/v1/tasks", content=b'{"intent":"summarize"}', headers=headers)
    assert (answer.status_code, answer.json()["reason"]) == (415, "MALFORMED_REQUEST")
    assert answer.json()["violations"][0]["field"] in ("Content-Type", "Content-Encoding")


async def test_json_with_its_charset_is_taken(client):
    headers = {"content-type": 'Application/JSON ; charset="UTF-8"'}
    assert (await client.post("/v1/tasks", content=b'{"intent":"x"}', headers=headers)).status_code == 202


@pytest.mark.parametrize(
    "header", ["Authorization", "Idempotency-Key", "Content-Type", "X-Request-Id", "Last-Event-ID", "X-API-Key"]
)
async def test_a_header_that_may_stand_once_and_stands_twice_is_refused(face, header):
    values = {"Authorization": "Bearer good", "Content-Type": "application/json"}
    headers = [*values.items(), (header, values.get(header, "1"))]
    headers += [] if header in values else [(header, "1")]
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=face.app), base_url="http://aion") as client:
        answer = await client.post("/v1/tasks", content=b'{"intent":"x"}', headers=headers)
    # Two credentials are no credentials; they are refused before anything else is looked at.
    expected = 401 if header == "Authorization" else 400
    assert answer.status_code == expected
    assert face.script.commands == []


async def test_a_last_event_id_that_is_no_offset_is_told_what_would_be_one(client):
    answer = await client.get("/v1/tasks/t1:watch", headers={"Last-Event-ID": "abc"})
    assert answer.json()["violations"] == [{"field": "Last-Event-ID", "description": "must be an integer, 0 or more"}]


async def test_strangers_are_401_before_anything_is_parsed(face):
    async with client_of(face, **{"x-api-key": "bad"}) as client:
        for answer in (
            await client.post("/v1/tasks", content=b"{", headers=JSON),
            await client.get("/v1/tasks?nope=1"),
            await client.get("/v1/tasks/t-1:watch", headers={"accept": "text/html"}),
            await client.get("/metrics"),
        ):
            assert (answer.status_code, answer.json()["reason"]) == (401, "UNAUTHENTICATED")
            assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_caller_without_the_scope_is_403(face):
    async with client_of(face, **READER) as client:
        assert (await client.get("/v1/tasks/t-1")).status_code == 200
        answer = await client.post("/v1/tasks", json={"intent": "x"})
    assert (answer.status_code, answer.json()["facts"]) == (403, {"scope": "tasks:write"})


async def test_while_it_drains_calls_are_503_and_told_when_to_come_again(client, face):
    face.pipeline.drain()
    answer = await client.post("/v1/tasks", json={"intent": "x"})
    assert (answer.status_code, answer.json()["reason"], answer.headers["retry-after"]) == (503, "DRAINING", "1")


async def test_a_defect_says_nothing_of_its_cause(client, face):
    face.script.submitted = RuntimeError("the secret cause")
    answer = await client.post("/v1/tasks", json={"intent": "x"})
    assert (answer.status_code, answer.json()["reason"]) == (500, "INTERNAL")
    assert "secret" not in answer.text
    assert [str(defect) for defect in face.observer.defects] == ["the secret cause"]


async def test_a_defect_of_the_transport_itself_is_a_problem_too(caplog):
    face = await a_face()
    face.pipeline.unary = None  # type: ignore[method-assign,assignment]
    async with client_of(face) as client:
        answer = await client.get("/v1/server", headers={"x-request-id": "r-1"})
    assert (answer.status_code, answer.json()["reason"], answer.json()["request_id"]) == (500, "INTERNAL", "r-1")
    assert "defect while serving HTTP" in caplog.text


async def test_every_answer_and_problem_names_the_call(client):
    headers = {"x-request-id": "mine-1"}
    for answer in (
        await client.get("/v1/tasks/t-1", headers=headers),
        await client.get("/v1/tasks/t.1", headers=headers),
        await client.get("/nope", headers=headers),
        await client.get("/v1/tasks/t-1:watch", headers=headers),
        await client.delete("/v1/tasks", headers=headers),
    ):
        assert answer.headers["x-request-id"] == "mine-1"
        assert len(answer.headers["x-trace-id"]) == 32
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        if answer.status_code >= 400:
            problem = answer.json()
            assert (problem["request_id"], problem["trace_id"]) == ("mine-1", answer.headers["x-trace-id"])
            assert (problem["type"], problem["status"]) == ("about:blank", answer.status_code)


async def test_credentials_may_come_as_bearer_or_api_key(face):
    for headers in (KEY, READER):
        async with client_of(face, **headers) as client:
            assert (await client.get("/v1/tasks/t-1")).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/v1/schedules", {"task": {"intent": "echo"}}, "cron"),
        ("/v1/schedules", {"cron": "@daily", "task": {"intent": "Echo"}}, "task.intent"),
        ("/v1/schedules", {"corn": "@daily"}, "corn"),
        ("/v1/webhooks", {}, "url"),
        ("/v1/webhooks", {"url": "https://a.example", "intents": [""]}, "intents[0]"),
    ],
)
async def test_fields_are_named_as_they_stand_in_the_body_also_where_it_is_one_field_of_the_request(
    face, path, body, field
):
    async with client_of(face) as client:
        answer = await client.post(path, json=body)
    problem = answer.json()
    assert answer.status_code == 400
    assert [violation["field"] for violation in problem["violations"]] == [field]
    assert problem["detail"].startswith(f"{field} ")


async def test_a_field_of_the_path_keeps_its_name_beside_those_of_the_body(face):
    async with client_of(face) as client:
        answer = await client.put("/v1/schedules/a%20b", json={"task": {"intent": "echo"}})
    assert {violation["field"] for violation in answer.json()["violations"]} == {"schedule_id", "cron"}
