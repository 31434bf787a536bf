# ruff: noqa: INP001, T201 - examples stand alone and print
"""Submit many files at once and wait for all of them: `python batch.py FILE...`."""

import asyncio
import sys
from pathlib import Path

from aion_sdk import AsyncClient, BatchOutcome, TaskSpec


async def main(texts: dict[str, str]) -> None:
    """Submit each file as a task of its own; one that is refused does not hold up the others."""
    async with AsyncClient() as client:
        specs = [TaskSpec.of("summarize", text=text, metadata={"file": path}) for path, text in texts.items()]
        outcomes = await client.tasks.batch(specs)

        async def ended(path: str, outcome: BatchOutcome) -> None:
            if outcome.task is None:
                print(f"{path}: refused: {outcome.error}")
                return
            task = await client.tasks.watch(outcome.task.task_id).result()
            print(f"{path}: {task.state}")

        await asyncio.gather(*(ended(path, outcome) for path, outcome in zip(texts, outcomes, strict=True)))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python batch.py FILE...")
    asyncio.run(main({path: Path(path).read_text() for path in sys.argv[1:]}))
