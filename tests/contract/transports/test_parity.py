"""Every RPC of the contract gives one answer, or one refusal, whatever transport it comes over."""

import pytest
from grpc import StatusCode

from aion.adapters.rpc.errors import HTTP_OF_CODE, HTTP_OF_REASON
from aion.domain.identity import ALL_SCOPES
from tests.contract.transports.examples import EXAMPLES, TASK_ID, make_example
from tests.e2e.callers import Caller, MakeCaller
from tests.e2e.faces import BY_NAME, collect, refusal

pytestmark = pytest.mark.parametrize("name", sorted(BY_NAME))
RUN_ALL = "intent:*:run"


async def answer(face, name):
    method = BY_NAME[name]
    if method.streams:
        return await collect(face, method, EXAMPLES[name]())
    return await face.unary(method, EXAMPLES[name]())


async def refused_alike(caller: Caller, name: str, request):
    """The refusal of a call, after it was the same over every transport."""
    by_grpc, by_rest = [await refusal(face, BY_NAME[name], request) for face in caller.faces]
    assert by_rest == by_grpc
    expected = HTTP_OF_REASON.get(by_grpc.reason) or HTTP_OF_CODE[StatusCode[by_grpc.code]]
    assert by_rest.http_status == expected
    return by_grpc


def test_there_is_an_example_of_it(name):
    assert name in EXAMPLES
    assert EXAMPLES[name]().DESCRIPTOR is BY_NAME[name].descriptor.input_type


async def test_the_answer_is_the_same(caller: Caller, name):
    """8.1 REST JSON is the canonical result of the contract."""
    await make_example(caller)
    by_grpc, by_rest = [await answer(face, name) for face in caller.faces]
    assert by_rest == by_grpc
    assert by_grpc


async def test_without_credentials_it_is_refused(callers: MakeCaller, name):
    refused = await refused_alike(callers(key=""), name, EXAMPLES[name]())
    assert (refused.code, refused.reason) == ("UNAUTHENTICATED", "UNAUTHENTICATED")
    assert "aion keys create" in refused.message


async def test_with_a_wrong_key_it_is_refused(callers: MakeCaller, name):
    refused = await refused_alike(callers(key="aion_" + "x" * 60), name, EXAMPLES[name]())
    assert (refused.code, refused.reason) == ("UNAUTHENTICATED", "UNAUTHENTICATED")


async def test_without_its_scope_it_is_refused(callers: MakeCaller, name):
    scope = BY_NAME[name].scope
    refused = await refused_alike(callers(scopes=ALL_SCOPES - {scope}), name, EXAMPLES[name]())
    assert (refused.code, refused.reason) == ("PERMISSION_DENIED", "PERMISSION_DENIED")
    assert refused.facts == {"scope": scope}


async def test_with_its_scope_alone_it_is_served(callers: MakeCaller, name):
    everything = callers()
    await make_example(everything)
    only = callers(tenant=everything.tenant, scopes=frozenset({BY_NAME[name].scope, RUN_ALL}))
    for face in only.faces:
        assert await answer(face, name)


async def test_a_task_that_is_not_there_is_refused_alike(caller: Caller, name):
    if "task_id" not in BY_NAME[name].request.DESCRIPTOR.fields_by_name or name in {"Submit", "Stream"}:
        # It names no task that must exist; that it is served with an empty tenant is what there is to see.
        assert [await answer(face, name) for face in caller.faces]
        return
    refused = await refused_alike(caller, name, EXAMPLES[name]())
    assert (refused.code, refused.reason) == ("NOT_FOUND", "TASK_NOT_FOUND")
    assert TASK_ID in refused.message


async def test_a_field_that_breaks_a_rule_is_refused_alike(caller: Caller, name):
    request = EXAMPLES[name]()
    fields = request.DESCRIPTOR.fields_by_name
    if "task_id" in fields:
        field, request.task_id = "task_id", "not-an-id!"
    elif "page_size" in fields:
        field, request.page_size = "page_size", -1
    elif "requests" in fields:
        field, request.requests[0].intent = "requests[0].intent", "Not An Intent"
    else:
        assert list(fields) == []
        return
    by_grpc, by_rest = [await refusal(face, BY_NAME[name], request) for face in caller.faces]
    for refused in (by_grpc, by_rest):
        assert (refused.code, refused.reason) == ("INVALID_ARGUMENT", "VALIDATION_FAILED")
        assert field in [violated for violated, _ in refused.violations]
