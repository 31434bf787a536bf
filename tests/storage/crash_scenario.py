"""One task from accept to settle in a process of its own, which a failpoint kills; a file says what was answered."""

import asyncio
from pathlib import Path

from aion import failpoints
from aion.adapters.clock import SystemClock
from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import open_store
from tests.sample_tasks import SCOPE, accept, claim, key, new_task, settle, tokens


def live(url: str, failpoint: str, answers: str) -> None:
    """The whole life, until it is killed."""
    failpoints.configure({failpoints.ENVIRONMENT: f"{failpoint}=kill"})
    asyncio.run(_live(url, Path(answers)))


async def _live(url: str, answers: Path) -> None:
    def answered(step: str) -> None:
        with answers.open("a") as file:
            file.write(f"{step}\n")

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
