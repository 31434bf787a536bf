"""What the simulation found in AION, each as a story of its own that was red before it was mended."""

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import SqliteStore
from aion.domain.errors import OutcomeUnknown
from tests.sample_tasks import SCOPE, accept, claim, new_task, tokens
from tests.simulation.chance import Chance
from tests.simulation.clocks import VirtualClock
from tests.simulation.disk import Disk, empty_disk, opened_store
from tests.simulation.virtual_loop import VirtualLoop


async def _opened(disk: Disk, clock: VirtualClock) -> SqliteStore:
    return await opened_store(
        disk,
        clock,
        ProcessSignals(),
        chance=Chance(1),
        most_waiting=100,
        committed=lambda commit: None,
        defects=[],
    )


def test_a_watcher_is_given_no_event_behind_which_the_store_then_refuses_it():
    """What is on the disk already, but not yet in the task that readers are shown, comes with the next look: else the
    watcher would come back with an offset that the store says is not there.
    """
    loop, disk = VirtualLoop(Chance(0)), empty_disk()
    clock = VirtualClock(loop)

    async def story() -> None:
        store = await _opened(disk, clock)
        await store.accept("acme", accept(new_task(now=clock.now())))
        (task,) = await store.claim(SCOPE, claim())
        await store.append(SCOPE, tokens(task, "a"))
        store = await _opened(disk, clock)  # a new owner reads logs from the disk
        await store.append(SCOPE, tokens(task, "b"))
        disk.unknown_commits = 1
        try:
            await store.append(SCOPE, tokens(task, "c"))
        except OutcomeUnknown:
            disk.unknown_commits = 0
        events = await store.events("acme", "task-1", 0, 100)
        assert [event.text for event in events] == ["a", "b"]
        assert await store.events("acme", "task-1", events[-1].offset, 100) == ()
        await store.append(SCOPE, tokens(task, "d"))
        assert [event.text for event in await store.events("acme", "task-1", 2, 100)] == ["c", "d"]

    loop.run_until_complete(story())
    loop.end()
    disk.close()
