"""The types of the TypeScript SDK say what the contract says, on a contract made for the test."""

from collections.abc import Callable
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2
from google.protobuf.compiler import plugin_pb2
from grpc_tools import protoc

from tools import repetition
from tools.openapi.contract import ContractUnfit
from tools.typescript.__main__ import generate

ROOT = Path(__file__).resolve().parents[2]
HEAD = """
// How things are asked for. And answered.
syntax = "proto3";
package aion.v1;
import "aion/v1/options.proto";
import "buf/validate/validate.proto";
import "google/api/annotations.proto";
import "google/api/field_behavior.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/timestamp.proto";
"""
CONTRACT = """
// How it feels.
enum Mood {
  // Never sent.
  MOOD_UNSPECIFIED = 0;
  // Well.
  MOOD_VERY_GOOD = 1;
}
// Who may look.
enum Reach {
  // Means ALL.
  REACH_UNSPECIFIED = 0;
  // All.
  REACH_ALL = 1;
}
// A thing that waits for `wait_time` before `SLEEP_NOW`, as `whsec_` says.
message Thing {
  // Its id, no `inner.wait_time`; of its `inner.text` and `inner_life.wait_time`.
  string thing_id = 1 [(google.api.field_behavior) = REQUIRED];
  int64 small = 2 [(aion.v1.json) = {number: true}];
  int64 big = 3;
  optional bool sure = 4;
  google.protobuf.Duration wait_time = 5;
  google.protobuf.Timestamp make_time = 6 [(google.api.field_behavior) = OUTPUT_ONLY];
  string body_json = 7 [(aion.v1.json) = {name: "body" embed: true}];
  map<string, string> labels = 8;
  repeated Mood moods = 9;
  Reach reach = 10;
  string tone = 11 [(buf.validate.field).string = {in: ["", "low", "high"]}];
  Inner inner = 12;
}
message Inner { string text = 1; }
message MakeThingRequest { Thing thing = 1; }
message MakeThingResponse { Thing thing = 1; }
message GetThingRequest { string thing_id = 1; }
message AskRequest { string request_id = 1 [(aion.v1.header) = "Idempotency-Key"]; }
service ThingService {
  rpc MakeThing(MakeThingRequest) returns (MakeThingResponse) {
    option (google.api.http) = {post: "/v1/things" body: "*"};
  }
  rpc GetThing(GetThingRequest) returns (MakeThingResponse) {
    option (google.api.http) = {get: "/v1/things/{thing_id}"};
  }
  rpc Ask(AskRequest) returns (MakeThingResponse) { option (google.api.http) = {post: "/v1/ask" body: "*"}; }
}
"""

Write = Callable[[str], dict[str, str]]


