"""Pages of tasks: newest first, clamped, filtered, without payloads, and with tokens that fit one query."""

import pytest

from aion.v1 import catalog_pb2, lifecycle_pb2, tasks_pb2
from tests.e2e.answers import Document
from tests.e2e.callers import Caller, MakeCaller, task_request
from tests.e2e.faces import BY_NAME, Face, refusal

LIST, BATCH = BY_NAME["ListTasks"], BY_NAME["SubmitBatch"]
MOST_PAGES = 100
"""More than any list here has: a list that leads back to itself fails and is not read for ever."""


async def submit_many(caller: Caller, count: int, **members: object) -> list[str]:
    """Ids of new tasks, in the order of the batch."""
    requests = [task_request(**members) for _ in range(count)]
    answer = await caller.grpc.unary(BATCH, tasks_pb2.SubmitBatchRequest(requests=requests))
    return [outcome["task"]["task_id"] for outcome in answer["outcomes"]]


async def pages(face: Face, **members: object) -> list[list[Document]]:
    """Every page of a query."""
    found, token = [], ""
    for _ in range(MOST_PAGES):
        answer = await face.unary(LIST, tasks_pb2.ListTasksRequest(page_token=token, **members))
        found.append(answer["tasks"])
        token = answer["next_page_token"]
        if not token:
            return found
    raise AssertionError(f"the list has no end after {MOST_PAGES} pages")


@pytest.mark.parametrize("face", ["grpc", "rest"])
async def test_pages_hold_every_task_once_newest_first(caller: Caller, face):
    """8.8 Lists page by keyset, newest first."""
    ids = await submit_many(caller, 7)
    ids.append((await caller.submit())["task_id"])
    found = await pages(caller.face(face), page_size=3)
    assert [len(page) for page in found] == [3, 3, 2]
    listed = [task for page in found for task in page]
    assert {task["task_id"] for task in listed} == set(ids)
    assert listed[0]["task_id"] == ids[-1]
    times = [task["create_time"] for task in listed]
    assert times == sorted(times, reverse=True)


async def test_a_task_that_appears_meanwhile_never_shifts_a_page(caller: Caller):
    await submit_many(caller, 4)
    first = await caller.grpc.unary(LIST, tasks_pb2.ListTasksRequest(page_size=2))
    newer = await caller.submit()
    second = await caller.rest.unary(LIST, tasks_pb2.ListTasksRequest(page_size=2, page_token=first["next_page_token"]))
    ids = [task["task_id"] for task in (*first["tasks"], *second["tasks"])]
    assert len(set(ids)) == 4
    assert newer["task_id"] not in ids


async def test_page_sizes_are_clamped(caller: Caller):
    """8.8 `page_size` is clamped to 500; 0 means 50."""
    for _ in range(6):
        await submit_many(caller, 100, params={"text": "x"})
    sizes = {
        asked: len((await caller.rest.unary(LIST, tasks_pb2.ListTasksRequest(page_size=asked)))["tasks"])
        for asked in (0, 500, 501, 2_000_000_000)
    }
    assert sizes == {0: 50, 500: 500, 501: 500, 2_000_000_000: 500}


async def test_lists_carry_no_payloads(caller: Caller):
    """8.5 Lists carry no payloads."""
    whole = await caller.submit(intent="story", wait=30)
    assert whole["result"]
    assert whole["attempts"]
    for face in caller.faces:
        [task] = (await pages(face))[0]
        assert task["result"] is None
        assert task.keys().isdisjoint({"attempts", "decision", "event"})
        assert (task["task_id"], task["status"], task["usage"]) == (whole["task_id"], "OK", whole["usage"])


@pytest.mark.parametrize("face", ["grpc", "rest"])
async def test_filters_by_state_and_intent(caller: Caller, face):
    good = await caller.submit(wait=30)
    bad = await caller.submit(intent="trapped", wait=30)
    ok, error = lifecycle_pb2.TASK_STATE_OK, lifecycle_pb2.TASK_STATE_ERROR

    async def ids(**members: object) -> set[str]:
        return {task["task_id"] for page in await pages(caller.face(face), **members) for task in page}

    assert await ids(states=[ok]) == {good["task_id"]}
    assert await ids(states=[error]) == {bad["task_id"]}
    assert await ids(states=[ok, error]) == {good["task_id"], bad["task_id"]}
    assert await ids(intent="trapped") == {bad["task_id"]}
    assert await ids(intent="trapped", states=[ok]) == set()


async def test_a_page_token_fits_one_tenant_and_one_filter(callers: MakeCaller):
    """8.8 Tokens are sealed and fit one tenant, filter and order."""
    one, stranger = callers(), callers()
    await submit_many(one, 3)
    token = (await one.grpc.unary(LIST, tasks_pb2.ListTasksRequest(page_size=1)))["next_page_token"]
    intents = await one.grpc.unary(BY_NAME["ListIntents"], catalog_pb2.ListIntentsRequest(page_size=1))
    wrong = [
        (one, tasks_pb2.ListTasksRequest(page_token="garbage")),
        (one, tasks_pb2.ListTasksRequest(page_token=token[:-4] + "AAAA")),
        (one, tasks_pb2.ListTasksRequest(page_token=token, intent="echo")),
        (one, tasks_pb2.ListTasksRequest(page_token=token, states=[lifecycle_pb2.TASK_STATE_OK])),
        (one, tasks_pb2.ListTasksRequest(page_token=intents["next_page_token"])),
        (stranger, tasks_pb2.ListTasksRequest(page_token=token)),
    ]
    for who, request in wrong:
        refusals = [await refusal(face, LIST, request) for face in who.faces]
        assert refusals[0] == refusals[1]
        assert (refusals[0].code, refusals[0].reason) == ("INVALID_ARGUMENT", "PAGE_TOKEN_INVALID")
        assert "page_token" in refusals[0].message
        assert [field for field, _ in refusals[0].violations] == ["page_token"]
    right = await one.rest.unary(LIST, tasks_pb2.ListTasksRequest(page_token=token, page_size=5))
    assert len(right["tasks"]) == 2


async def test_intents_and_modules_page_too(caller: Caller):
    for name, members in (("ListIntents", "intents"), ("ListModules", "modules")):
        method = BY_NAME[name]
        whole = (await caller.grpc.unary(method, method.request()))[members]
        found, token = [], ""
        for _ in range(MOST_PAGES):
            answer = await caller.rest.unary(method, method.request(page_size=2, page_token=token))
            found += answer[members]
            token = answer["next_page_token"]
            if not token:
                break
        assert (found, token) == (whole, "")
        assert len(whole) > 2
