"""What the document shows as bodies to try is taken by a server as it stands."""

from typing import Any

import httpx2
import pytest
from openapi_schema_validator import OAS30WriteValidator

from aion.adapters.transports.rest.operations import load_document
from aion.app.resources import openapi_document
from tests.e2e.processes import PATIENCE, Running, new_tenant

DOCUMENT = dict(load_document(openapi_document()))
EXAMPLES = [
    pytest.param(path, body["schema"], example["value"], id=f"{path} {name}")
    for path, item in DOCUMENT["paths"].items()
    for operation in item.values()
    for body in operation.get("requestBody", {}).get("content", {}).values()
    for name, example in body.get("examples", {}).items()
]
SHOWN = {"/v1/tasks", "/v1/tasks:stream", "/v1/tasks:batch", "/v1/tasks/{task_id}:retry"}
SHOWN |= {"/v1/schedules", "/v1/tickets", "/v1/webhooks"}
NAMES_A_HOST = {"/v1/webhooks"}
"""The server would ask the network for the host's address."""


@pytest.fixture(scope="module")
def client(server: Running):
    headers = {"Authorization": f"Bearer {server.key(new_tenant())}"}
    with httpx2.Client(base_url=server.url, headers=headers, timeout=PATIENCE) as client:
        yield client


def test_what_people_try_first_has_an_example():
    assert {example.values[0] for example in EXAMPLES} == SHOWN


@pytest.mark.parametrize(("path", "schema", "value"), EXAMPLES)
def test_an_example_fits_its_schema(path: str, schema: dict[str, Any], value: dict[str, Any]):
    whole = {**schema, "components": DOCUMENT["components"]}
    if "$ref" in schema:
        whole = {"allOf": [schema], "components": DOCUMENT["components"]}
    assert [error.message for error in OAS30WriteValidator(whole).iter_errors(value)] == []


@pytest.mark.parametrize(
    ("path", "schema", "value"), [example for example in EXAMPLES if example.values[0] not in NAMES_A_HOST]
)
def test_a_server_takes_an_example_as_it_stands(client: httpx2.Client, path: str, schema: Any, value: dict[str, Any]):
    if "{task_id}" in path:
        done = client.post("/v1/tasks", json={"intent": "echo", "wait": "60s"})
        path = path.replace("{task_id}", done.json()["task_id"])
    answer = client.post(path, json=value)
    assert answer.status_code in (200, 202), answer.text
    assert "event: error" not in answer.text
    assert '"code"' not in answer.text, "no item of a batch was refused"
