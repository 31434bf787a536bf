# ruff: noqa: INP001, T201 - examples stand alone and print
"""Run one task under a promise and print what came of it: `python summarize.py FILE`.

AION_SERVER and AION_API_KEY say where and as whom.
"""

import sys
from pathlib import Path

from aion_sdk import Client, Sla


def main(path: str) -> None:
    """Summarise a file on this machine or not at all, for free, with a latency in mind."""
    promise = Sla(budget_usd=0, p95_ms=500, privacy="local-only")
    with Client() as client:
        task = client.tasks.run("summarize", text=Path(path).read_text(), sla=promise)
        task.raise_for_status()
        print(task.result["summary"])
        print(f"{task.engine.name if task.engine else '?'}: {task.usage.latency_ms} ms, {task.usage.cost_usd} USD")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python summarize.py FILE")
    main(sys.argv[1])
