"""What REST JSON is taken, and how the rest is refused."""

import math

import pytest
from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st

from aion.adapters.rpc.validation import Validation
from aion.adapters.transports.json.codec import decode, encode
from aion.adapters.transports.json.decoder import decode_members
from aion.adapters.transports.json.form import protobuf_form
from aion.domain.errors import MalformedRequest, ValidationFailed
from aion.v1 import events_pb2, tasks_pb2


def refused(data: str | bytes, into=tasks_pb2.TaskRequest) -> MalformedRequest:
    with pytest.raises(MalformedRequest) as caught:
        decode(into, data.encode() if isinstance(data, str) else data)
    return caught.value


def test_a_whole_request_is_decoded():
    request = decode(
        tasks_pb2.TaskRequest,
        b'{"schema_version":"1.0","task_id":"a","intent":"summarize","params":{"text":"x"},"priority":"high",'
        b'"sla":{"budget_usd":0.5,"p95_ms":"300","privacy":"local-only","budget_micros":7},'
        b'"metadata":{"k":"v"},"expire_time":"2030-01-01T00:00:00.5+01:00","request_id":"r","wait":"1.5s"}',
    )
    expected = tasks_pb2.TaskRequest(
        schema_version="1.0",
        task_id="a",
        intent="summarize",
        params={"text": "x"},
        priority="high",
        sla=tasks_pb2.SLA(budget_usd=0.5, p95_ms=300, privacy="local-only", budget_micros=7),
        metadata={"k": "v"},
        request_id="r",
    )
    expected.expire_time.FromJsonString("2030-01-01T00:00:00.5+01:00")
    expected.wait.FromJsonString("1.5s")
    assert request == expected


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("", "the body is empty"),
        ("{", "not JSON"),
        ('{"intent":"x"} {}', "not JSON"),
        ('{"intent":NaN}', "not JSON"),
        ('{"intent":Infinity}', "not JSON"),
        ("{'intent':'x'}", "not JSON"),
        ('{"intent":"x",}', "not JSON"),
        (b'{"intent":"\xff"}', "not JSON"),
        (b"\xff\xfe{\x00}\x00", "not JSON"),
        ('{"intent":"\\ud800"}', "not JSON"),
        ('{"a":' * 2000 + "1" + "}" * 2000, "not JSON"),
        ("[]", "the body is an array"),
        ('"x"', "the body is a string"),
        ("null", "the body is null"),
        ("true", "the body is a boolean"),
        ("3", "the body is a number"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(data, says):
    assert says in refused(data).message


@pytest.mark.parametrize(
    ("data", "field", "says"),
    [
        ('{"intnt":"x"}', "intnt", "did you mean intent?"),
        ('{"taskId":"x"}', "taskId", "did you mean task_id?"),
        ('{"zzz":1}', "zzz", "the fields are schema_version, task_id"),
        ('{"intent":5}', "intent", "must be a string"),
        ('{"intent":{}}', "intent", "must be a string"),
        ('{"sla":[]}', "sla", "must be a JSON object, not an array"),
        ('{"sla":"x"}', "sla", "not a string"),
        ('{"sla":{"p95":1}}', "sla.p95", "did you mean p95_ms?"),
        ('{"sla":{"p95_ms":"x"}}', "sla.p95_ms", "must be an integer"),
        ('{"sla":{"p95_ms":1.5}}', "sla.p95_ms", "must be an integer"),
        ('{"sla":{"p95_ms":true}}', "sla.p95_ms", "must be an integer"),
        ('{"sla":{"p95_ms":2147483648}}', "sla.p95_ms", "must be an integer, 0 or more"),
        ('{"sla":{"budget_micros":9223372036854775808}}', "sla.budget_micros", "must be an integer"),
        ('{"sla":{"budget_micros":1e300}}', "sla.budget_micros", "must be an integer"),
        ('{"sla":{"budget_micros":"٣"}}', "sla.budget_micros", "must be an integer"),
        ('{"sla":{"budget_usd":"much"}}', "sla.budget_usd", "must be a number"),
        ('{"sla":{"budget_usd":false}}', "sla.budget_usd", "must be a number"),
        ('{"params":[]}', "params", "must be a JSON object"),
        ('{"params":{"a":1}}', 'params["a"]', "must be a string"),
        ('{"params":{"a":null}}', 'params["a"]', "must be a string"),
        ('{"wait":3}', "wait", "must be seconds with an s, such as 5s"),
        ('{"wait":"3"}', "wait", "must be seconds with an s"),
        ('{"wait":"999999999999s"}', "wait", "must be at most"),
        ('{"expire_time":1893456000}', "expire_time", "must be an RFC 3339 time such as 2030-01-31T12:00:00Z"),
        ('{"expire_time":"tomorrow"}', "expire_time", "RFC 3339"),
        ('{"expire_time":"2030-02-30T00:00:00Z"}', "expire_time", "RFC 3339"),
        ('{"expire_time":"0001-01-01T00:00:00+14:00"}', "expire_time", "RFC 3339"),
    ],
)
def test_a_member_that_does_not_fit_is_named_with_what_would(data, field, says):
    error = refused(data)
    assert [v.field for v in error.violations] == [field]
    assert says in error.message
    assert error.message.startswith(field)


def test_a_name_that_no_field_can_have_is_compared_with_none(monkeypatch):
    monkeypatch.setattr("difflib.get_close_matches", lambda *_, **__: pytest.fail("compared at length"))
    assert "the fields are schema_version" in refused('{"' + "intent" * 100_000 + '":1}').violations[0].description


def test_a_misfit_inside_a_list_is_named_by_its_index():
    error = refused('{"requests":[{"intent":"a"},{"intent":5}]}', tasks_pb2.SubmitBatchRequest)
    assert error.violations[0].field == "requests[1].intent"


def test_enums_are_taken_by_name_or_number_and_others_refused():
    request = decode(tasks_pb2.ListTasksRequest, b'{"states":["TASK_STATE_OK",4]}')
    assert list(request.states) == [3, 4]
    assert "TASK_STATE_OK" in refused('{"states":["TASK_STATE_OKAY"]}', tasks_pb2.ListTasksRequest).message


@pytest.mark.parametrize("name", ["max_events", "maxEvents"])
def test_a_field_for_messages_alone_is_taken_by_protobufs_mapping_and_is_unknown_to_rest(name):
    members = {"task_id": "t", name: 3}
    assert decode_members(tasks_pb2.WatchRequest, members, protobuf_form).max_events == 3
    with pytest.raises(MalformedRequest) as caught:
        decode_members(tasks_pb2.WatchRequest, members)
    assert caught.value.message == f"{name} is not a field here; the fields are task_id, after_offset"


def test_null_means_unset():
    assert decode(tasks_pb2.TaskRequest, b'{"sla":null,"intent":"x","params":null}') == tasks_pb2.TaskRequest(
        intent="x"
    )


def test_two_members_of_one_choice_are_refused():
    error = refused('{"task":{},"error":{}}', tasks_pb2.BatchOutcome)
    assert error.violations[0].field == "task"
    assert "must be unset when error is set" in error.message


def test_nan_by_protobufs_name_is_decoded_so_that_the_rules_can_refuse_it():
    assert math.isnan(decode(tasks_pb2.SLA, b'{"budget_usd":"NaN"}').budget_usd)


def test_an_embedded_document_is_decoded_back_to_text():
    event = decode(events_pb2.TaskEvent, b'{"offset":"3","data":{"a":[1]}}')
    assert (event.offset, event.data_json) == (3, '{"a":[1]}')


texts = st.text(st.characters(codec="utf-8"), max_size=20)


@given(
    st.builds(
        tasks_pb2.TaskRequest,
        task_id=texts,
        intent=texts,
        params=st.dictionaries(texts, texts, max_size=3),
        params_json=texts,
        request_id=texts,
        sla=st.builds(
            tasks_pb2.SLA,
            budget_usd=st.floats(allow_nan=False),
            p95_ms=st.integers(-(2**31), 2**31 - 1),
            budget_micros=st.integers(-(2**63), 2**63 - 1),
        ),
    )
)
def test_what_is_encoded_is_decoded_to_the_same_message_and_protobufs_own_parser_agrees(request):
    data = encode(request)
    assert decode(tasks_pb2.TaskRequest, data) == request
    assert json_format.Parse(data, tasks_pb2.TaskRequest()) == request


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from([f.name for f in tasks_pb2.TaskRequest.DESCRIPTOR.fields]), junk))
def test_any_json_object_is_decoded_or_refused_with_the_one_error(members):
    from aion.adapters.transports.json.decoder import decode_members

    try:
        message = decode_members(tasks_pb2.TaskRequest, members)
    except MalformedRequest as error:
        message, named = None, error.violations[0].field
    else:
        named = next(iter(members), "")
    assert message is not None or named.split(".")[0].split("[")[0] in members


def test_of_a_map_that_is_too_long_one_entry_more_than_it_may_have_is_read():
    """The contract refuses it by that one, as it refuses the whole over every transport."""
    metadata = {f"k{entry}": "" for entry in range(33)} | {f"wrong{entry}": 0 for entry in range(1000)}
    request = decode_members(tasks_pb2.TaskRequest, {"intent": "echo", "metadata": metadata})
    assert len(request.metadata) == 33
    with pytest.raises(ValidationFailed, match="metadata map must be at most 32 entries"):
        Validation().check(request)
    del metadata["k0"]
    with pytest.raises(MalformedRequest, match="wrong0"):
        decode_members(tasks_pb2.TaskRequest, {"intent": "echo", "metadata": metadata})
