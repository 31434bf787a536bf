"""How many tasks are submitted as few calls: what one call may carry, and how many go at once."""

from collections.abc import Iterable, Iterator

from aion_sdk._wire import encode
from aion_sdk.errors import ConfigurationError
from aion_sdk.options import MOST_AT_ONCE
from aion_sdk.requests import TaskSpec, whole_spec

MOST_TASKS = 100
"""Of one SubmitBatch, by the contract."""

MOST_BYTES = 3 * 1024 * 1024
"""The server takes 4 MiB; each task brings some bytes of framing, and a single one above this goes alone."""


def check_concurrency(concurrency: object) -> None:
    """Raises ConfigurationError unless so many calls may be under way at once."""
    if not isinstance(concurrency, int) or not 1 <= concurrency <= MOST_AT_ONCE:
        raise ConfigurationError(f"concurrency must be 1 to {MOST_AT_ONCE}, not {concurrency!r}")


def chunks(specs: Iterable[TaskSpec]) -> Iterator[list[TaskSpec]]:
    """Cut tasks into calls, in their order."""
    chunk: list[TaskSpec] = []
    size = 0
    for spec in specs:
        weight = len(encode.task_request(whole_spec(spec)))
        if chunk and (len(chunk) == MOST_TASKS or size + weight > MOST_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(spec)
        size += weight
    if chunk:
        yield chunk
