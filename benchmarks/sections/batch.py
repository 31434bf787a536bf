"""Tasks handed over at once, in calls of a hundred, until all of them have ended."""

import asyncio
import statistics
import time

from grpc import aio

from aion.v1 import tasks_pb2
from benchmarks import servers
from benchmarks.load import WrongAnswer, channel_to
from benchmarks.report import Figure, Row, Section
from benchmarks.scale import Scale
from benchmarks.scraping import scrape, total
from benchmarks.submits import TEXT, bearer, new_key

TASKS_A_CALL = 100
"""As many as one call takes."""

_LOOK_SECONDS = 0.02
_GIVE_UP_SECONDS = 120.0
_METHOD = "/aion.v1.AionTasks/SubmitBatch"


def measure(scale: Scale) -> Section:
    """One batch after the other; each when the one before has ended."""
    accepted, ended, tasks = [], [], TASKS_A_CALL * scale.batch_calls
    with servers.aion() as server:
        for number in range(scale.batches):
            began = time.perf_counter()
            asyncio.run(_accept(server, scale.batch_calls, number))
            accepted.append(time.perf_counter() - began)
            _wait_for(server, tasks * (number + 1))
            ended.append(time.perf_counter() - began)
    rows = [
        Row(
            what,
            (
                Figure("tasks/s", tasks / statistics.median(took)),
                Figure("p50 ms", 1000 * statistics.median(took)),
                Figure("slowest ms", 1000 * max(took)),
            ),
        )
        for what, took in (("accepted durably", accepted), ("all ended", ended))
    ]
    return Section(
        f"Batch of {tasks:,}",
        f"{scale.batch_calls} calls of SubmitBatch at once, {TASKS_A_CALL} tasks each, over one connection; times from "
        f"the first call. {scale.batches} batches. The end is seen with up to {1000 * _LOOK_SECONDS:.0f} ms of delay.",
        tuple(rows),
    )


async def _accept(server: servers.Served, calls: int, number: int) -> None:
    async with channel_to(server.grpc) as channel:
        method: aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(_METHOD)
        task = tasks_pb2.TaskRequest(intent="redact", params={"text": TEXT})
        batch = [
            tasks_pb2.SubmitBatchRequest(requests=[task] * TASKS_A_CALL, request_id=new_key(number))
            for _ in range(calls)
        ]
        answers = (method(one.SerializeToString(), metadata=bearer(server.api_key)) for one in batch)
        for data in await asyncio.gather(*answers):
            answer = tasks_pb2.SubmitBatchResponse.FromString(data)
            wrong = [outcome for outcome in answer.outcomes if outcome.WhichOneof("outcome") != "task"]
            if wrong or len(answer.outcomes) != TASKS_A_CALL:
                raise WrongAnswer(wrong or answer)


def _wait_for(server: servers.Served, count: int) -> None:
    """Returns when so many tasks have ended, all of them well. Raises WrongAnswer."""
    give_up = time.monotonic() + _GIVE_UP_SECONDS
    while (ended := total(samples := scrape(server), "aion_tasks_ended_total")) < count:
        if time.monotonic() > give_up:
            raise WrongAnswer(f"{ended:.0f} of {count} tasks ended in {_GIVE_UP_SECONDS:.0f} s")
        time.sleep(_LOOK_SECONDS)
    if total(samples, "aion_tasks_ended_total", state="OK") != count:
        raise WrongAnswer("not every task of the batch ended OK")
