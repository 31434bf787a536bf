"""A store that is backed up, and where it may be restored; a store that breaks at a named place."""

import resource
from contextlib import contextmanager

import pytest

from aion import failpoints
from tests.sample_tasks import accept, eager, key, new_task
from tests.storage.places import Place


@pytest.fixture
def here(tmp_path):
    return Place(tmp_path / "here")


@pytest.fixture
def there(tmp_path):
    return Place(tmp_path / "there")


@pytest.fixture
async def made(here, tmp_path):
    """A backup of a store with one task that runs, one that waits, and a key."""
    async with here.opened() as store:
        here.write_secret()
        await store.accept("acme", accept(new_task("runs"), key("once"), eager("a worker that dies")))
        await store.accept("acme", accept(new_task("waits")))
        file = tmp_path / "backup.tar"
        here.back_up(file)
    return file


@pytest.fixture
def disk():
    """A disk as full as the kernel makes it for this process: no file grows beyond this room."""

    @contextmanager
    def with_(room):
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return with_


@pytest.fixture
def break_at():
    """Breaks what comes to a place from now on; nothing any more with an empty name."""

    def set_(name):
        failpoints.configure({"AION_FAILPOINTS": f"{name}=error" if name else ""})

    yield set_
    failpoints.configure({})
