"""Streams through the durable log: many tasks write tokens at a pace, each is watched; and watchers that come back."""

import asyncio
import math
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from grpc import aio

from aion.v1 import tasks_pb2
from benchmarks import servers
from benchmarks.callers import keys_of_tenants
from benchmarks.load import Latencies, channel_to
from benchmarks.paced_module import INTENT, write_module
from benchmarks.processes import processor_seconds
from benchmarks.report import Aim, Figure, Row, Section, at_least, at_most
from benchmarks.scale import FULL, Scale
from benchmarks.submits import SUBMIT, bearer
from benchmarks.watching import Watcher, over_grpc, over_sse

PACE = 50
"""Tokens a second of each stream."""

WATCHER_COMES = 0.015
"""Seconds for each stream before a guest's first token: by then all watchers are there, and what is measured is no rush
of calls.
"""

TENANTS = 8
LANES_OF_A_HOST = 16
LANES_SPARE = 24
"""One tenant gets no lane once few are free, so there are more than streams."""

Watch = Callable[[servers.Served, Sequence[Watcher]], Awaitable[None]]
WAYS: dict[str, Watch] = {"SSE": over_sse, "gRPC": over_grpc}


def measure(scale: Scale) -> Section:
    """Every stream from its beginning; again, left and resumed half way; then all come back to logs that have ended."""
    tokens = int(PACE * scale.stream_seconds)
    hosts = math.ceil((scale.streams + LANES_SPARE) / LANES_OF_A_HOST)
    rows = []
    with tempfile.TemporaryDirectory(prefix="aion-bench-") as folder:
        modules = write_module(Path(folder), tokens, 10**9 // PACE, int(_all_watch(scale) * 10**9))
        with servers.aion(
            AION_MODULES_DIR=str(modules), AION_ENGINE_HOSTS=str(hosts), AION_WORKER_SLOTS=str(2 * scale.streams)
        ) as server:
            keys = keys_of_tenants(server, TENANTS)
            for name, watch in WAYS.items():
                used = processor_seconds(server.pid)
                watchers = asyncio.run(_watched(server, keys, scale, watch))
                used = processor_seconds(server.pid) - used
                rows.append(_streamed(f"{name}: {scale.streams} streams, {PACE}/s each", watchers, tokens, scale, used))
            for name, watch in WAYS.items():
                watchers, back = asyncio.run(_resumed(server, keys, scale, watch))
                rows.append(_came_back(f"{name}: all leave and resume half way", watchers, tokens, back))
            for name, watch in WAYS.items():
                again = [Watcher(one.task_id, one.api_key, tokens // 2) for one in watchers]
                used, back = processor_seconds(server.pid), time.monotonic_ns()
                asyncio.run(_watch(watch, server, again))
                used = processor_seconds(server.pid) - used
                row = _came_back(f"{name}: all read the second half of ended logs", again, tokens, back)
                rows.append(Row(row.subject, (*row.figures, _server_us(used, again))))
    return Section(
        "Streams through the durable log",
        f"WASM guests write a token each {1000 // PACE} ms for {scale.stream_seconds:g} s, once all are watched; a "
        "token is its own time of writing, so `added` is from the guest's write to the watcher's hands: host process, "
        "append, commit, watch and the client's reading. Counted while all streams run. Who comes back and `had all "
        f"before` waits for no first token. {TENANTS} tenants, {hosts} host processes for so many guests at once; they "
        "and the watchers share the "
        "processors with the server.",
        tuple(rows),
    )


def _all_watch(scale: Scale) -> float:
    return scale.streams * WATCHER_COMES


async def _watch(watch: Watch, server: servers.Served, watchers: Sequence[Watcher]) -> None:
    await watch(server, watchers)


async def _watched(server: servers.Served, keys: Sequence[str], scale: Scale, watch: Watch) -> list[Watcher]:
    watchers = await _started(server, keys, scale)
    await watch(server, watchers)
    return watchers


async def _resumed(
    server: servers.Served, keys: Sequence[str], scale: Scale, watch: Watch
) -> tuple[list[Watcher], int]:
    """The watchers at the end, and when all of them came back."""
    watchers = await _started(server, keys, scale)
    watching = asyncio.ensure_future(watch(server, watchers))
    done, _ = await asyncio.wait((watching,), timeout=_all_watch(scale) + scale.stream_seconds / 2)
    if done:
        await watching
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    back = time.monotonic_ns()
    await watch(server, [one for one in watchers if not one.ended])
    return watchers, back


async def _started(server: servers.Served, keys: Sequence[str], scale: Scale) -> list[Watcher]:
    async with channel_to(server.grpc) as channel:
        method: aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(SUBMIT)
        asked = tasks_pb2.TaskRequest(intent=INTENT, params_json="{}").SerializeToString()
        chosen = [keys[number % len(keys)] for number in range(scale.streams)]
        answers = await asyncio.gather(*(method(asked, metadata=bearer(key)) for key in chosen))
    ids = [tasks_pb2.TaskResult.FromString(answer).task_id for answer in answers]
    return [Watcher(*one) for one in zip(ids, chosen, strict=True)]


def _streamed(what: str, watchers: Sequence[Watcher], tokens: int, scale: Scale, used: float) -> Row:
    begin, end = _together(watchers)
    added = [
        (arrived - written) / 1e9
        for one in watchers
        for written, arrived in zip(one.written, one.arrived, strict=True)
        if begin <= written < end
    ]
    arrived = sum(begin <= at < end for one in watchers for at in one.arrived)
    latencies = Latencies(sorted(added))
    # The aims are those of the whole measurement.
    rate, tail = (
        (at_least(9_800), at_most(25))
        if (scale.streams, scale.stream_seconds) == (FULL.streams, FULL.stream_seconds)
        else (None, None)
    )
    return Row(
        what,
        (
            Figure("offered/s", len(watchers) * PACE),
            Figure("written/s", len(added) / (end - begin) * 1e9),
            Figure("arrived/s", arrived / (end - begin) * 1e9, rate),
            Figure("added p50 ms", latencies.quantile(0.5), None, 1),
            Figure("added p99 ms", latencies.quantile(0.99), tail, 1),
            _wrong(watchers, tokens),
            _server_us(used, watchers),
        ),
    )


def _together(watchers: Sequence[Watcher]) -> tuple[int, int]:
    """From when to when all streams ran; where they never did, which a smoke run may see, when any did."""
    begin, end = max(one.written[0] for one in watchers), min(one.written[-1] for one in watchers)
    if begin < end:
        return begin, end
    return min(one.written[0] for one in watchers), max(one.written[-1] for one in watchers)


def _came_back(what: str, watchers: Sequence[Watcher], tokens: int, back: int) -> Row:
    """Of those for whom anything was left; the others waited for nothing, so they are counted apart."""
    came = [after for one in watchers if (after := [at - back for at in one.arrived if at >= back])]
    figures: tuple[Figure, ...] = ()
    if came:
        waits = Latencies(sorted(one[0] / 1e9 for one in came))
        figures = (
            Figure("arrived/s", sum(map(len, came)) / max(one[-1] for one in came) * 1e9),
            Figure("first token p50 ms", waits.quantile(0.5), None, 1),
            Figure("first token p99 ms", waits.quantile(0.99), None, 1),
        )
    nothing_left = Figure("had all before", len(watchers) - len(came))
    return Row(what, (*figures, nothing_left, _wrong(watchers, tokens)))


def _server_us(seconds: float, watchers: Sequence[Watcher]) -> Figure:
    return Figure("server us a token", 1e6 * seconds / sum(len(one.written) for one in watchers))


def _wrong(watchers: Sequence[Watcher], tokens: int) -> Figure:
    aim: Aim = at_most(0)
    return Figure("lost, twice or out of order", sum(one.missed(tokens) for one in watchers), aim)
