"""The metrics of a server that nobody else uses: each number is what was done, no more and no less."""

import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.answers import Document
from tests.e2e.callers import Caller, callers_of, task_request
from tests.e2e.catalogue import install, write_small_catalogue
from tests.e2e.faces import BY_NAME, refusal
from tests.e2e.patience import eventually
from tests.e2e.processes import Running, running
from tests.host_processes import hosts_of

STREAM, SUBMIT = BY_NAME["Stream"], BY_NAME["Submit"]
COUNTED = ("aion_tasks_accepted_total", "aion_tasks_ended_total", "aion_attempt_seconds_count", "aion_trouble_total")

Page = dict[tuple[str, ...], float]
"""Values by name and labels."""


@pytest.fixture
def quiet(tmp_path: Path) -> Iterator[Running]:
    """A server with one slot, so that a task waits while another runs."""
    config, modules = write_small_catalogue(tmp_path)
    install(modules, "trapped", "reaches_the_unreachable")
    with running(tmp_path, config, modules, AION_WORKER_SLOTS="1") as ready:
        yield ready


@pytest.fixture
async def caller(quiet: Running) -> AsyncIterator[Caller]:
    """The only one who calls."""
    async with callers_of(quiet) as make:
        yield make()


async def test_every_task_call_and_commit_is_counted_once_however_it_ends(caller: Caller):
    """By its engine, by a cancel or by the clock, running or waiting."""
    before = await page(caller)
    ended = [await caller.submit(wait=30, request_id="once"), await caller.submit(intent="trapped", wait=30)]
    again = await caller.rest.unary(SUBMIT, task_request(request_id="once", wait=30))
    assert again["replayed"]
    async with aclosing(caller.grpc.stream(STREAM, task_request(intent="endless"))) as frames:
        running_id = (await anext(frames)).document["task_id"]
        assert (await anext(frames)).document["text"] == "I run"
        waits = await caller.submit()
        ended.append(await caller.cancel(waits["task_id"]))
        ended.append(await expired_in_the_queue(caller))
        await caller.cancel(running_id)
        assert [frame.name async for frame in frames] == ["error"]
    ended.append(await caller.get(running_id))
    refused = await refusal(caller.rest, SUBMIT, task_request(intent="nobody-offers-this"))

    after = await eventually(lambda: _between_commits(caller), "no page that no commit is in the middle of")
    grown = {series: value - before.get(series, 0) for series, value in after.items()}
    assert {series: value for series, value in grown.items() if series[0] in COUNTED and value} == {
        ("aion_tasks_accepted_total", "echo"): 3,
        ("aion_tasks_accepted_total", "trapped"): 1,
        ("aion_tasks_accepted_total", "endless"): 1,
        ("aion_tasks_ended_total", "echo", "OK"): 1,
        ("aion_tasks_ended_total", "trapped", "ERROR"): 1,
        ("aion_tasks_ended_total", "echo", "CANCELED"): 1,
        ("aion_tasks_ended_total", "echo", "TIMEOUT"): 1,
        ("aion_tasks_ended_total", "endless", "CANCELED"): 1,
        ("aion_attempt_seconds_count", "module:echo@1.0.0", "OK"): 1,
        ("aion_attempt_seconds_count", "module:trapped@1.0.0", "FAILED"): 1,
        ("aion_attempt_seconds_count", "module:endless@1.0.0", "CANCELED"): 1,
    }
    assert grown["aion_events_appended_total",] == sum(int(task["last_offset"]) for task in ended)
    assert grown["aion_requests_refused_total", refused.reason] == 1
    assert grown["aion_requests_total", "OK", "/aion.v1.AionTasks/Submit", "grpc"] == 4
    assert grown["aion_requests_total", "OK", "/aion.v1.AionTasks/Submit", "rest"] == 1
    # Five accepts, three settles, two cancels and an expiry are writes; how many share a commit is chance.
    assert grown["aion_commit_writes_sum",] >= 11
    assert 0 < grown["aion_commit_writes_count",] <= grown["aion_commit_writes_sum",]
    assert grown["aion_commit_seconds_count",] == grown["aion_commit_writes_count",]
    for level in ("aion_queue_depth", "aion_attempts_running", "aion_waiters", "aion_watchers"):
        assert after[level,] == 0, level


async def _between_commits(caller: Caller) -> Page | None:
    """A page on which every commit is counted in both ways or in neither: the writer does not wait for readers."""
    read = await page(caller)
    return read if read["aion_commit_seconds_count",] == read["aion_commit_writes_count",] else None


async def test_no_tenant_task_or_key_is_a_label(caller: Caller):
    task = await caller.submit(wait=30)
    written = repr(await page(caller))
    assert "module:echo@1.0.0" in written
    assert caller.tenant not in written
    assert task["task_id"] not in written


async def test_a_replaced_host_is_counted(quiet: Running, caller: Caller):
    (host,) = hosts_of(quiet.process.pid)
    assert (await page(caller))["aion_engine_hosts_alive",] == 1
    os.kill(host, signal.SIGKILL)
    assert (await caller.submit(wait=30))["status"] == "OK"

    async def replaced() -> Page | None:
        found = await page(caller)
        return found if found["aion_engine_hosts_alive",] else None

    after = await eventually(replaced, "another host takes the place")
    assert {series: value for series, value in after.items() if series[0] == "aion_engine_host_restarts_total"} == {
        ("aion_engine_host_restarts_total", "died"): 1
    }
    assert hosts_of(quiet.process.pid) != [host]


async def expired_in_the_queue(caller: Caller) -> Document:
    """A task whose time is up before it gets the slot."""
    request = task_request(wait=30)
    request.expire_time.FromDatetime(datetime.now(UTC) + timedelta(seconds=1))
    ended = await caller.grpc.unary(SUBMIT, request)
    assert (ended["status"], ended.get("attempts", [])) == ("TIMEOUT", [])
    return ended


async def page(caller: Caller) -> Page:
    """What the server counts now."""
    answer = await caller.rest.client.get("/metrics", headers=dict(caller.rest.headers))
    assert answer.status_code == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
