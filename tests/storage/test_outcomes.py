"""What a commit tells, to whom, and in which order."""

import asyncio

import pytest

from aion.adapters.storage.outcomes import Failed, Job, Outcomes, unknown
from aion.adapters.storage.transaction import Notices
from aion.domain.errors import OutcomeUnknown, TaskNotFound

PATIENCE = 10.0


class Told:
    """Signals and an observer that write down what they hear, and whether `answer` was there before."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, ...]] = []
        self.answer: asyncio.Future[str] | None = None
        self.answered_before = False

    def task_changed(self, tenant, task_id):
        self.heard.append(("changed", task_id))

    def cancel_requested(self, tenant, task_id):
        self.heard.append(("cancel", task_id))

    def work_arrived(self):
        self.heard.append(("work",))

    def ended(self, task):
        self.heard.append(("ended", task))
        self.answered_before = self.answer.done()


def jobs(count):
    loop = asyncio.get_running_loop()
    return [Job(str(number), lambda _: None, loop.create_future(), None) for number in range(count)]


@pytest.fixture
async def told():
    return Told()


@pytest.fixture
async def outcomes(told):
    return Outcomes(asyncio.get_running_loop(), told, told)


async def test_signals_come_before_answers(outcomes, told):
    (job,) = jobs(1)
    told.answer = job.answer
    notices = Notices({("acme", "a"): None}, [("acme", "b")], ["task"], work_arrived=True)
    outcomes.stand([job], ["done"], notices)
    outcomes.deliver()
    assert await asyncio.wait_for(job.answer, PATIENCE) == "done"
    assert told.heard == [("changed", "a"), ("cancel", "b"), ("work",), ("ended", "task")]
    assert not told.answered_before


async def test_who_has_stopped_waiting_is_told_nothing_and_keeps_nobody_from_being_told(outcomes):
    gone, here, refused = jobs(3)
    gone.answer.cancel()
    outcomes.stand([gone, here, refused], ["a", "b", Failed(TaskNotFound("no"))], Notices())
    outcomes.deliver()
    assert await asyncio.wait_for(here.answer, PATIENCE) == "b"
    with pytest.raises(TaskNotFound):
        await refused.answer


async def test_of_a_commit_in_doubt_what_was_refused_stays_refused_and_the_rest_is_unknown(outcomes):
    refused, written = jobs(2)
    broken = RuntimeError("disk I/O error")
    outcomes.doubt([refused, written], [Failed(TaskNotFound("no")), "done"], broken)
    outcomes.refuse_the_rest([refused, written], unknown, broken)
    outcomes.deliver()
    with pytest.raises(TaskNotFound):
        await refused.answer
    with pytest.raises(OutcomeUnknown):
        await written.answer
    assert not outcomes._answers
