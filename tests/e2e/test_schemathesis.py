"""What a fuzzer finds when it believes the OpenAPI document: every answer of a whole server is one that it names.

schemathesis calls every operation with what the document allows and with what it forbids, over a real socket. The
short form is part of `make test`, the long one of `make test-full`.
"""

import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from aion.adapters.transports.rest.operations import load_document
from aion.app.resources import openapi_document
from tests.e2e.processes import Running, new_tenant

DOCUMENT = dict(load_document(openapi_document()))
OPERATIONS = [(path, verb) for path, item in DOCUMENT["paths"].items() for verb in item]
# Not asked: `negative_data_rejection`, because like protobuf's JSON mapping AION takes null for unset and digits in
# quotes; `positive_data_acceptance`, because the document cannot know which tasks and intents there are.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    allow_header_conformance,
]
# OpenAPI 3.0.3 has no words for the events of a stream; the tests of the transport look at those.
STREAM_CHECKS = [check for check in CHECKS if check is not response_schema_conformance]
TASK = "known-task"
schema = schemathesis.openapi.from_dict(DOCUMENT)


@pytest.fixture(scope="module")
def credentials(server: Running) -> dict[str, str]:
    """The key of a tenant that has one task that has ended, and a schedule of the same name."""
    headers = {"Authorization": f"Bearer {server.key(new_tenant())}"}
    case = schema["/v1/tasks"]["post"].Case(
        body={"intent": "echo", "task_id": TASK, "wait": "60s"}, media_type="application/json"
    )
    answer = case.call(base_url=server.url, headers=headers)
    assert answer.status_code == 200, answer.text
    case = schema["/v1/schedules"]["post"].Case(
        body={"schedule_id": TASK, "cron": "@yearly", "task": {"intent": "echo"}}, media_type="application/json"
    )
    assert case.call(base_url=server.url, headers=headers).status_code == 200
    return headers


@pytest.mark.parametrize(("path", "verb"), OPERATIONS)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_every_answer_is_one_that_the_document_names(server, credentials, path, verb, mode):
    fuzz(server, credentials, path, verb, mode, examples=8)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("path", "verb"), OPERATIONS)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_every_answer_is_one_that_the_document_names_also_after_long_fuzzing(server, credentials, path, verb, mode):
    fuzz(server, credentials, path, verb, mode, examples=150)


UNNAMED = [
    (path, method)
    for path, item in DOCUMENT["paths"].items()
    for method in ("DELETE", "PATCH", "PUT", "OPTIONS", "TRACE")
    if method.lower() not in item
]


@pytest.mark.parametrize(("path", "method"), UNNAMED)
def test_no_path_takes_a_method_that_the_document_does_not_name(server, credentials, path, method):
    verb = next(iter(DOCUMENT["paths"][path]))
    case = schema[path][verb].Case(method=method, path_parameters=dict.fromkeys(re.findall(r"{(\w+)}", path), TASK))
    answer = case.call(base_url=server.url, headers=credentials)
    assert answer.status_code == 405
    assert set(answer.headers["allow"][0].split(", ")) == {name.upper() for name in DOCUMENT["paths"][path]}


def fuzz(server: Running, headers: dict[str, str], path: str, verb: str, mode: GenerationMode, examples: int) -> None:
    """Calls one operation again and again, half of the time with a task and an intent that exist."""
    checks = STREAM_CHECKS if "x-grpc-stream" in DOCUMENT["paths"][path][verb] else CHECKS

    @given(case=schema[path][verb].as_strategy(generation_mode=mode), known=st.booleans())
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    def call(case: Any, known: bool) -> None:
        if known and case.path_parameters.get("task_id"):
            case.path_parameters["task_id"] = TASK
        if known and case.path_parameters.get("schedule_id"):
            case.path_parameters["schedule_id"] = TASK
        if known and isinstance(case.body, dict) and isinstance(case.body.get("intent"), str):
            case.body["intent"] = "echo"
        if known and isinstance(case.body, dict) and isinstance(case.body.get("cron"), str):
            case.body |= {"schedule_id": TASK, "cron": "@yearly", "time_zone": "UTC"}
            case.body["task"] = {"intent": "echo"}
        case.call_and_validate(base_url=server.url, headers=headers, timeout=90, checks=checks)

    call()
