"""Bodies of requests: whose are kept, how much of all of them, and until when."""

from typing import ClassVar

import pytest

from aion.adapters.rpc.admission import MAX_REQUEST_BYTES
from aion.adapters.transports.http.answers import UNREAD
from aion.adapters.transports.http.bodies import SHORT_BYTES, Bodies
from aion.adapters.transports.http.leaving import ClientGone
from aion.adapters.transports.http.protocol import DISCARDED_BYTES
from aion.adapters.transports.http.reservoir import Reservoir
from aion.domain.errors import Draining, Overloaded, Unauthenticated
from aion.domain.identity import Identity

KIB = 1 << 10
ROOM = 1 << 20
"""Of the reservoir; a tenant has half of it."""


class Piece(bytes):
    """Bytes that are counted while somebody holds them."""

    held: ClassVar[int] = 0

    def __new__(cls, size):
        cls.held += 1
        return super().__new__(cls, size)

    def __del__(self):
        Piece.held -= 1


class Door:
    """A pipeline that knows whoever names a tenant; `full`: it has no place for their calls."""

    def __init__(self, *, full=False):
        self.asked = 0
        self.draining = False
        self._full = full

    def recognise(self, credentials):
        self.asked += 1
        tenant = credentials.headers.get("x-api-key")
        if tenant and self._full:
            raise Overloaded("full")
        return Identity(tenant, "svc", frozenset()) if tenant else None


class Client:
    """Sends pieces of these sizes, then leaves if it is said to."""

    def __init__(self, *sizes, leaves=False, before_each=lambda: None):
        self._sizes = list(sizes)
        self._leaves = leaves
        self._before_each = before_each
        self.asked = 0

    async def receive(self):
        self.asked += 1
        self._before_each()
        if not self._sizes:
            assert self._leaves, "nobody may wait for more than there is"
            return {"type": "http.disconnect"}
        size = self._sizes.pop(0)
        return {"type": "http.request", "body": Piece(size), "more_body": bool(self._sizes) or self._leaves}


def scope_of(size=None):
    length = (b"transfer-encoding", b"chunked") if size is None else (b"content-length", b"%d" % size)
    return {"headers": [length], "client": ("10.0.0.1", 1)}


def bodies_of(door=None, room=ROOM):
    return Bodies(door or Door(), Reservoir(room))


async def taken(bodies, client, key="", scope=None, **headers):
    said = {**({"x-api-key": key} if key else {}), **headers}
    return await bodies.take(scope_of() if scope is None else scope, client.receive, said)


async def test_of_a_strangers_body_nothing_is_kept_while_the_rest_of_it_comes():
    """6.2 Everything is bounded, above all what those may bring whom nobody knows."""
    most = 0

    def look():
        nonlocal most
        most = max(most, Piece.held)

    client = Client(*[64 * KIB] * 20, before_each=look)
    body = await taken(bodies_of(), client)
    assert (most, body.data, client.asked) == (0, b"", 20)
    with pytest.raises(Unauthenticated):
        body.data_once()


async def test_a_short_body_that_is_there_costs_no_look_at_who_sends_it():
    door = Door()
    body = await taken(bodies_of(door), Client(SHORT_BYTES))
    assert (len(body.data), body.size, door.asked) == (SHORT_BYTES, SHORT_BYTES, 0)


async def test_a_body_that_is_long_is_no_strangers_although_it_is_there():
    door = Door()
    body = await taken(bodies_of(door), Client(SHORT_BYTES + 1))
    assert (body.data, door.asked) == (b"", 1)


async def test_whoever_asks_before_sending_is_not_told_to_when_nobody_knows_them():
    client, scope = Client(leaves=True), scope_of(5)
    body = await taken(bodies_of(), client, scope=scope, expect="100-Continue")
    assert (body.data, client.asked, scope[UNREAD]) == (b"", 0, True)
    known, scope = Client(5), scope_of(5)
    body = await taken(bodies_of(), known, "acme", scope, expect="100-continue")
    assert (body.size, known.asked, UNREAD in scope) == (5, 1, False)


async def test_bodies_of_a_tenant_have_half_of_the_room_and_others_keep_theirs():
    bodies = bodies_of()
    first = await taken(bodies, Client(256 * KIB, 256 * KIB), "acme")
    client = Client(256 * KIB, 256 * KIB)
    with pytest.raises(Overloaded) as refused:
        await taken(bodies, client, "acme")
    assert refused.value.retry_after is not None
    assert client.asked == 2, "the client has sent all, so that it reads the answer"
    assert (await taken(bodies, Client(512 * KIB), "globex")).size == 512 * KIB
    assert len(first.data_once()) == 512 * KIB
    assert first.data == b""
    assert (await taken(bodies, Client(512 * KIB), "acme")).size == 512 * KIB


@pytest.mark.parametrize(
    ("client", "error"),
    [(Client(100 * KIB, leaves=True), ClientGone), (Client(300 * KIB, 300 * KIB), Overloaded)],
)
async def test_what_is_not_taken_in_takes_no_room(client, error):
    bodies = bodies_of()
    with pytest.raises(error):
        await taken(bodies, client, "acme")
    assert bodies.reservoir._held == 0


async def test_a_body_is_let_go_once_however_often_it_is_said():
    bodies = bodies_of()
    body = await taken(bodies, Client(100 * KIB), "acme")
    body.let_go()
    body.let_go()
    assert (bodies.reservoir._held, bodies.reservoir._by_tenant) == (0, {})


async def test_a_call_for_which_there_is_no_place_takes_no_room_for_its_body():
    most = 0

    def look():
        nonlocal most
        most = max(most, Piece.held)

    with pytest.raises(Overloaded, match="full"):
        await taken(bodies_of(Door(full=True)), Client(*[64 * KIB] * 4, before_each=look), "acme")
    assert most == 0


async def test_a_body_over_the_limit_of_a_request_is_not_kept_and_its_size_is_told():
    bodies = bodies_of(room=4 * MAX_REQUEST_BYTES)
    body = await taken(bodies, Client(MAX_REQUEST_BYTES, 1), "acme")
    assert (body.data, body.size, bodies.reservoir._held) == (b"", MAX_REQUEST_BYTES + 1, 0)


async def test_a_body_without_end_is_not_read_without_end_whoever_sends_it():
    for key in ("", "acme"):
        scope, client = scope_of(), Client(*[1 << 20] * 40)
        await taken(bodies_of(room=1 << 30), client, key, scope)
        assert client.asked == DISCARDED_BYTES // (1 << 20) + 1
        assert scope[UNREAD] is True


async def test_while_it_drains_nobody_waits_for_a_body():
    door, client = Door(), Client(leaves=True)
    door.draining = True
    with pytest.raises(Draining):
        await taken(bodies_of(door), client)
    assert client.asked == 0


@pytest.mark.parametrize("key", ["", "acme"])
async def test_the_wait_for_a_body_ends_when_the_drain_begins(key):
    door = Door()

    def drain():
        door.draining = True

    bodies = bodies_of(door)
    with pytest.raises(Draining):
        await taken(bodies, Client(10, 0, leaves=True, before_each=drain), key)
    assert bodies.reservoir._held == 0
