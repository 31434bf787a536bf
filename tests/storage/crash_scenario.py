"""One task from accept to settle in a process of its own, which a failpoint may kill; says on stdout what was answered."""

import asyncio
import sys

from aion.adapters.clock import SystemClock
from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import open_store
from tests.sample_tasks import SCOPE, accept, claim, key, new_task, settle, tokens


async def run(url: str) -> None:
    clock = SystemClock()
    async with open_store(url, clock, ProcessSignals(), "first life") as store:
        await store.accept("acme", accept(new_task(now=clock.now()), key()))
        print("accept", flush=True)
        (task,) = await store.claim(SCOPE, claim(owner="first life"))
        print("claim", flush=True)
        await store.append(SCOPE, tokens(task, "half "))
        print("append", flush=True)
        await store.settle(SCOPE, settle(task))
        print("settle", flush=True)


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))
