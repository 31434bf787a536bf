"""The fuzzing finds what it is for: each kind of defect is planted behind the real front door, and is found over every
transport. It also leaves nothing running.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from aion.adapters.rpc.methods import methods
from aion.adapters.rpc.validation import Validation
from aion.adapters.transports.connect import grpc_web_wire
from aion.adapters.transports.connect import wire as connect_wire
from aion.domain.errors import EventsExpired, TaskNotFound
from aion.v1 import events_pb2, lifecycle_pb2, tasks_pb2
from tests.contract.transports.front_door import GOOD, Door, front_door
from tests.contract.transports.matrix import TRANSPORTS
from tests.contract.wire.error_tree import made
from tests.e2e.patience import eventually
from tests.fuzz import campaign as campaigns
from tests.fuzz import grpc_lane, http_wire
from tests.fuzz.campaign import Tally, campaign
from tests.fuzz.judging import leak_in
from tests.fuzz.known import Known
from tests.fuzz.requests import cells_of
from tests.fuzz.targets import Target, service_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
SECRET = "the secret of somebody else"
TASK_RPC = {"sse": "Watch", "ws": "Cancel"}
"""An RPC of each transport; of the others `StatusById`."""

THE_END = tasks_pb2.WatchResponse(
    event=events_pb2.TaskEvent(offset=1, attempt=1, kind=events_pb2.EVENT_KIND_DONE),
    task=tasks_pb2.TaskResult(state=lifecycle_pb2.TASK_STATE_OK, last_offset=1),
)
"""The last message of a watch."""

every_transport = pytest.mark.parametrize("transport", TRANSPORTS)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened() -> AsyncIterator[Door]:
    """One front door for all."""
    async with front_door() as door:
        yield door


@pytest.fixture
def door(opened: Door, monkeypatch) -> Door:
    """The door, with nothing behind it that fails. Nobody leaves before the end, however slow the machine is."""
    for module in (grpc_lane, http_wire):
        monkeypatch.setattr(module, "STREAM_SECONDS", 60.0)
    fresh = type(opened.script)(messages=[THE_END])
    vars(opened.script).update(vars(fresh))
    return opened


async def found(door: Door, transport: str, requests: int = 12) -> list[str]:
    """What a short campaign to one RPC finds."""
    return [finding.fault for finding in (await fuzz(door, transport, requests)).findings]


async def fuzz(door: Door, transport: str, requests: int, rpc: str = "") -> Tally:
    """A campaign to one RPC."""
    known = {service_of(cell): Known(GOOD) for cell in cells_of("grpc")}
    target = Target(door.grpc, door.http, known, (SECRET.encode(),))
    cell = f"{transport}/{rpc or TASK_RPC.get(transport, 'StatusById')}"
    return await campaign(target, transport, range(requests), 1, cell)


def nothing_more_than(before: int) -> Callable[[], Awaitable[bool]]:
    """Looks whether so many tasks run at most."""

    async def look() -> bool:
        return len(asyncio.all_tasks()) <= before

    return look


@every_transport
async def test_it_finds_nothing_where_nothing_is_wrong_and_leaves_nothing_running(door: Door, transport: str):
    await fuzz(door, transport, 2)
    before = len(asyncio.all_tasks())
    tally = await fuzz(door, transport, 40)
    assert tally.findings == []
    assert tally.calls == 40
    await eventually(nothing_more_than(before), "all that was begun has ended")
    assert door.observer.defects == []


@every_transport
async def test_it_finds_a_handler_that_raises_a_key_error(door: Door, transport: str):
    door.script.error = KeyError("planted")
    assert "the refusal is INTERNAL INTERNAL" in await found(door, transport)


@pytest.mark.parametrize("transport", ["grpc", "rest", "connect-json", "connect-proto", "grpc-web"])
async def test_it_finds_a_value_that_one_rule_stumbles_over(door: Door, transport: str, monkeypatch):
    check = Validation.check

    def stumbling(self, request) -> None:
        if request.page_size == 3:
            raise KeyError(request.page_size)
        check(self, request)

    monkeypatch.setattr(Validation, "check", stumbling)
    tally = await fuzz(door, transport, 300, "ListTasks")
    assert {finding.fault for finding in tally.findings} == {"the refusal is INTERNAL INTERNAL"}


@every_transport
@pytest.mark.parametrize(
    "words",
    [
        "Traceback (most recent call last)",
        "KeyError: 'x'",
        "<class 'dict'>",
        "in /home/a/b",
        'File "worker.py", line 3',
        "a tasks_pb2.TaskRequest",
        "in tasks_pb2_grpc",
    ],
)
async def test_it_finds_words_that_show_how_aion_is_built(door: Door, transport: str, words: str):
    door.script.error = TaskNotFound(words)
    assert any("shows how AION is built" in fault for fault in await found(door, transport))


TOKENS = [b'z".pyFds2UA65yn"', b"\x12.py-ds2UA65yn", b"9vNvJ9_pb2QmiucAmw", b"9vNvJ9_pb2-miucAmw"]


@pytest.mark.parametrize("token", TOKENS)
async def test_it_does_not_take_a_token_for_the_name_of_a_file(token: bytes):
    assert leak_in(token) == b""


@every_transport
async def test_it_finds_the_words_of_another_tenant(door: Door, transport: str):
    door.script.error = TaskNotFound(f"{SECRET} is not here")
    assert "the answer shows what belongs to another tenant" in await found(door, transport)


@pytest.mark.parametrize("transport", [name for name in TRANSPORTS if name != "sse"])
async def test_it_finds_a_call_that_is_never_answered(door: Door, transport: str, monkeypatch):
    monkeypatch.setattr(campaigns, "PATIENCE", 0.5)
    door.script.messages, door.script.hold = (), asyncio.Event()
    faults = await found(door, transport)
    door.script.hold.set()
    assert "no answer within 0 s" in faults


async def test_it_finds_a_refusal_that_is_not_documented(door: Door):
    door.script.error = made(EventsExpired)
    faults = await found(door, "rest")
    assert any("EVENTS_EXPIRED (410) is not documented for StatusById" in fault for fault in faults)


@pytest.mark.parametrize(("transport", "module"), [("grpc-web", grpc_web_wire), ("connect-proto", connect_wire)])
async def test_it_finds_frames_of_a_wrong_length(door: Door, transport: str, module, monkeypatch):
    seal = module.seal_envelope
    monkeypatch.setattr(module, "seal_envelope", lambda flags, data: seal(flags, data)[:-1])
    tally = await fuzz(door, transport, 12, "Watch")
    assert any("malformed" in finding.fault for finding in tally.findings)


async def test_it_finds_events_that_stop_without_an_end(door: Door):
    token = events_pb2.TaskEvent(offset=1, attempt=1, kind=events_pb2.EVENT_KIND_TOKEN, text="a")
    for messages in ((), (tasks_pb2.WatchResponse(),), (tasks_pb2.WatchResponse(event=token),)):
        door.script.messages = messages
        assert any("it has no end" in fault for fault in await found(door, "sse"))


async def test_it_finds_a_connection_that_breaks_off(door: Door, monkeypatch):
    async def broken(*_: object) -> None:
        raise ConnectionAbortedError("planted")

    monkeypatch.setattr("aion.adapters.transports.rest.calls.send_answer", broken)
    assert any("malformed" in fault or "INTERNAL" in fault for fault in await found(door, "rest"))


async def test_a_finding_says_how_to_make_its_request_again(door: Door):
    door.script.error = KeyError("planted")
    first, *_ = (await fuzz(door, "rest", 12)).findings
    assert f"AION_FUZZ_SEED=1 AION_FUZZ_ONLY={first.place} python -m pytest" in str(first)
    again = await campaign(
        Target(door.grpc, door.http, {"aion.v1.AionTasks": Known(GOOD)}), "rest", range(300), 1, first.place
    )
    assert [(one.place, one.request.target, one.request.body) for one in again.findings if one.request] == [
        (first.place, first.request.target, first.request.body)
    ]


async def test_every_rpc_of_the_contract_has_a_cell_on_every_transport_that_serves_it():
    every = {method.name for method in methods().values()}
    assert {cell.method.name for cell in cells_of("grpc")} == every
    assert {cell.method.name for name in ("rest", "sse") for cell in cells_of(name)} == every
