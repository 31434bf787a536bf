"""The REST document says what the contract says: every rule of the projection, on a contract made for the test."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf import descriptor_pb2
from google.protobuf.compiler import plugin_pb2
from grpc_tools import protoc
from openapi_spec_validator import validate

from tools.openapi.__main__ import generate
from tools.openapi.contract import ContractUnfit

ROOT = Path(__file__).resolve().parents[2]
HEAD = """
syntax = "proto3";
package test.v1;
import "aion/v1/options.proto";
import "buf/validate/validate.proto";
import "google/api/annotations.proto";
import "google/api/field_behavior.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/timestamp.proto";
enum Reason { REASON_UNSPECIFIED = 0; REASON_TOO_LATE = 1; }
"""
CONTRACT = """
// Asks. For a thing.
message AskRequest {
  // Who asks.
  string who = 1 [(google.api.field_behavior) = REQUIRED, (buf.validate.field).string = {min_len: 2 max_len: 9}];
  string mood = 2 [(buf.validate.field).string = {in: ["", "good"]}];
  int32 count = 3 [(buf.validate.field).int32 = {gte: 1 lt: 9}];
  int64 big = 4;
  int64 small = 5 [(aion.v1.json) = {number: true}];
  repeated string tags = 6 [(buf.validate.field).repeated = {max_items: 3 unique: true items: {string: {max_len: 4}}}];
  map<string, string> labels = 7 [(buf.validate.field).map = {max_pairs: 2 values: {string: {max_len: 5}}}];
  string body_json = 8 [(aion.v1.json) = {name: "body" embed: true}];
  Reason reason = 9 [(buf.validate.field).enum = {defined_only: true not_in: [0]}];
  string request_id = 10 [(aion.v1.header) = "Idempotency-Key", (buf.validate.field).string.max_len = 7];
  google.protobuf.Duration wait = 11 [(aion.v1.header) = "Prefer"];
  Shared shared = 12;
}
message Shared { string text = 1 [(aion.v1.json) = {always: true}]; }
message AskResponse {
  Shared shared = 1 [(aion.v1.json) = {always: true}];
  string answer_json = 2 [(aion.v1.json) = {name: "answer" embed: true always: true}];
  int64 tokens = 3 [(aion.v1.json) = {always: true number: true}];
  google.protobuf.Timestamp time = 4;
  AskResponse again = 5;
  repeated AskResponse more = 6 [(aion.v1.rpc_only) = true];
}
message FollowRequest {
  string id = 1 [(buf.validate.field).string.pattern = "^[a-z]+$"];
  int64 after = 2 [(aion.v1.header) = "Last-Event-ID", (buf.validate.field).int64.gte = 0];
  int32 most = 3 [(aion.v1.rpc_only) = true];
}
message StopRequest { string id = 1; string why = 2; }
// Serves.
service AskService {
  // Asks. At length.
  rpc Ask(AskRequest) returns (AskResponse) { option (google.api.http) = {post: "/v1/asks" body: "*"}; }
  rpc Follow(FollowRequest) returns (stream AskResponse) {
    option (google.api.http) = {get: "/v1/asks/{id}:follow" additional_bindings: {get: "/v1/follow/{id}"}};
  }
  rpc Stop(StopRequest) returns (AskResponse) {
    option (google.api.http) = {post: "/v1/asks/{id}:stop" body: "*" response_body: "shared"};
  }
  rpc Silent(StopRequest) returns (AskResponse);
}
"""


@pytest.fixture
def written(tmp_path: Path, third_party_protos: Path) -> Callable[..., dict[str, Any]]:
    """Return the document of a contract."""

    def write(contract: str, more: str = "") -> dict[str, Any]:
        (tmp_path / "test.proto").write_text(HEAD + contract)
        image = tmp_path / "image.binpb"
        bundled = Path(protoc.__file__).parent / "_proto"
        folders = [f"-I{folder}" for folder in (tmp_path, ROOT / "proto", third_party_protos, bundled)]
        flags = ["--include_imports", "--include_source_info", f"--descriptor_set_out={image}"]
        assert protoc.main(["protoc", *folders, *flags, "test.proto"]) == 0
        request = plugin_pb2.CodeGeneratorRequest(
            file_to_generate=["test.proto"],
            parameter=f"title=Test,version=1,reasons=test.v1.Reason{more}",
            proto_file=descriptor_pb2.FileDescriptorSet.FromString(image.read_bytes()).file,
        )
        return yaml.safe_load(generate(request)["test.v1.yaml"])

    return write


@pytest.fixture
def document(written) -> dict[str, Any]:
    found = written(CONTRACT)
    validate(found)
    return found


@pytest.fixture
def ask(document) -> dict[str, Any]:
    return document["components"]["schemas"]["test.v1.AskRequest"]


def test_bodies_to_try_stand_where_their_rpc_is_bound(written, tmp_path):
    shown = {"friendly": {"summary": "Kindly.", "value": {"who": "ada"}}}
    examples = tmp_path / "examples.yml"
    examples.write_text(yaml.safe_dump({"test.v1.AskService.Ask": shown}))
    found = written(CONTRACT, f",examples={examples}")
    validate(found)
    bodies = {
        path: item["post"]["requestBody"]["content"]["application/json"].get("examples")
        for path, item in found["paths"].items()
        if "post" in item
    }
    assert bodies == {"/v1/asks": shown, "/v1/asks/{id}:stop": None}
    examples.write_text(yaml.safe_dump({"test.v1.AskService.Aks": shown}))
    with pytest.raises(ContractUnfit, match=r"test\.v1\.AskService\.Aks"):
        written(CONTRACT, f",examples={examples}")


def test_a_field_for_messages_alone_is_not_shown(document):
    names = {parameter["name"] for parameter in document["paths"]["/v1/asks/{id}:follow"]["get"]["parameters"]}
    assert {"id", "after"} < names
    assert "most" not in names
    shown = document["components"]["schemas"]["test.v1.AskResponse"]["properties"]
    assert "again" in shown
    assert "more" not in shown


def test_paths_about_no_one_thing_come_first_and_custom_verbs_before_what_would_swallow_them(document):
    assert list(document["paths"]) == ["/v1/asks", "/v1/asks/{id}:follow", "/v1/asks/{id}:stop", "/v1/follow/{id}"]


def test_a_request_refuses_what_it_does_not_know_and_names_what_it_needs(ask):
    assert ask["additionalProperties"] is False
    assert ask["required"] == ["who"]


def test_validation_rules_become_keywords(ask):
    said = ask["properties"]
    assert said["who"] == {"type": "string", "minLength": 2, "maxLength": 9, "description": "Who asks."}
    assert said["mood"] == {"type": "string", "enum": ["", "good"]}
    assert said["count"] == {
        "type": "integer",
        "format": "int32",
        "minimum": 1,
        "maximum": 9,
        "exclusiveMaximum": True,
    }
    assert said["tags"] == {
        "type": "array",
        "items": {"type": "string", "maxLength": 4},
        "maxItems": 3,
        "uniqueItems": True,
    }
    assert said["labels"] == {
        "type": "object",
        "additionalProperties": {"type": "string", "maxLength": 5},
        "maxProperties": 2,
    }
    assert said["reason"] == {"type": "string", "enum": ["REASON_TOO_LATE"]}


def test_a_64_bit_integer_is_text_unless_the_contract_says_number(ask):
    assert ask["properties"]["big"]["type"] == "string"
    assert ask["properties"]["small"]["type"] == "integer"


def test_an_embedded_document_has_its_own_name_and_any_shape(ask):
    assert ask["properties"]["body"] == {}
    assert "body_json" not in ask["properties"]


def test_what_is_always_written_is_required_in_an_answer_and_null_when_unset(document):
    answer = document["components"]["schemas"]["test.v1.AskResponse"]
    assert answer["required"] == ["shared", "answer", "tokens"]
    assert answer["properties"]["shared"] == {
        "allOf": [{"$ref": "#/components/schemas/test.v1.Shared"}],
        "nullable": True,
    }
    assert answer["properties"]["answer"] == {"nullable": True}
    assert "nullable" not in answer["properties"]["tokens"]
    assert "additionalProperties" not in answer


def test_a_message_that_is_sent_and_returned_has_two_schemas(document, ask):
    assert ask["properties"]["shared"] == {"$ref": "#/components/schemas/test.v1.Shared.Input"}
    schemas = document["components"]["schemas"]
    assert schemas["test.v1.Shared.Input"]["additionalProperties"] is False
    assert schemas["test.v1.Shared"]["required"] == ["text"]


def test_a_call_that_can_wait_answers_200_or_202_with_a_location(document):
    operation = document["paths"]["/v1/asks"]["post"]
    assert {"200", "202"} < operation["responses"].keys()
    assert "Location" in operation["responses"]["202"]["headers"]
    headers = {p["name"]: p for p in operation["parameters"] if p["in"] == "header"}
    assert headers.keys() == {"Idempotency-Key", "Prefer"}
    assert headers["Idempotency-Key"]["schema"] == {"type": "string", "maxLength": 7}


def test_an_operation_names_its_method_and_its_comment(document):
    operation = document["paths"]["/v1/asks"]["post"]
    assert operation["operationId"] == "AskService_Ask"
    assert operation["x-grpc-method"] == "/test.v1.AskService/Ask"
    assert operation["x-grpc-body"] == "*"
    assert operation["summary"] == "Asks."
    assert operation["description"] == "Asks. At length."


def test_every_route_of_a_method_is_served_and_has_its_own_name(document):
    names = [document["paths"][path]["get"]["operationId"] for path in ("/v1/asks/{id}:follow", "/v1/follow/{id}")]
    assert names == ["AskService_Follow", "AskService_Follow_1"]
    assert len(document["paths"]) == 4


def test_a_route_with_a_verb_stands_before_the_route_that_would_swallow_it(written):
    document = written("""
