"""The SDK and aionctl against a real server: durable store, real keys, real modules."""

import asyncio
import hashlib
import json
import os
import shlex
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import aion_sdk
from aion_sdk import AsyncClient, Client, EventKind, TaskSpec, TaskState, text_of
from tests.e2e.catalogue import REPOSITORY
from tests.e2e.processes import Running, new_tenant, running

BUNDLED = REPOSITORY / "modules"
TEXT = (
    "AION accepts tasks under a promise. A promise names a budget, a latency and a privacy. "
    "The router weighs every engine against the promise and says why. The engine runs apart from the server. "
    "Every event of a task is durable before anyone sees it. A client that was cut off goes on where it was."
)


@pytest.fixture(params=["async", "sync"])
async def do(request: pytest.FixtureRequest, server: Running) -> Any:
    """Call a function with either client of a new tenant: `await do(lambda client: client.tasks.get("id"))`."""
    key = server.key(new_tenant())
    if request.param == "async":

        async def awaited(call: Callable[[Any], Any]) -> Any:
            async with AsyncClient(server.grpc, api_key=key) as client:
                found = call(client)
                return [item async for item in found] if hasattr(found, "__aiter__") else await found

        return awaited

    def plain(call: Callable[[Any], Any]) -> Any:
        with Client(server.grpc, api_key=key) as client:
            found = call(client)
            return list(found) if hasattr(found, "__iter__") and not isinstance(found, tuple) else found

    return lambda call: asyncio.to_thread(plain, call)


async def test_run_returns_a_result_with_decision_attempts_and_usage(do: Any) -> None:
    task = await do(lambda c: c.tasks.run("summarize", text=TEXT, privacy="local-only", budget_usd=0, p95_ms=60_000))
    assert task.raise_for_status().result["summary"]
    assert task.engine.name.startswith("module:summarize@")
    assert [attempt.outcome for attempt in task.attempts] == [aion_sdk.AttemptOutcome.OK]
    assert task.decision.candidates[0].eligible
    assert task.usage.cost_micros == 0
    assert task.promise_kept is True


async def test_stream_gives_dense_offsets_and_the_text_that_watch_gives_too(do: Any) -> None:
    key = str(uuid.uuid4())
    events = await do(lambda c: c.tasks.stream("story", text=TEXT, request_id=key))
    assert [event.offset for event in events] == list(range(1, len(events) + 1))
    assert events[-1].kind is EventKind.DONE
    assert text_of(events) == "Il était une fois 🐢\ndata: not a frame\n\nthe end"
    task = await do(lambda c: c.tasks.submit("story", text=TEXT, request_id=key))
    assert task.replayed
    for after in range(len(events)):
        rest = await do(lambda c, after=after: c.tasks.watch(task.task_id, after_offset=after))
        assert rest == events[after:]
    assert await do(lambda c: c.tasks.watch(task.task_id, after_offset=len(events))) == []


async def test_the_same_request_id_is_one_task_and_another_request_a_conflict(do: Any) -> None:
    key = str(uuid.uuid4())
    first = await do(lambda c: c.tasks.submit("summarize", text=TEXT, request_id=key))
    again = await do(lambda c: c.tasks.submit("summarize", text=TEXT, request_id=key))
    assert (again.task_id, again.replayed) == (first.task_id, True)
    with pytest.raises(aion_sdk.Conflict) as caught:
        await do(lambda c: c.tasks.submit("summarize", text="another", request_id=key))
    assert caught.value.reason == "IDEMPOTENCY_KEY_REUSED"


async def test_list_get_cancel_and_explain_agree_on_a_task(do: Any) -> None:
    task = await do(lambda c: c.tasks.run("redact", text="write to ada@example.org"))
    listed = await do(lambda c: c.tasks.list(states=[TaskState.OK], intent="redact", page_size=1, limit=1))
    assert [item.task_id for item in listed] == [task.task_id]
    assert listed[0].result is None
    assert (await do(lambda c: c.tasks.get(task.task_id))).result["text"] == "write to [EMAIL_1]"
    assert (await do(lambda c: c.tasks.cancel(task.task_id))).state is TaskState.OK
    assert await do(lambda c: c.tasks.explain(task.task_id)) == task.decision


async def test_a_batch_is_accepted_and_refused_one_by_one(do: Any) -> None:
    specs = [TaskSpec.of("summarize", text=TEXT), TaskSpec.of("summarize", {"nothing": "here"})]
    good, bad = await do(lambda c: c.tasks.batch(specs))
    assert good.task.intent == "summarize"
    assert bad.error.reason == "INPUT_SCHEMA_VIOLATION"
    assert "params.text" in {violation.field for violation in bad.error.violations}


