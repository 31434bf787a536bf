"""One good request for every RPC, and the task that they are about. A test holds this table against the descriptors."""

from collections.abc import Callable

from google.protobuf.message import Message

from aion.v1 import catalog_pb2, server_pb2, tasks_pb2
from tests.e2e.callers import Caller, task_request
from tests.e2e.faces import BY_NAME

TASK_ID = "the-example"


def story() -> tasks_pb2.TaskRequest:
    """The request that made the example; sent again it is a replay."""
    return task_request(intent="story", task_id=TASK_ID, request_id="example", metadata={"a": "b"})


EXAMPLES: dict[str, Callable[[], Message]] = {
    "Submit": story,
    "Stream": story,
    "StatusById": lambda: tasks_pb2.TaskId(task_id=TASK_ID),
    "Watch": lambda: tasks_pb2.WatchRequest(task_id=TASK_ID, after_offset=2),
    "Cancel": lambda: tasks_pb2.CancelRequest(task_id=TASK_ID),
    "ListTasks": lambda: tasks_pb2.ListTasksRequest(page_size=10, intent="story", states=[3, 4]),
    "SubmitBatch": lambda: tasks_pb2.SubmitBatchRequest(requests=[story()]),
    "ExplainDecision": lambda: tasks_pb2.ExplainDecisionRequest(task_id=TASK_ID),
    "ListIntents": lambda: catalog_pb2.ListIntentsRequest(page_size=100),
    "ListModules": lambda: catalog_pb2.ListModulesRequest(page_size=100),
    "GetServerInfo": server_pb2.GetServerInfoRequest,
}


async def make_example(caller: Caller) -> None:
    """Runs the example to its end."""
    request = story()
    request.wait.seconds = 30
    task = await caller.grpc.unary(BY_NAME["Submit"], request)
    assert task["status"] == "OK"
