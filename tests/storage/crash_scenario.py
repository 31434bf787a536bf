"""One task from accept to settle in a process of its own, which a failpoint may kill; stdout says what was answered."""

import asyncio
import sys

from aion.adapters.clock import SystemClock
from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import open_store
from tests.sample_tasks import SCOPE, accept, claim, key, new_task, settle, tokens


def answered(step: str) -> None:
    sys.stdout.write(f"{step}\n")
    sys.stdout.flush()


async def run(url: str) -> None:
    clock = SystemClock()
    async with open_store(url, clock, ProcessSignals(), "first life") as store:
        await store.accept("acme", accept(new_task(now=clock.now()), key()))
        answered("accept")
        (task,) = await store.claim(SCOPE, claim(owner="first life"))
        answered("claim")
        await store.append(SCOPE, tokens(task, "half "))
        answered("append")
        await store.settle(SCOPE, settle(task))
        answered("settle")


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))
