"""Every RPC of the contract gives one answer, or one refusal, whatever transport it comes over, against a whole server.

What never depends on what stands behind the front door (draining, limits, sizes, bytes) is in test_refusals.py.
"""

from typing import Any

import pytest

from aion.adapters.rpc.handlers import handlers
from aion.domain.errors import DeliveryNotFound, ScheduleNotFound, TaskNotFound, WebhookNotFound
from aion.domain.identity import ALL_SCOPES
from aion.v1.catalog_pb2 import DescribeModuleRequest
from tests.contract.transports.examples import EXAMPLES
from tests.contract.transports.matrix import PAGE, TRANSPORTS, gaps, is_served, page, serving
from tests.contract.transports.normal import normal
from tests.contract.transports.preparations import NOWHERE, World
from tests.contract.transports.statuses import right_status
from tests.e2e.callers import Caller, MakeCaller
from tests.e2e.faces import BY_NAME, Face, collect, refusal
from tests.e2e.transcoding import bindings, named_by

every_rpc = pytest.mark.parametrize("name", sorted(BY_NAME))
RUN_ALL = "intent:*:run"
MISSING = {
    "task_id": TaskNotFound.reason,
    "schedule_id": ScheduleNotFound.reason,
    "webhook_id": WebhookNotFound.reason,
    "delivery_id": DeliveryNotFound.reason,
}


async def prepared(caller: Caller, name: str) -> World:
    """The world that the example is about."""
    world = World(caller)
    for prepare in EXAMPLES[name].prepare:
        await prepare(world)
    return world


async def answer(face: Face, name: str, request: Any) -> Any:
    if BY_NAME[name].streams:
        return await collect(face, BY_NAME[name], request)
    return await face.unary(BY_NAME[name], request)


async def refused_alike(caller: Caller, name: str, request: Any) -> Any:
    """The refusal of a call, after it was the same over every transport."""
    refusals = {}
    for face in serving(caller.every_face, name):
        refused = refusals[face.name] = await refusal(face, BY_NAME[name], request)
        assert right_status(face, refused), face.name
    for face_name, refused in refusals.items():
        assert refused == refusals["grpc"], face_name
    return refusals["grpc"]


def test_the_page_shows_the_matrix_as_it_is():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.contract.transports.matrix"


@every_rpc
def test_there_is_an_example_of_it(name):
    assert name in EXAMPLES
    assert EXAMPLES[name].sample().DESCRIPTOR is BY_NAME[name].descriptor.input_type


@every_rpc
def test_it_has_a_handler(name):
    table = handlers(use_cases=None)  # type: ignore[arg-type]
    assert BY_NAME[name].path in {**table.unary, **table.stream}


def test_the_table_of_examples_has_no_other_rows():
    assert set(EXAMPLES) == set(BY_NAME)


def test_every_gap_is_named_with_a_reason_and_no_gap_is_served():
    names = [(gap.transport, name) for gap in gaps() for name in gap.rpcs]
    assert len(names) == len(set(names))
    assert all(gap.reason and gap.transport in TRANSPORTS and set(gap.rpcs) <= set(BY_NAME) for gap in gaps())
    for name, method in BY_NAME.items():
        assert is_served(name, "grpc")
        assert is_served(name, "sse") == (method.streams and bool(bindings(method)))
        assert is_served(name, "rest") == (not method.streams and bool(bindings(method)))


def test_the_faces_of_a_caller_are_all_transports(caller: Caller):
    assert {face.name for face in caller.every_face} | {"sse"} == set(TRANSPORTS)
    socket = caller.every_face[-1]
    assert {name for name in BY_NAME if is_served(name, "ws")} == socket.carries  # type: ignore[union-attr]


@every_rpc
async def test_the_answer_is_the_same(callers: MakeCaller, name):
    """8.11 The same call gives the same answer, and the same refusal."""
    caller, answers = callers(), {}
    world = await prepared(caller, name)
    for index, face in enumerate(serving(caller.every_face, name)):
        if EXAMPLES[name].changes and index:
            caller = callers()
            world = await prepared(caller, name)
        own = serving(caller.every_face, name)[index]
        answers[face.name] = normal(await answer(own, name, EXAMPLES[name].request(world)))
    for face_name, got in answers.items():
        assert got == answers["grpc"], face_name


@every_rpc
async def test_with_a_wrong_key_it_is_refused(callers: MakeCaller, name):
    refused = await refused_alike(callers(key="aion_" + "x" * 60), name, EXAMPLES[name].sample())
    assert (refused.code, refused.reason) == ("UNAUTHENTICATED", "UNAUTHENTICATED")


@every_rpc
async def test_without_its_scope_it_is_refused(callers: MakeCaller, name):
    scope = BY_NAME[name].scope
    refused = await refused_alike(callers(scopes=ALL_SCOPES - {scope}), name, EXAMPLES[name].sample())
    assert (refused.code, refused.reason) == ("PERMISSION_DENIED", "PERMISSION_DENIED")
    assert refused.facts == {"scope": scope}


@every_rpc
async def test_with_its_scope_alone_it_is_served(callers: MakeCaller, name):
    everything = callers()
    world = await prepared(everything, name)
    scopes = EXAMPLES[name].also | {BY_NAME[name].scope, RUN_ALL}
    only = callers(tenant=everything.tenant, scopes=scopes)
    await answer(only.grpc, name, EXAMPLES[name].request(world))


@pytest.mark.parametrize("name", sorted(name for name in BY_NAME if EXAMPLES[name].names))
async def test_what_another_tenant_has_cannot_be_told_from_what_is_not_there(callers: MakeCaller, caller: Caller, name):
    """1.2 Its key is (tenant, task id). What one tenant has cannot be told from what does not exist by another."""
    request = EXAMPLES[name].request(await prepared(caller, name))
    stranger = callers()
    refused = await refused_alike(stranger, name, request)
    assert (refused.code, refused.reason) == ("NOT_FOUND", MISSING[EXAMPLES[name].names])
    there = getattr(request, EXAMPLES[name].names)
    nowhere = await refused_alike(stranger, name, EXAMPLES[name].request(NOWHERE))
    assert refused.message.replace(there, "ID") == nowhere.message.replace(NOWHERE.task_id, "ID")
    assert refused.facts.keys() == nowhere.facts.keys()


@pytest.mark.parametrize("version", ["", "^3", f"sha256:{'0' * 64}"])
async def test_a_module_that_is_not_there_is_refused_alike(caller: Caller, version: str):
    """9.9 A module that is not installed is `MODULE_NOT_FOUND`, and so is a version that nothing installed fits."""
    name = "echo" if version else "ekho"
    refused = await refused_alike(caller, "DescribeModule", DescribeModuleRequest(name=name, version=version))
    assert (refused.code, refused.reason) == ("NOT_FOUND", "MODULE_NOT_FOUND")
    assert ("there are 2.0.0, 1.0.0" if version else "did you mean echo?") in refused.message


@every_rpc
async def test_a_field_that_breaks_a_rule_is_refused_alike(caller: Caller, name):
    request = EXAMPLES[name].sample()
    field = EXAMPLES[name].breaks(request)
    if not field:
        assert not request.DESCRIPTOR.fields
        return
    for face in serving(caller.every_face, name):
        refused = await refusal(face, BY_NAME[name], request)
        assert (refused.code, refused.reason) == ("INVALID_ARGUMENT", "VALIDATION_FAILED"), face.name
        named = named_by(face.name, BY_NAME[name], field)
        assert named in [violated for violated, _ in refused.violations], face.name
