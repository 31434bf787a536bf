"""Celery's application: durable as AION is, and without what costs a peer time and is not needed here.

A task is acknowledged after its result is stored, and given to another worker when its own is lost.
"""

import os

from celery import Celery

from benchmarks.peers.broker_and_workers import BROKER

app = Celery("peer", broker=os.environ[BROKER], backend=os.environ[BROKER])
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=8,
    task_serializer="json",
    result_serializer="json",
    accept_content=["json"],
    worker_disable_rate_limits=True,
    worker_send_task_events=False,
    broker_connection_retry_on_startup=True,
)


@app.task(name="echo")  # type: ignore[untyped-decorator]
def echo(text: str) -> str:
    """The job."""
    return text
