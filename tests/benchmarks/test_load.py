"""The load by a clock of its own: what is counted, from when a latency is taken, and which refusals are refusals."""

import asyncio
from contextlib import asynccontextmanager

import grpc
import pytest
from google.protobuf.any_pb2 import Any
from google.rpc import error_details_pb2, status_pb2
from grpc import aio

from benchmarks.load import Latencies, Target, TooMuch, WrongAnswer, closed_loop, open_loop, pooled
from benchmarks.refusal_reasons import for_want_of_room, refusal
from benchmarks.servers import Served
from benchmarks.submits import aion_target, bare_target, echo_target
from tests.simulation.chance import Chance
from tests.simulation.virtual_loop import VirtualLoop


class ScriptedDoor:
    """Each call takes the time that the script says, in the time of a loop without time. A client that is `held` is
    kept from everything else for so long before it sends.
    """

    def __init__(self, takes, *, held=lambda _: 0.0, refuses=lambda _: False):
        self.loop = VirtualLoop(Chance(0))
        self.most = self.made = self._under_way = 0
        self._behind = 0.0
        self._takes = takes
        self._held = held
        self._refuses = refuses

    def now(self):
        return self.loop.time() + self._behind

    def run(self, load):
        try:
            return self.loop.run_until_complete(load)
        finally:
            self.loop.end()

    @asynccontextmanager
    async def opened(self, _in_flight):
        yield self.call

    async def call(self, number):
        self.made += 1
        self._behind += self._held(number)
        self._under_way += 1
        self.most = max(self.most, self._under_way)
        await asyncio.sleep(self._takes(self.now()))
        self._under_way -= 1
        if self._refuses(number):
            raise TooMuch("no room")


def test_calls_of_the_warm_up_are_made_and_not_counted():
    door = ScriptedDoor(lambda now: 0.125 if now < 2 else 1.0)
    pace = door.run(closed_loop(door, 1, 10.0, door.now))
    assert (pace.per_second, pace.calls) == (pytest.approx(11 / 10), 16 + 10)


def test_what_is_under_way_when_the_time_is_over_counts_with_the_time_it_takes():
    door = ScriptedDoor(lambda _: 4.0)
    pace = door.run(closed_loop(door, 3, 10.0, door.now))
    assert (pace.calls, door.most) == (9, 3)
    assert pace.per_second == pytest.approx(9 / 10)
    longer = ScriptedDoor(lambda _: 7.0)
    assert longer.run(closed_loop(longer, 1, 10.0, longer.now)).per_second == pytest.approx(2 / 12)


def test_a_closed_loop_ends_with_the_first_call_that_is_refused():
    door = ScriptedDoor(lambda _: 1.0, refuses=lambda number: number == 5)
    with pytest.raises(TooMuch):
        door.run(closed_loop(door, 1, 10.0, door.now))


def test_in_an_open_loop_nobody_waits_for_the_answer_of_another():
    door = ScriptedDoor(lambda _: 5.0)
    latencies = door.run(open_loop(door, 10.0, 1.0, now=door.now))
    assert latencies.seconds == pytest.approx([5.0] * 10)
    assert door.most == 10


def test_a_latency_is_from_the_time_at_which_the_call_was_due_however_late_it_was_sent():
    door = ScriptedDoor(lambda _: 0.125, held=lambda number: 0.5 if number == 0 else 0.0)
    latencies = door.run(open_loop(door, 10.0, 1.0, now=door.now))
    late = [0.725 - due for due in (0.1, 0.2, 0.3, 0.4, 0.5)]  # all of them were sent at 0.6
    assert latencies.seconds == pytest.approx(sorted([0.625, *late, *[0.125] * 4]))


def test_the_first_call_of_an_open_loop_opens_the_way_and_is_not_counted():
    door = ScriptedDoor(lambda now: 3.0 if now < 3 else 0.125)
    latencies = door.run(open_loop(door, 10.0, 1.0, now=door.now))
    assert (len(latencies.seconds), door.made) == (10, 11)
    assert latencies.quantile(1) == pytest.approx(125)


