"""taskiq's broker over a stream, its results beside it. The worker acknowledges a task when its result is stored."""

import os

from taskiq_redis import RedisAsyncResultBackend, RedisStreamBroker

from benchmarks.peers.broker_and_workers import BROKER

broker = RedisStreamBroker(os.environ[BROKER]).with_result_backend(
    RedisAsyncResultBackend(os.environ[BROKER], result_ex_time=3600)
)


@broker.task("echo")
async def echo(text: str) -> str:
    """The job."""
    return text
