"""What a task tells through HTTP itself: status, Location, and whether it is a replay."""

from google.protobuf.message import Message

from aion.adapters.transports.header_fields import preference
from aion.adapters.transports.http.answers import Headers
from aion.v1 import lifecycle_pb2, tasks_pb2

SUBMIT = "/aion.v1.AionTasks/Submit"
_GOES_ON = frozenset({lifecycle_pb2.TASK_STATE_PENDING, lifecycle_pb2.TASK_STATE_RUNNING})


def acceptance_headers(message: Message) -> Headers:
    """Where the accepted task can be read, and whether an earlier call made it; none for what was only validated."""
    if not isinstance(message, tasks_pb2.TaskResult) or message.state == lifecycle_pb2.TASK_STATE_UNSPECIFIED:
        return []
    headers: Headers = [(b"location", f"/v1/tasks/{message.task_id}".encode())]
    if message.replayed:
        headers.append((b"idempotent-replayed", b"true"))
    return headers


def submit_status(message: Message) -> int:
    """202 while the task goes on; 200 when it has ended, however it ended, or was only validated."""
    return 202 if isinstance(message, tasks_pb2.TaskResult) and message.state in _GOES_ON else 200


def preference_applied(headers: dict[str, str]) -> Headers:
    """Says that the wait was honoured (RFC 7240)."""
    wait = preference(headers["prefer"], "wait") if "prefer" in headers else None
    return [] if wait is None else [(b"preference-applied", b"wait=" + wait.encode())]