@pytest.fixture
def write(tmp_path: Path, third_party_protos: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Return the files that a contract gives."""
    for name in list(repetition.BY_NATURE):
        monkeypatch.delitem(repetition.BY_NATURE, name)

    def files(contract: str) -> dict[str, str]:
        (tmp_path / "things.proto").write_text(HEAD + contract)
        image = tmp_path / "image.binpb"
        bundled = Path(protoc.__file__).parent / "_proto"
        folders = [f"-I{folder}" for folder in (tmp_path, ROOT / "proto", third_party_protos, bundled)]
        flags = ["--include_imports", "--include_source_info", f"--descriptor_set_out={image}"]
        assert protoc.main(["protoc", *folders, *flags, "things.proto"]) == 0
        image_files = descriptor_pb2.FileDescriptorSet.FromString(image.read_bytes()).file
        return generate(plugin_pb2.CodeGeneratorRequest(file_to_generate=["things.proto"], proto_file=image_files))

    return files


@pytest.fixture
def things(write: Write) -> str:
    return write(CONTRACT)["things.ts"]


def interface(text: str, name: str) -> dict[str, str]:
    body = text.partition(f"export interface {name} {{\n")[2].partition("\n}")[0]
    members = (line.strip().rstrip(";") for line in body.splitlines() if "*" not in line)
    return dict(member.removeprefix("readonly ").split(": ", 1) for member in members)


def test_what_a_server_sends_is_plain_and_whole(things: str) -> None:
    assert interface(things, "Thing") == {
        "thingId": "string",
        "small": "number",
        "big": "bigint",
        "sure": "boolean | null",
        "waitTimeMs": "number | null",
        "makeTime": "Date | null",
        "body": "unknown | null",
        "labels": "Readonly<Record<string, string>>",
        "moods": "readonly Mood[]",
        "reach": "Reach",
        "tone": '"low" | "high" | (string & {})',
        "inner": "Inner | null",
    }


def test_what_a_client_sends_may_be_left_out_unless_it_is_required(things: str) -> None:
    said = interface(things, "ThingInput")
    assert said["thingId"] == "string"
    assert said["small?"] == "number | undefined"
    assert said["waitTimeMs?"] == "number | null | undefined"
    assert said["moods?"] == "readonly Mood[] | undefined"
    assert said["inner?"] == "InnerInput | null | undefined"
    assert not any(name.startswith("makeTime") for name in said), "output only"


def test_an_enum_is_a_union_with_a_word_for_what_is_newer(things: str) -> None:
    assert 'export type Mood = "UNKNOWN" | "VERY_GOOD";' in things
    assert 'export type Reach = "UNKNOWN" | "UNSPECIFIED" | "ALL";' in things, "a zero that means something is a value"


def test_what_is_written_is_checked_by_the_contract_s_names(things: str) -> None:
    members = things.partition("export const THING_MEMBERS = [")[2].partition("];")[0]
    assert '"makeTime"' in members, "what was read may be written again"
    assert 'checkMembers("thing", input, THING_MEMBERS);' in things
    assert 'writeMs(input.waitTimeMs, "wait_time")' in things
    assert 'writeList(input.moods, "moods").map((item) => writeMood(item, "moods"))' in things
    assert 'writeMap(input.labels, "labels")' in things


def test_comments_come_along_and_name_fields_as_typescript_does(things: str) -> None:
    assert "/** A thing that waits for `waitTimeMs` before `SLEEP_NOW`, as `whsec_` says. */" in things
    said = "Its id, no `inner.wait_time`; of its `inner.text` and `innerLife.waitTimeMs`."
    assert f"  /** {said} */\n  readonly thingId: string;" in things
    assert things.startswith("// Generated from proto/")
    assert "\n// How things are asked for. And answered.\n" in things


def test_envelopes_of_calls_are_no_types(things: str) -> None:
    assert "MakeThing" not in things
    assert "GetThing" not in things


def test_what_may_be_repeated_says_its_verb_or_its_key(write: Write) -> None:
    methods = write(CONTRACT)["methods.ts"]
    both = '["aion.v1.ThingService.GetThing", "aion.v1.ThingService.Ask"]'
    assert f"export const REPEATABLE: ReadonlySet<string> = new Set({both});" in methods
    assert "MakeThing" not in methods


def test_a_change_that_names_an_etag_and_a_deletion_are_said_apart(write: Write) -> None:
    more = """
      rpc ChangeThing(ChangeThingRequest) returns (MakeThingResponse) {
        option (google.api.http) = {put: "/v1/things/{thing_id}" body: "thing"};
      }
      rpc DropThing(GetThingRequest) returns (MakeThingResponse) {
        option (google.api.http) = {delete: "/v1/things/{thing_id}"};
      }
    """
    asked = "message Kept { string etag = 1; }\nmessage ChangeThingRequest { string thing_id = 1; Kept thing = 2; }\n"
    contract = CONTRACT.replace("service ThingService {", f"{asked}service ThingService {{{more}")
    methods = write(contract)["methods.ts"]
    assert 'REPEATABLE_WITHOUT_ETAG: ReadonlySet<string> = new Set(["aion.v1.ThingService.ChangeThing"]);' in methods
    assert 'DELETIONS: ReadonlySet<string> = new Set(["aion.v1.ThingService.DropThing"]);' in methods
    assert 'KEYED: ReadonlySet<string> = new Set(["aion.v1.ThingService.Ask"]);' in methods


def test_a_key_under_another_name_is_refused(write: Write) -> None:
    with pytest.raises(ContractUnfit, match="must be called request_id"):
        write(CONTRACT.replace("AskRequest { string request_id", "AskRequest { string own_key"))


def test_an_exception_for_an_rpc_that_is_gone_is_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(repetition.BY_NATURE, "MakeNothing", "it does nothing")
    with pytest.raises(ContractUnfit, match="MakeNothing"):
        write(CONTRACT)


@pytest.mark.parametrize("field", ["bytes blob = 20;", "map<string, int32> counts = 20;"])
def test_a_type_without_a_form_is_refused_by_name(write: Write, field: str) -> None:
    with pytest.raises(ContractUnfit, match=r"aion\.v1\.Inner"):
        write(CONTRACT.replace("message Inner { string text = 1;", f"message Inner {{ string text = 1; {field}"))
