"""What a receiver is told of an ended task: the task as REST lists show it, and its result when that is small."""

from typing import TYPE_CHECKING, Any, Final

import orjson

from aion.adapters.rpc.task_messages import to_summary
from aion.adapters.transports.json.codec import encode
from aion.domain.tasks import Task
from aion.ports.webhooks import WebhookPayload

MOST_RESULT_BYTES: Final = 64 << 10
"""Larger results are left out and said to be: a receiver that has verified the message reads the task."""

_NOT_SHOWN: Final = ("attempts", "decision", "event", "replayed")


class TaskPayload:
    """Standard Webhooks' envelope: `type`, `timestamp` (when the task ended) and `data`."""

    def __call__(self, event: str, task: Task) -> bytes:
        """The body. An ended task keeps its end; what it has cost may still be noted later, and shows."""
        if task.end_time is None:
            raise ValueError(f"the task {task.task_id} has not ended")
        data: dict[str, Any] = orjson.loads(encode(to_summary(task)))
        for name in _NOT_SHOWN:
            data.pop(name, None)
        whole = task.result_json is None or len(task.result_json.encode()) <= MOST_RESULT_BYTES
        data["result"] = orjson.Fragment(task.result_json) if task.result_json is not None and whole else None
        data["result_truncated"] = not whole
        return orjson.dumps({"type": event, "timestamp": data["end_time"], "data": data})


if TYPE_CHECKING:
    _: type[WebhookPayload] = TaskPayload