def test_refused_calls_are_counted_apart_and_have_no_latency():
    door = ScriptedDoor(lambda _: 0.125, refuses=lambda number: number in (3, 4, 5))
    latencies = door.run(open_loop(door, 10.0, 1.0, now=door.now))
    assert (len(latencies.seconds), latencies.refused, latencies.refused_percent) == (7, 3, 30)


def test_any_other_error_ends_an_open_loop():
    door = ScriptedDoor(lambda _: 0.125)

    class Wrong(ScriptedDoor):
        async def call(self, number):
            await super().call(number)
            if number == 3:
                raise WrongAnswer("4712")

    wrong = Wrong(lambda _: 0.125)
    with pytest.raises(WrongAnswer, match="4712"):
        wrong.run(open_loop(wrong, 10.0, 1.0, now=wrong.now))
    door.loop.end()


def test_quantiles_of_several_rounds_are_of_all_their_calls():
    rounds = [Latencies([0.001] * 99 + [0.500], refused=1), Latencies([0.002] * 100), Latencies([0.003] * 100)]
    found = pooled(iter(rounds))
    assert (len(found.seconds), found.refused) == (300, 1)
    assert (found.quantile(0.5), found.quantile(0.99), found.quantile(0.999)) == (2, 3, 500)


def error(code, *details):
    status = status_pb2.Status(code=code.value[0], message="no")
    for detail in details:
        packed = Any()
        packed.Pack(detail)
        status.details.append(packed)
    said = (("grpc-status-details-bin", status.SerializeToString()),) if details else ()
    return aio.AioRpcError(code, aio.Metadata(), aio.Metadata(*said), "no")


def reason(name):
    return error_details_pb2.ErrorInfo(reason=name, domain="aion")


BUSY, GONE = grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize(
    ("refused", "is_one"),
    [
        (error(BUSY, reason("OVERLOADED")), True),
        (error(BUSY, reason("QUEUE_FULL"), error_details_pb2.RetryInfo()), True),
        (error(BUSY, reason("REQUEST_TOO_LARGE")), False),
        (error(BUSY), False),
        (error(GONE), False),
        (error(GONE, reason("DRAINING")), False),
        (error(GONE, reason("STORE_UNAVAILABLE")), False),
    ],
)
def test_only_what_aion_refuses_for_want_of_room_is_a_refusal(refused, is_one):
    assert for_want_of_room(refused) is is_one


def test_of_a_refusal_its_reason_and_its_hint_are_read_and_of_another_error_what_it_said():
    hinted = error(BUSY, reason("OVERLOADED"), error_details_pb2.RetryInfo())
    assert refusal(hinted) == ("RESOURCE_EXHAUSTED", "OVERLOADED", True, "")
    assert refusal(error(BUSY, reason("OVERLOADED"))) == ("RESOURCE_EXHAUSTED", "OVERLOADED", False, "")
    assert refusal(error(GONE)) == ("UNAVAILABLE", "", False, "no")


async def test_a_server_that_is_not_there_ends_the_run_and_is_no_refusal():
    nobody = Served("127.0.0.1:1", "", "key", 0)
    for target in (aion_target(nobody), echo_target(nobody), bare_target(nobody)):
        with pytest.raises(aio.AioRpcError):
            await open_loop(target, 10, 0.1)


async def test_a_call_that_aion_refuses_over_grpc_is_counted_and_one_that_others_refuse_ends_the_run():
    class Refusing(grpc.GenericRpcHandler):
        def service(self, _details):
            async def refuse(_data, context):
                said = error(BUSY, reason("OVERLOADED")).trailing_metadata()
                await context.abort(BUSY, "no", tuple(said))

            return grpc.unary_unary_rpc_method_handler(refuse)

    server = aio.server()
    server.add_generic_rpc_handlers((Refusing(),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        served = Served(f"127.0.0.1:{port}", "", "key", 0)
        for target, raised in ((aion_target(served), TooMuch), (echo_target(served), aio.AioRpcError)):
            async with target.opened(1) as call:
                with pytest.raises(raised):
                    await call(0)
    finally:
        await server.stop(None)


def test_what_too_much_is_without_being_asked_is_nothing():
    assert Target("", "", lambda _: b"", lambda _: None).too_much(error(BUSY, reason("OVERLOADED"))) is False
