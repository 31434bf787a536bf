"""The OpenAPI diff refuses each class of change that breaks a REST client, and passes what only adds."""

import copy
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tools.openapi_diff.documents import breaks

DOCUMENT = yaml.safe_load((Path(__file__).parents[2] / "openapi/aion.v1.yaml").read_text())
SUBMIT = DOCUMENT["paths"]["/v1/tasks"]["post"]


def schema(document, name):
    return document["components"]["schemas"][f"aion.v1.{name}"]


def parameter(document, path, method, name):
    return next(p for p in document["paths"][path][method]["parameters"] if p["name"] == name)


def change_path(d):
    d["paths"]["/v1/jobs"] = d["paths"].pop("/v1/tasks")


def remove_method(d):
    del d["paths"]["/v1/tasks"]["get"]


def remove_parameter(d):
    d["paths"]["/v1/tasks"]["get"]["parameters"].pop()


def remove_status(d):
    del d["paths"]["/v1/tasks"]["post"]["responses"]["202"]


def remove_request_property(d):
    del schema(d, "TaskRequest.Input")["properties"]["params"]


def remove_answer_property(d):
    del schema(d, "TaskResult")["properties"]["usage"]


def change_answer_type(d):
    schema(d, "Usage")["properties"]["tokens"]["type"] = "string"


def narrow_request_type(d):
    schema(d, "SLA")["properties"]["budget_usd"]["type"] = "integer"


def shrink_enum(d):
    schema(d, "TaskRequest.Input")["properties"]["priority"]["enum"].remove("high")


def close_open_value(d):
    schema(d, "TaskRequest.Input")["properties"]["preferred_engine"]["enum"] = ["wasm"]


def lower_maximum(d):
    schema(d, "TaskRequest.Input")["properties"]["request_id"]["maxLength"] = 10


def raise_minimum(d):
    parameter(d, "/v1/tasks", "get", "page_size")["schema"]["minimum"] = 1


def change_pattern(d):
    schema(d, "TaskRequest.Input")["properties"]["intent"]["pattern"] = "^[a-z]+$"


def narrow_array_items(d):
    parameter(d, "/v1/tasks", "get", "states")["schema"]["items"]["enum"].pop()


def narrow_map_values(d):
    schema(d, "TaskRequest.Input")["properties"]["metadata"]["additionalProperties"]["maxLength"] = 1


def require_property(d):
    schema(d, "TaskRequest.Input").setdefault("required", []).append("params")


def require_parameter(d):
    parameter(d, "/v1/tasks", "get", "intent")["required"] = True


def add_required_parameter(d):
    d["paths"]["/v1/tasks"]["get"]["parameters"].append(
        {"name": "project", "in": "query", "required": True, "schema": {"type": "string"}}
    )


def require_body(d):
    d["paths"]["/v1/tasks/{task_id}:cancel"]["post"]["requestBody"]["required"] = True


def remove_body(d):
    del d["paths"]["/v1/tasks/{task_id}:cancel"]["post"]["requestBody"]


def stop_promising(d):
    schema(d, "TaskResult")["required"].remove("status")


def become_null(d):
    schema(d, "TaskResult")["properties"]["status"]["nullable"] = True


def rename_operation(d):
    d["paths"]["/v1/tasks"]["post"]["operationId"] = "Create"


def remove_header(d):
    del d["paths"]["/v1/tasks"]["post"]["responses"]["202"]["headers"]["Location"]


def remove_media_type(d):
    content = d["paths"]["/v1/tasks:stream"]["post"]["responses"]["200"]["content"]
    content["text/plain"] = content.pop("text/event-stream")


def change_event_data(d):
    del schema(d, "TaskEvent")["properties"]["data"]


def remove_security(d):
    d["security"].remove({"apiKeyAuth": []})


def refuse_unknown(d):
    problem = d["components"]["schemas"]["Problem"]
    d["paths"]["/v1/tasks"]["post"]["requestBody"]["content"]["application/json"]["schema"] = problem


