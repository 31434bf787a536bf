"""The life of tasks in the real store, beside a model that is as simple as the law.

Hypothesis looks for the shortest story in which the two differ.

The steps: submit, submit again, claim, renew, append, settle, cancel, time that passes, a crash of the owner, late
writes of whoever held a lease once. `--hypothesis-seed=N` replays a run; a failure prints its story.
"""

import pytest
from hypothesis import settings

from tests.effort import effort
from tests.simulation.queue_machine import QueueMachine

TestQueueMachine = pytest.mark.timeout(7200)(QueueMachine.TestCase)
TestQueueMachine.settings = settings(
    max_examples=effort(60, 20_000),
    stateful_step_count=50,
)