message A { string id = 1; }
service S {
  rpc Get(A) returns (A) { option (google.api.http) = {get: "/v1/a/{id}"}; }
  rpc Stop(A) returns (A) { option (google.api.http) = {post: "/v1/a/{id}:stop" body: "*"}; }
}
""")
    assert list(document["paths"]) == ["/v1/a/{id}:stop", "/v1/a/{id}"]


def test_a_stream_is_server_sent_events_that_resume(document):
    operation = document["paths"]["/v1/follow/{id}"]["get"]
    (kind, content), *others = operation["responses"]["200"]["content"].items()
    assert (kind, others) == ("text/event-stream", [])
    assert content["x-event-data"] == {"$ref": "#/components/schemas/test.v1.AskResponse"}
    found = {(p["in"], p["name"]): p for p in operation["parameters"]}
    assert found["path", "id"]["required"] is True
    assert found["query", "after"]["schema"]["type"] == "integer"
    assert found["header", "Last-Event-ID"]["schema"] == {"type": "string", "pattern": "^[0-9]{1,19}$"}


def test_what_stands_in_the_path_is_not_in_the_body_and_an_empty_body_is_fine(document):
    body = document["paths"]["/v1/asks/{id}:stop"]["post"]["requestBody"]
    assert body["required"] is False
    assert document["components"]["schemas"]["test.v1.StopRequest.Body"]["properties"].keys() == {"why"}


def test_response_body_answers_with_that_field_alone(document):
    operation = document["paths"]["/v1/asks/{id}:stop"]["post"]
    assert operation["responses"]["200"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/test.v1.Shared"
    }


def test_refusals_are_problems_with_the_reasons_of_the_contract(document):
    assert document["components"]["schemas"]["Problem"]["properties"]["reason"]["enum"] == ["TOO_LATE"]
    statuses = document["paths"]["/v1/asks"]["post"]["responses"].keys()
    assert statuses >= {"400", "401", "403", "404", "409", "413", "415", "429", "500", "501", "503", "504", "default"}
    for response in document["components"]["responses"].values():
        assert list(response["content"]) == ["application/problem+json"]


def test_callers_authenticate_by_bearer_or_api_key(document):
    assert document["security"] == [{"bearerAuth": []}, {"apiKeyAuth": []}]


SERVICE = (
    "message A {{ {fields} }} service S {{ rpc M(A) returns (A) {{ option (google.api.http) = {{ {route} }}; }} }}"
)


@pytest.mark.parametrize(
    ("fields", "route", "sentence"),
    [
        ("string id = 1;", 'get: "/v1/{name}"', "must be the bare name of a field"),
        ("string id = 1;", 'get: "/v1/{id=x/*}"', "must be the bare name of a field"),
        ("map<string, string> m = 1;", 'get: "/v1/a"', "a query parameter cannot hold it"),
        ("A a = 1;", 'get: "/v1/a"', "a query parameter cannot hold it"),
        ("string id = 1;", 'custom: {kind: "HEAD" path: "/v1/a"}', "use one of get, put, post, delete, patch"),
        ("string id = 1;", 'post: "/v1/a" body: "gone"', "names `gone`, which test.v1.A lacks"),
        ("string id = 1;", 'get: "/v1/a" additional_bindings: {get: "/v1/a"}', "bound by"),
    ],
)
def test_what_rest_cannot_say_is_refused_with_its_name(written, fields, route, sentence):
    with pytest.raises(ContractUnfit, match=sentence):
        written(SERVICE.format(fields=fields, route=route))


def test_the_published_document_is_valid_and_serves_every_annotated_method():
    published = yaml.safe_load((ROOT / "openapi/aion.v1.yaml").read_text())
    validate(published)
    operations = [operation for item in published["paths"].values() for operation in item.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert "/aion.v1.AionTasks/Submit" in {operation["x-grpc-method"] for operation in operations}
