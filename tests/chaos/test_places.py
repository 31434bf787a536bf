"""No failpoint is left out: what the source has and what the tests break are the same."""

from tests.chaos import places, test_hosts, test_kills, test_schedules, test_webhooks, test_workers
from tests.chaos.places import found, kinds_of_writes
from tests.chaos.store_writes import WRITES


def test_every_failpoint_is_one_at_which_a_test_kills():
    of_writes = {f"store.{kind}.{when}_commit" for kind in kinds_of_writes() for when in places.WHEN}
    tried = {
        *test_kills.FAILPOINTS,
        *test_hosts.FAILPOINTS,
        *test_webhooks.KILLS,
        *test_schedules.KILLS,
        *test_workers.FAILPOINTS,
    }
    assert tried - of_writes == found()
    assert tried <= found() | of_writes


def test_every_kind_of_write_is_killed_before_and_after_its_commit():
    assert {kind for kind, _ in WRITES.values()} == kinds_of_writes()


def test_the_reading_of_the_source_finds_what_is_there():
    assert {"store.begin", "worker.before_settle", "host.before_reply"} <= found()
    assert {"accept", "append", "forget_logs", "webhook"} <= kinds_of_writes()
