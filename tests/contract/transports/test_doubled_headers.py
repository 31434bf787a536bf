"""8.11 What may stand once beside a call and stands twice is refused over gRPC as over REST: two proxies could each
believe another one.
"""

import grpc
import pytest

from aion.v1 import tasks_pb2
from tests.contract.transports.front_door import Door
from tests.e2e.answers import refusal_of_rpc

pytestmark = pytest.mark.asyncio(loop_scope="module")
KEY = ("authorization", "Bearer good")


async def rest(door: Door, *headers: tuple[str, str]) -> tuple[str, str]:
    """Reason and sentence of the refusal; empty when there is none."""
    problem = (await door.client.get("/v1/tasks/t", headers=list(headers))).json()
    return problem.get("reason", ""), problem.get("detail", "")


async def rpc(door: Door, *metadata: tuple[str, str]) -> tuple[str, str]:
    try:
        request = tasks_pb2.TaskId(task_id="t").SerializeToString()
        await door.channel.unary_unary("/aion.v1.AionTasks/StatusById")(request, metadata=metadata)
    except grpc.aio.AioRpcError as error:
        refused = refusal_of_rpc(error)
        return refused.reason, refused.message
    return "", ""


@pytest.mark.parametrize(
    ("beside", "reason"),
    [
        ([KEY], ""),
        ([KEY, ("x-anything", "1"), ("x-anything", "2")], ""),
        ([KEY, KEY], "UNAUTHENTICATED"),
        ([("authorization", "Bearer bad"), KEY], "UNAUTHENTICATED"),
        ([KEY, ("authorization", "Bearer bad")], "UNAUTHENTICATED"),
        ([("x-api-key", "bad"), ("x-api-key", "good")], "UNAUTHENTICATED"),
        ([KEY, ("x-api-key", "good"), ("x-api-key", "good")], "MALFORMED_REQUEST"),
        ([KEY, ("x-request-id", "1"), ("x-request-id", "2")], "MALFORMED_REQUEST"),
    ],
)
async def test_grpc_refuses_what_rest_refuses_in_the_same_words(door: Door, beside, reason):
    refused = await rpc(door, *beside)
    assert refused == await rest(door, *beside)
    assert refused[0] == reason
    assert len(door.script.calls) == (0 if reason else 2)