async def test_what_is_refused_says_which_field_and_under_which_request_id(do: Any) -> None:
    with pytest.raises(aion_sdk.InvalidRequest) as caught:
        await do(lambda c: c.tasks.submit("summarize", {"nothing": "here"}))
    error = caught.value
    assert error.reason == "INPUT_SCHEMA_VIOLATION"
    assert len(error.request_id) == 36
    assert len(error.trace_id) == 32
    with pytest.raises(aion_sdk.NotFound):
        await do(lambda c: c.tasks.get("nothing"))


async def test_a_wrong_key_is_an_authentication_error(server: Running) -> None:
    async with AsyncClient(server.grpc, api_key="aion_wrong") as client:
        with pytest.raises(aion_sdk.AuthenticationError):
            await client.server.info()


async def test_the_server_says_what_it_is_and_can(do: Any) -> None:
    assert (await do(lambda c: c.server.info())).engines == ("wasm",)
    assert {"redact", "summarize"} <= {intent.name for intent in await do(lambda c: c.catalog.intents())}
    assert {module.health for module in await do(lambda c: c.catalog.modules())} == {aion_sdk.ModuleHealth.READY}


@pytest.mark.slow
async def test_a_stream_outlives_the_death_of_its_server(tmp_path: Path, catalogue: tuple[Path, Path]) -> None:
    with running(tmp_path, *catalogue) as first:
        key = first.key(new_tenant())
        async with (
            AsyncClient(first.grpc, api_key=key, max_reconnects=100) as client,
            client.tasks.stream("endless") as stream,
        ):
            events = [await anext(stream)]
            first.process.kill()
            first.process.wait()
            with running(tmp_path, *catalogue, AION_GRPC_LISTEN=first.grpc):
                assert (await client.tasks.cancel(stream.task_id)).task_id == stream.task_id
                events += [event async for event in stream]
    assert [event.offset for event in events] == list(range(1, len(events) + 1))
    assert stream.task is not None
    assert stream.task.state is TaskState.CANCELED


def aionctl(server: Running, key: str, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from aionctl.main import main; main()", *words]
    environ = os.environ | {"AION_SERVER": server.grpc, "AION_API_KEY": key}
    return subprocess.run(command, check=False, env=environ, input=stdin, capture_output=True, text=True)


def test_aionctl_runs_streams_and_explains(server: Running, tmp_path: Path) -> None:
    key = server.key(new_tenant())
    (tmp_path / "text").write_text(TEXT)
    done = aionctl(server, key, "run", "summarize", "-p", f"text=@{tmp_path / 'text'}", "-o", "json")
    task = json.loads(done.stdout)
    assert (done.returncode, task["state"]) == (0, "OK")
    streamed = aionctl(server, key, "run", "summarize", "-p", "text=@-", "--stream", stdin=TEXT)
    assert (streamed.returncode, streamed.stdout) == (0, task["result"]["summary"] + "\n")
    explained = aionctl(server, key, "route", "explain", task["task_id"])
    assert task["engine"]["name"] in explained.stdout
    assert "DIGEST" in aionctl(server, key, "get", task["task_id"]).stdout
    assert aionctl(server, key, "run", "trapped").returncode == 1
    assert aionctl(server, key, "get", "nothing").returncode == 4


def test_a_module_that_aionctl_shows_can_be_called_as_shown_and_pinned_to_its_bytes(server: Running) -> None:
    key = server.key(new_tenant())
    shown = aionctl(server, key, "modules", "show", "redact@^1")
    assert shown.returncode == 0, shown.stderr
    called = aionctl(server, key, *shlex.split(shown.stdout.rstrip().rpartition("\n")[2])[1:], "-o", "json")
    assert called.returncode == 0, called.stderr
    task = json.loads(called.stdout)
    digest = task["decision"]["engine_digest"]
    assert f"sha256:{hashlib.sha256((BUNDLED / 'redact' / 'redact.wasm').read_bytes()).hexdigest()}" == digest
    assert [attempt["digest"] for attempt in task["attempts"]] == [digest]
    pinned = ["run", "redact", "-p", "text=write to ada@example.org", "-o", "json", "--prefer"]
    ran = json.loads(aionctl(server, key, *pinned, f"module:redact@{digest}").stdout)
    assert (ran["state"], ran["decision"]["digest_pinned"]) == ("OK", True)
    refused = aionctl(server, key, *pinned, f"module:redact@sha256:{'0' * 64}")
    assert (refused.returncode, json.loads(refused.stderr)["error"]["reason"]) == (5, "NO_ELIGIBLE_ENGINE")
    assert digest in refused.stderr
