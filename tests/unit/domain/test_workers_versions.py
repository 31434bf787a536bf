"""Which worker fits which server, and how the leases of workers apart are known."""

import pytest

from aion.domain.errors import WorkerVersionUnsupported
from aion.domain.fleet import EngineOffer, Introduction, check_version, is_apart, owner_apart
from aion.domain.identity import Identity


@pytest.mark.parametrize("worker", ["1.3.0", "1.4.9", "1.5.0", "1.4.0-rc.1", "1.4.0+build"])
def test_one_minor_release_apart_is_close_enough(worker):
    check_version(worker, "1.4.0")


@pytest.mark.parametrize("worker", ["1.2.9", "1.6.0", "2.4.0", "0.4.0", "1.4", "x1.4.0", "1.4.0x", ""])
def test_more_than_one_minor_release_apart_or_no_version_is_refused_with_both(worker):
    with pytest.raises(WorkerVersionUnsupported) as refused:
        check_version(worker, "1.4.0")
    assert refused.value.facts == {"worker_version": worker, "server_version": "1.4.0"}


def test_a_server_without_a_version_takes_no_worker():
    with pytest.raises(WorkerVersionUnsupported):
        check_version("1.4.0", "unknown")


def test_the_owner_of_a_lease_tells_workers_and_their_starts_apart():
    identity = Identity("acme", "svc", frozenset())
    others = (Identity("other", "svc", frozenset()), Identity("acme", "other", frozenset()))
    owners = {
        owner_apart(identity, "w", "1"),
        owner_apart(identity, "w", "2"),
        owner_apart(identity, "v", "1"),
        *(owner_apart(other, "w", "1") for other in others),
    }
    assert len(owners) == 5
    assert all(map(is_apart, owners))
    assert not is_apart("host-1/worker:7")


def test_a_worker_names_the_bytes_of_its_engines():
    worker = Introduction("w", "1", "1.0.0", (EngineOffer("a", "sha256:a"), EngineOffer("b", "")), 2)
    assert [worker.digest(engine) for engine in ("a", "b", "c")] == ["sha256:a", "", ""]
