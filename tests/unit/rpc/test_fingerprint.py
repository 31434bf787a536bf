"""The fingerprint: the same for the same request however it was written, another for another request."""

import pytest

from aion.adapters.rpc.fingerprint import fingerprint
from aion.v1 import options_pb2, tasks_pb2

PARAMS = {f"key-{number}": "value" for number in range(20)}


def request(**changes: object) -> tasks_pb2.TaskRequest:
    return tasks_pb2.TaskRequest(**{"intent": "echo", "params": PARAMS, **changes})


def test_it_is_32_bytes_and_leaves_the_request_alone():
    one = request(request_id="key")
    assert len(fingerprint(one)) == 32
    assert one == request(request_id="key")


def test_the_order_of_a_maps_keys_does_not_matter():
    backwards = dict(reversed(PARAMS.items()))
    assert fingerprint(request()) == fingerprint(request(params=backwards))


def test_the_order_of_fields_on_the_wire_does_not_matter():
    pieces = [tasks_pb2.TaskRequest(intent="echo"), tasks_pb2.TaskRequest(priority="high")]
    wires = [b"".join(piece.SerializeToString() for piece in order) for order in (pieces, pieces[::-1])]
    decoded = [tasks_pb2.TaskRequest.FromString(wire) for wire in wires]
    assert wires[0] != wires[1]
    assert fingerprint(decoded[0]) == fingerprint(decoded[1])


def test_what_only_shapes_the_call_does_not_count():
    """5.3 The fingerprint covers the request without the fields marked `(aion.v1.call_only)`."""
    marked = {f.name for f in request().DESCRIPTOR.fields if f.GetOptions().Extensions[options_pb2.call_only]}
    assert marked == {"wait", "request_id", "validate_only"}
    shaped = request(request_id="key")
    shaped.wait.seconds = 5
    assert fingerprint(shaped) == fingerprint(request())


@pytest.mark.parametrize(
    "changes",
    [
        {"intent": "story"},
        {"task_id": "t"},
        {"params": {}},
        {"params_json": "{}"},
        {"priority": "high"},
        {"preferred_engine": "module:echo"},
        {"metadata": {"a": "b"}},
        {"schema_version": "1.0"},
        {"sla": tasks_pb2.SLA()},
        {"sla": tasks_pb2.SLA(budget_micros=0)},
    ],
    ids=str,
)
def test_everything_else_counts(changes):
    assert fingerprint(request(**changes)) != fingerprint(request())


def test_requests_of_two_methods_never_share_one():
    same = [tasks_pb2.TaskId(task_id="t"), tasks_pb2.ExplainDecisionRequest(task_id="t")]
    assert same[0].SerializeToString() == same[1].SerializeToString()
    assert fingerprint(same[0]) != fingerprint(same[1])
