"""Open-loop load: each call has a time at which it is due, and is sent then, however late the answers to others are.

Whatever a call comes to is an outcome, not an exception: a load that lasts is judged at its end. The generator's own
lag, from due to sent, stands beside every latency: where it is large the generator was the bottleneck.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from grpc import aio

from benchmarks.refusal_reasons import refusal
from benchmarks.soak.outcomes import NOT_ENDED, OK, WRONG, Outcome


class NotEnded(Exception):
    """The call was answered before its task had ended."""


class WrongAnswer(Exception):
    """The answer is not what was asked for."""


MakeCall = Callable[[], tuple[str, Awaitable[None]]]
"""The next call: its kind, and what makes it; that raises NotEnded, WrongAnswer or what grpc raises."""


async def at_rate(make_call: MakeCall, rate: float, seconds: float, start: float, outcomes: list[Outcome]) -> None:
    """Makes `rate` calls a second for so long, begun at `start` of the load's clock; ends when each has its outcome."""
    begin = time.perf_counter()
    under_way = []
    for number in range(int(rate * seconds)):
        due = begin + number / rate
        if (pause := due - time.perf_counter()) > 0:
            await asyncio.sleep(pause)
        elif number % 64 == 0:
            await asyncio.sleep(0)  # behind time: answers must not wait until it has caught up
        under_way.append(asyncio.ensure_future(_one(make_call, due, start - begin, outcomes)))
        if len(under_way) > 10_000:
            under_way = [one for one in under_way if not one.done()]
    await asyncio.gather(*under_way)


async def _one(make_call: MakeCall, due: float, zero: float, outcomes: list[Outcome]) -> None:
    lag = time.perf_counter() - due
    kind, call = make_call()
    code, reason, hinted, said = OK, "", False, ""
    try:
        await call
    except aio.AioRpcError as error:
        code, reason, hinted, said = refusal(error)
    except NotEnded:
        code = NOT_ENDED
    except WrongAnswer as wrong:
        code, said = WRONG, str(wrong)
    outcomes.append(Outcome(kind, due + zero, lag, time.perf_counter() - due, code, reason, hinted, said))
