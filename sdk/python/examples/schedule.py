# ruff: noqa: INP001, T201 - examples stand alone and print
"""Have a file summarised every morning, and once right now: `python schedule.py FILE`."""

import sys
from pathlib import Path

from aion_sdk import Client, Overlap, TaskSpec


def main(path: str) -> None:
    """Make the schedule, or find it: the same id and content is the same schedule."""
    spec = TaskSpec.of("summarize", text=Path(path).read_text(), metadata={"file": path})
    with Client() as client:
        schedule = client.schedules.create(
            "every-morning", "30 6 * * *", spec, time_zone="Europe/Paris", overlap=Overlap.SKIP
        )
        print(f"{schedule.schedule_id}: {schedule.cron} in {schedule.time_zone}")
        task = client.schedules.trigger(schedule.schedule_id)
        print(client.tasks.watch(task.task_id).result().state)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python schedule.py FILE")
    main(sys.argv[1])
