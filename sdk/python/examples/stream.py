# ruff: noqa: INP001, T201 - examples stand alone and print
"""Print the text of a task while it is written: `python stream.py FILE`. A cut connection is not seen here at all."""

import asyncio
import sys
from pathlib import Path

from aion_sdk import AsyncClient, EventKind


async def main(text: str) -> None:
    """Stream a summary."""
    async with AsyncClient() as client, client.tasks.stream("summarize", text=text) as stream:
        async for event in stream:
            if event.kind is EventKind.TOKEN:
                print(event.text, end="", flush=True)
            elif event.kind is EventKind.RESET:
                print(f"\n(a new attempt; so far it stands at: {stream.text!r})")
        print(f"\n{stream.task.state if stream.task else 'unknown'} after {stream.last_offset} events")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python stream.py FILE")
    asyncio.run(main(Path(sys.argv[1]).read_text()))
