"""Errors say which task they are about, and under which key the call was made: whoever lost an answer can look."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from aion_sdk.errors import AionError


def tell(error: AionError, *, task_id: str = "", idempotency_key: str = "") -> None:
    """Tell an error what it is about, where it does not say so already."""
    said = error.details
    key = said.idempotency_key or idempotency_key
    error.details = replace(said, task_id=said.task_id or task_id, idempotency_key=key)


@contextmanager
def about(*, task_id: str = "", idempotency_key: str = "") -> Iterator[None]:
    """Tell an error that passes."""
    try:
        yield
    except AionError as error:
        tell(error, task_id=task_id, idempotency_key=idempotency_key)
        raise
