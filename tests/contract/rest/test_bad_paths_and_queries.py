"""Every kind of bad path, method and query gets the typed problem that names what is wrong, and reaches no use case."""

import pytest


@pytest.mark.parametrize(
    ("query", "reason", "field"),
    [
        ("pagesize=1", "MALFORMED_REQUEST", "pagesize"),
        ("page_size=x", "VALIDATION_FAILED", "page_size"),
        ("page_size=-1", "VALIDATION_FAILED", "page_size"),
        ("page_size=99999999999999", "VALIDATION_FAILED", "page_size"),
        ("page_size=1&page_size=2", "VALIDATION_FAILED", "page_size"),
        ("page_size=", "VALIDATION_FAILED", "page_size"),
        ("states=BEST", "VALIDATION_FAILED", "states"),
        ("states=TASK_STATE_UNSPECIFIED", "VALIDATION_FAILED", "states"),
        ("states=TASK_STATE_OK&states=TASK_STATE_OK", "VALIDATION_FAILED", "states"),
        ("intent=Not%20One", "VALIDATION_FAILED", "intent"),
        ("page_size[a]=1", "MALFORMED_REQUEST", "page_size[a]"),
        ("page_token=" + "x" * 1025, "VALIDATION_FAILED", "page_token"),
    ],
)
async def test_a_bad_query_is_refused_and_the_parameter_named(client, face, query, reason, field):
    answer = await client.get(f"/v1/tasks?{query}")
    assert (answer.status_code, answer.json()["reason"]) == (400, reason)
    assert field in [v["field"] for v in answer.json()["violations"]]
    assert face.script.filters == []


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("page_size=abc", "must be an integer, 0 or more"),
        ("page_size=-1", "must be an integer, 0 or more"),
        ("intent=Not%20One", "must be 1 to 64 characters of a to z"),
        ("page_token=" + "x" * 1025, "must have at most 1024 characters"),
    ],
)
async def test_a_parameter_that_does_not_fit_is_told_what_would(client, query, says):
    answer = await client.get(f"/v1/tasks?{query}")
    assert [v["description"].startswith(says) for v in answer.json()["violations"]] == [True]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("OK", "'OK' is not one of its names; did you mean TASK_STATE_OK?"),
        ("canceled", "'canceled' is not one of its names; did you mean TASK_STATE_CANCELED?"),
        ("BEST", "'BEST' is not one of its names; write one of TASK_STATE_PENDING, TASK_STATE_RUNNING, "),
    ],
)
async def test_a_name_that_the_query_does_not_take_is_met_with_those_that_it_takes(client, text, says):
    answer = await client.get(f"/v1/tasks?states={text}")
    assert answer.json()["detail"].startswith(f"states: {says}")
    assert not set("[]{}") & set(answer.json()["detail"])


async def test_a_query_on_a_path_that_takes_none_is_refused(client):
    answer = await client.get("/v1/tasks/t-1?verbose=1")
    assert (answer.status_code, answer.json()["reason"]) == (400, "MALFORMED_REQUEST")


@pytest.mark.parametrize("task_id", ["a%20b", "a.b", "%00", "%ff", "ü", "x" * 65, "a:b", "%7Btask_id%7D"])
async def test_an_odd_id_is_refused_by_the_contracts_rule(client, task_id):
    answer = await client.get(f"/v1/tasks/{task_id}")
    assert (answer.status_code, answer.json()["reason"]) == (400, "VALIDATION_FAILED")
    assert answer.json()["violations"][0]["field"] == "task_id"


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/v1/tasks", "GET, POST"),
        ("PUT", "/v1/tasks/t-1", "GET"),
        ("GET", "/v1/tasks/t-1:cancel", "POST"),
        ("POST", "/v1/tasks/t-1:watch", "GET"),
        ("GET", "/v1/tasks:batch", "POST"),
        ("HEAD", "/v1/tasks/t-1:watch", "GET"),
        ("OPTIONS", "/v1/server", "GET"),
        ("POST", "/healthz", "GET"),
        ("TRACE", "/openapi.json", "GET"),
    ],
)
async def test_another_method_is_405_and_told_which_there_are(client, method, path, allow):
    answer = await client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/tasks/",
        "/v1/tasks/a/b",
        "/v2/tasks",
        "/v1/tasks/a%2Fb",
        "/v1%2Ftasks",
        "/%5Clivez",
        "//v1/tasks",
    ],
)
async def test_an_unknown_path_is_a_404_problem(client, path):
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["reason"]) == (404, "METHOD_NOT_FOUND")