BREAKING = {
    change_path: "/v1/tasks: the path was removed",
    remove_method: "GET /v1/tasks: the method was removed",
    remove_parameter: "GET /v1/tasks: the query parameter intent was removed",
    remove_status: "POST /v1/tasks: the status 202 was removed",
    remove_request_property: ".params: the property was removed",
    remove_answer_property: ".usage: the property was removed",
    change_answer_type: ".tokens: the type changed from integer to string",
    narrow_request_type: ".budget_usd: the type changed from number to integer",
    shrink_enum: ".priority: the enum lost 'high'",
    close_open_value: ".preferred_engine: newly limited to ['wasm']",
    lower_maximum: ".request_id: maxLength fell from 255 to 10",
    raise_minimum: "page_size: minimum rose from 0 to 1",
    change_pattern: ".intent: pattern changed",
    narrow_array_items: "states[]: the enum lost 'TASK_STATE_CANCELED'",
    narrow_map_values: ".metadata{}: maxLength fell from 512 to 1",
    require_property: ".params: newly required in a request",
    require_parameter: "the query parameter intent is newly required",
    add_required_parameter: "the query parameter project is newly required",
    require_body: "the request body is newly required",
    remove_body: "the request body was removed",
    stop_promising: ".status: no longer always there in an answer",
    become_null: ".status: may newly be null",
    rename_operation: "operationId changed",
    remove_header: "the header Location was removed",
    remove_media_type: "text/event-stream was removed",
    change_event_data: ".data: the property was removed",
    remove_security: "security: apiKeyAuth is no longer taken",
    refuse_unknown: "the property was removed",
}


def add_path(d):
    d["paths"]["/v1/more"] = {"get": copy.deepcopy(SUBMIT)}


def add_method(d):
    d["paths"]["/v1/tasks/{task_id}"]["delete"] = copy.deepcopy(SUBMIT)


def add_optional_parameter(d):
    d["paths"]["/v1/tasks"]["get"]["parameters"].append(
        {"name": "project", "in": "query", "required": False, "schema": {"type": "string"}}
    )


def add_optional_request_property(d):
    schema(d, "TaskRequest.Input")["properties"]["more"] = {"type": "string"}


def add_answer_property(d):
    schema(d, "TaskResult")["properties"]["more"] = {"type": "string"}
    schema(d, "TaskResult")["required"].append("more")


def widen_enum(d):
    schema(d, "TaskRequest.Input")["properties"]["priority"]["enum"].append("urgent")


def widen_bounds(d):
    schema(d, "TaskRequest.Input")["properties"]["request_id"]["maxLength"] = 1000
    del schema(d, "TaskRequest.Input")["properties"]["intent"]["pattern"]


def add_status(d):
    d["paths"]["/v1/server"]["get"]["responses"]["409"] = {"$ref": "#/components/responses/409"}


def require_less(d):
    schema(d, "TaskRequest.Input")["required"] = []


def take_more_credentials(d):
    d["security"].append({"mutualTLS": []})


def add_error_reason(d):
    d["components"]["schemas"]["Problem"]["properties"]["reason"]["enum"].append("TOO_LATE")


ADDING = [
    add_path,
    add_method,
    add_optional_parameter,
    add_optional_request_property,
    add_answer_property,
    widen_enum,
    widen_bounds,
    add_status,
    require_less,
    take_more_credentials,
    add_error_reason,
]


@pytest.mark.parametrize("change", BREAKING, ids=lambda change: change.__name__)
def test_a_breaking_change_is_refused_and_named(change):
    new = copy.deepcopy(DOCUMENT)
    change(new)
    found = breaks(DOCUMENT, new)
    assert any(BREAKING[change] in sentence for sentence in found), found


@pytest.mark.parametrize("change", ADDING, ids=lambda change: change.__name__)
def test_an_addition_passes(change):
    new = copy.deepcopy(DOCUMENT)
    change(new)
    assert new != DOCUMENT
    assert breaks(DOCUMENT, new) == []


def test_a_description_may_move_into_an_all_of():
    new = copy.deepcopy(DOCUMENT)
    usage = schema(new, "TaskResult")["properties"]["usage"]
    assert "allOf" in usage
    usage["description"] = "In other words."
    assert breaks(DOCUMENT, new) == []


def test_the_command_compares_with_main_and_names_the_changed_path(contract_tree, commit, root):
    command = [sys.executable, "-m", "tools.openapi_diff", "--tree", str(contract_tree)]
    commit()
    unchanged = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (unchanged.returncode, unchanged.stdout) == (0, "openapi: nothing breaks REST clients of main\n")
    document = contract_tree / "openapi/aion.v1.yaml"
    document.write_text(document.read_text().replace("/v1/tasks/{task_id}:cancel:", "/v1/tasks/{task_id}:stop:"))
    changed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert changed.returncode == 1
    assert "/v1/tasks/{task_id}:cancel: the path was removed" in changed.stderr
