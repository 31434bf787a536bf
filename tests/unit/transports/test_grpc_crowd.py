"""Places of streams that anybody may open: so many in all, of one address and of one connection."""

from contextlib import ExitStack

import pytest

from aion.adapters.transports.grpc.crowd import Crowd, Places
from aion.domain.errors import TooManyWaiters

PLACES = Places("watches", in_all=5, of_address=3, of_connection=2)


def refused(crowd: Crowd, peer: str) -> str:
    with pytest.raises(TooManyWaiters) as caught, crowd.place(peer):
        pass
    assert caught.value.retry_after is not None
    return caught.value.message


def test_no_connection_no_address_and_nobody_gets_more_places_than_there_are():
    crowd = Crowd(PLACES)
    with ExitStack() as held:
        for peer in ("ipv4:10.0.0.1:1", "ipv4:10.0.0.1:1", "ipv4:10.0.0.1:2"):
            held.enter_context(crowd.place(peer))
        assert refused(crowd, "ipv4:10.0.0.1:1").startswith("2 watches are open on one connection")
        assert refused(crowd, "ipv4:10.0.0.1:2").startswith("3 watches are open from one address")
        for peer in ("ipv4:10.0.0.2:1", "ipv6:[::1]:1"):
            held.enter_context(crowd.place(peer))
        assert refused(crowd, "ipv4:10.0.0.3:1").startswith("5 watches are open, which is the limit")
        assert crowd.taken == 5


def test_a_place_that_is_left_is_free_again_and_nothing_is_kept_of_whoever_left():
    crowd = Crowd(PLACES)
    for number in range(50):
        with crowd.place(f"ipv4:10.0.0.1:{number}"), crowd.place(f"ipv4:10.0.0.1:{number}"):
            assert crowd.taken == 2
    assert (crowd.taken, crowd._addresses, crowd._connections) == (0, {}, {})


def test_a_refusal_takes_no_place_and_leaves_nothing_behind():
    crowd = Crowd(Places("watches", in_all=1, of_address=1, of_connection=1))
    with crowd.place("ipv4:10.0.0.1:1"):
        refused(crowd, "ipv4:10.0.0.2:1")
        assert (crowd.taken, len(crowd._addresses), len(crowd._connections)) == (1, 1, 1)
