"""A backup that is made while a server serves, and the server that goes on from it."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from aion.v1 import tasks_pb2
from tests.e2e.callers import Caller, callers_of
from tests.e2e.catalogue import write_small_catalogue
from tests.e2e.faces import BY_NAME
from tests.e2e.patience import eventually
from tests.e2e.processes import Running, command, process, serving

UNLIMITED = {"AION_RATE_PER_KEY": "off", "AION_RATE_PER_IP": "off"}
CALLERS = 4


async def caller_of(stack: AsyncExitStack, server: Running, key: str) -> Caller:
    """Somebody with this key, whatever server it was made for."""
    make = await stack.enter_async_context(callers_of(server))
    return make(tenant="acme", key=key)


async def keep_submitting(caller: Caller, name: str, acknowledged: list[str]) -> None:
    """Submits task after task, noting each once its acceptance was answered."""
    number = 0
    while True:
        task_id = f"{name}-{number}"
        await caller.submit(task_id=task_id, params={"text": "x"})
        acknowledged.append(task_id)
        number += 1


@pytest.mark.slow
async def test_everything_acknowledged_before_a_backup_is_there_after_its_restore(tmp_path: Path):
    """15.3 A backup is one moment of the store, not before the command began; no write waits for it.
    15.4 A restored store is one whose process died at that moment: what ran runs again, what was accepted is there.
    """
    catalogue = write_small_catalogue(tmp_path)
    file, there = tmp_path / "backup.tar", tmp_path / "there"
    there.mkdir()
    acknowledged: list[str] = []
    async with AsyncExitStack() as stack:
        server = stack.enter_context(serving(tmp_path, *catalogue, **UNLIMITED))
        key = server.key("acme")
        caller = await caller_of(stack, server, key)
        endless = await caller.submit(task_id="endless", intent="endless")
        assert endless["status"] == "RUNNING"
        load = [asyncio.create_task(keep_submitting(caller, f"load-{n}", acknowledged)) for n in range(CALLERS)]
        await eventually(lambda: enough(acknowledged, 60), "60 tasks were acknowledged")
        before = list(acknowledged)
        said = await asyncio.to_thread(process, server.data, "backup", str(file))
        assert said.code == 0, said.stderr
        await eventually(lambda: enough(acknowledged, len(before) + CALLERS), "writes go on during and after a backup")
        for task in load:
            task.cancel()
        results = await asyncio.gather(*load, return_exceptions=True)
        assert [type(result) for result in results] == [asyncio.CancelledError] * CALLERS
        server.process.kill()
    assert command(there / "data", "restore", str(file)).code == 0
    async with AsyncExitStack() as stack:
        server = stack.enter_context(serving(there, *catalogue, **UNLIMITED))
        caller = await caller_of(stack, server, key)
        found = {task["task_id"] for task in await all_tasks(caller)}
        assert set(before) <= found
        assert found <= {*acknowledged, "endless", *(f"load-{n}-{last(acknowledged, n) + 1}" for n in range(CALLERS))}
        await eventually(lambda: runs_again(caller, "endless"), "what ran when the backup was made runs again")
        await caller.cancel("endless")
        await eventually(lambda: all_ended(caller), "all that was accepted ends")
        assert {task["status"] for task in await all_tasks(caller)} == {"OK", "CANCELED"}


async def enough(acknowledged: list[str], count: int) -> bool:
    """Whether so many tasks were acknowledged."""
    return len(acknowledged) >= count


def last(acknowledged: list[str], caller: int) -> int:
    """The number of the last task of one of the callers that was acknowledged."""
    return max(int(name.rpartition("-")[2]) for name in acknowledged if name.startswith(f"load-{caller}-"))


async def runs_again(caller: Caller, task_id: str) -> bool:
    """Whether its second attempt runs."""
    task = await caller.get(task_id)
    return task["status"] == "RUNNING" and len(task["attempts"]) == 2


async def all_tasks(caller: Caller) -> list[dict[str, object]]:
    """All of the tenant's tasks, page by page."""
    tasks: list[dict[str, object]] = []
    token = ""
    while True:
        answer = await caller.rest.client.get(
            "/v1/tasks", params={"page_size": 500, "page_token": token}, headers=dict(caller.rest.headers)
        )
        page = answer.json()
        tasks += page["tasks"]
        token = page["next_page_token"]
        if not token:
            return tasks


async def all_ended(caller: Caller) -> bool:
    """Whether no task waits or runs."""
    living = tasks_pb2.ListTasksRequest(page_size=1, states=[1, 2])
    return not (await caller.grpc.unary(BY_NAME["ListTasks"], living))["tasks"]


@pytest.fixture
def backed_up(tmp_path: Path) -> Path:
    """A backup of a data directory with one key."""
    assert command(tmp_path / "data", "keys", "create", "bot").code == 0
    assert command(tmp_path / "data", "backup", str(tmp_path / "backup.tar")).code == 0
    return tmp_path / "backup.tar"


def test_restoring_refuses_what_a_server_owns(server: Running, backed_up: Path):
    """15.5 A backup is restored into an empty data directory that nobody owns."""
    said = command(server.data, "restore", str(backed_up))
    assert (said.code, "belongs to the running process" in said.stderr) == (1, True)
    assert str(server.process.pid) in said.stderr


def test_refusals_are_sentences_and_the_way_back_works(tmp_path: Path, backed_up: Path):
    again = command(tmp_path / "data", "backup", str(backed_up))
    assert (again.code, "exists already" in again.stderr) == (1, True)
    nowhere = command(tmp_path / "nothing", "backup", str(tmp_path / "b.tar"))
    assert (nowhere.code, "there is no store" in nowhere.stderr) == (1, True)
    assert not (tmp_path / "nothing").exists()
    full = command(tmp_path / "data", "restore", str(backed_up))
    assert (full.code, "is not empty" in full.stderr) == (1, True)
    backed_up.write_bytes(backed_up.read_bytes()[:9000])
    short = command(tmp_path / "new", "restore", str(backed_up))
    assert (short.code, "take another" in short.stderr) == (1, True)
    said = again.stderr + nowhere.stderr + full.stderr + short.stderr
    assert "Traceback" not in said


def test_restored_keys_are_those_that_were_there(tmp_path: Path, backed_up: Path):
    restored = command(tmp_path / "new", "restore", str(backed_up))
    assert (restored.code, "migrate" in restored.stderr) == (0, False), restored.stderr
    lists = [command(tmp_path / name, "keys", "list").stdout for name in ("data", "new")]
    assert lists[0] == lists[1] != ""
