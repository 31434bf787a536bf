"""What tests of the inner door do besides: tasks that wait, and whose worker it is."""

from aion.domain.identity import WORKERS_SERVE, Identity
from aion.domain.writes import Claim
from tests.sample_tasks import LEASE, accept, new_task

ME = Identity("operators", "w", frozenset({WORKERS_SERVE}))
CLAIM = Claim("w", 10, LEASE)


async def submit(tasks, *ids):
    for task_id in ids:
        await tasks.accept("acme", accept(new_task(task_id)))
