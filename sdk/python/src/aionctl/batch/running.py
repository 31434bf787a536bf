"""Keeps so many lines in flight, no more, from first to last."""

import asyncio
from collections.abc import Iterator

from aion_sdk import AionError, AsyncClient, BatchOutcome, RateLimited, Task
from aionctl.batch.results import Results, Tally
from aionctl.batch.rows import LineWrong, Row
from aionctl.output.progress import Progress

CHUNK = 100
MOST_WAITS = 100
"""A full queue is how the server says `slower`: a line is offered so often again, after the pauses that it was told."""

PAUSE = 1.0
"""Seconds, when the server did not say."""


async def run_all(
    client: AsyncClient, rows: Iterator[Row], results: Results, progress: Progress, tally: Tally, *, concurrency: int
) -> None:
    """Submit each line, wait for its end and count it. Raises LineWrong; what is in flight then ends first."""

    async def worker() -> None:
        for row in rows:
            if row.spec.request_id in results.ended_before:
                tally.done_before += 1
            else:
                await one(row)
            progress.told(tally.words)

    async def one(row: Row) -> None:
        try:
            task = await _run(client, row)
        except AionError as error:
            tally.count_error(error)
            results.write_error(row, error)
            progress.note(f"line {row.number}: {error}")
            return
        tally.count_task(task)
        results.write_task(row, task)
        if task.error is not None:
            progress.note(
                f"line {row.number}: {task.task_id} {task.state.value}: {task.error.code}: {task.error.message}"
            )

    # The workers share the iterator: the event loop runs one of them at a time, so each line goes to one.
    outcomes = await asyncio.gather(*(worker() for _ in range(concurrency)), return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome


async def submit_all(
    client: AsyncClient, rows: Iterator[Row], results: Results, progress: Progress, tally: Tally
) -> None:
    """Submit each line, wait for none and count it. Raises LineWrong, when the lines before are submitted."""
    chunk: list[Row] = []

    async def send() -> None:
        if not chunk:
            return
        for row, outcome in await _submit(client, chunk):
            _tell(row, outcome, tally, results, progress)
        chunk.clear()
        progress.told(tally.words)

    try:
        for row in rows:
            if row.spec.request_id in results.ended_before:
                tally.done_before += 1
                continue
            chunk.append(row)
            if len(chunk) == CHUNK:
                await send()
    except LineWrong:
        await send()
        raise
    await send()


async def _run(client: AsyncClient, row: Row) -> Task:
    for _ in range(MOST_WAITS):
        try:
            return await client.tasks.run(row.spec)
        except RateLimited as slower:
            await asyncio.sleep(slower.retry_after or PAUSE)
    return await client.tasks.run(row.spec)


async def _submit(client: AsyncClient, rows: list[Row]) -> list[tuple[Row, BatchOutcome]]:
    told: list[tuple[Row, BatchOutcome]] = []
    waiting = list(rows)
    for left in reversed(range(MOST_WAITS)):
        outcomes = list(zip(waiting, await client.tasks.batch([row.spec for row in waiting]), strict=True))
        slower = [outcome.error for _, outcome in outcomes if left and isinstance(outcome.error, RateLimited)]
        told += [pair for pair in outcomes if pair[1].error not in slower]
        waiting = [row for row, outcome in outcomes if outcome.error in slower]
        if not waiting:
            break
        await asyncio.sleep(max(error.retry_after or PAUSE for error in slower))
    return sorted(told, key=lambda pair: pair[0].number)


def _tell(row: Row, outcome: BatchOutcome, tally: Tally, results: Results, progress: Progress) -> None:
    if outcome.error is not None:
        tally.count_error(outcome.error)
        results.write_error(row, outcome.error)
        progress.note(f"line {row.number}: {outcome.error}")
    else:
        task = outcome.accepted()
        tally.count_task(task)
        results.write_task(row, task)
