"""Tickets: what stands in one, what it needs behind it, when it counts."""

from datetime import timedelta

import pytest

from aion.adapters.identity.api_keys import ApiKeyAuthenticator
from aion.adapters.identity.issue import issue_key
from aion.adapters.identity.memory_keys import MemoryApiKeyStore
from aion.adapters.identity.principals import CertificateAuthenticator
from aion.adapters.identity.tickets import LONGEST, PREFIX, SealedTickets, TicketAuthenticator
from aion.adapters.telemetry.redaction import redacted_text
from aion.app.usecases.create_ticket import LIFETIME, CreateTicket
from aion.domain.errors import PermissionDenied, Unauthenticated, ValidationFailed
from aion.domain.identity import Caller, Identity
from aion.ports.identity import Credentials
from aion.ports.usecases import TicketWish
from tests.manual_clock import CountingEntropy, ManualClock

PEPPER = b"p" * 32
SPIFFE = "spiffe://example.org/page"
SCOPES = frozenset({"tasks:read", "tasks:write", "intent:sum*:run"})


class Desk:
    """Keys, a certificate's name, and the tickets that both lend."""

    def __init__(self) -> None:
        self.clock, self.entropy, self.store = ManualClock(), CountingEntropy(), MemoryApiKeyStore()
        self.names = {SPIFFE: Identity("acme", "page", SCOPES, credential=f"certificate:{SPIFFE}")}
        self.by_key = ApiKeyAuthenticator(self.store, PEPPER, self.clock)
        self.tickets = SealedTickets.of(b"s" * 32, self.entropy)
        self.key, self.text = issue_key(
            self.store,
            self.clock,
            self.entropy,
            PEPPER,
            tenant="acme",
            principal="svc",
            scopes=SCOPES,
            expire_time=self.clock.now() + timedelta(hours=1),
        )

    @property
    def authenticator(self) -> TicketAuthenticator:
        books = [self.by_key, CertificateAuthenticator(self.names)]
        return TicketAuthenticator(self.tickets, books, self.clock)

    @property
    def holder(self) -> Identity:
        identity = self.by_key.authenticate(Credentials({"x-api-key": self.text}))
        assert identity is not None
        return identity

    async def ticket(self, holder: Identity | None = None, **wish) -> str:
        caller = Caller(holder or self.holder, "r")
        return (await CreateTicket(self.tickets, self.clock)(caller, TicketWish(**wish))).text

    def show(self, ticket: str, *, opened: bool = False) -> Identity | None:
        return self.authenticator.authenticate(Credentials(ticket=ticket, opened=opened))


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_a_ticket_lends_reading_for_a_minute_unless_more_is_asked_for(desk: Desk):
    ticket = await desk.ticket()
    assert desk.show(ticket) == Identity("acme", "svc", frozenset({"tasks:read"}))
    desk.clock.advance(LIFETIME)
    with pytest.raises(Unauthenticated):
        desk.show(ticket)


async def test_a_ticket_lends_what_is_asked_for_of_what_its_maker_may(desk: Desk):
    ticket = await desk.ticket(
        scopes=("tasks:write", "intent:summarize:run"), task_id="t-1", lifetime=timedelta(seconds=5)
    )
    assert desk.show(ticket) == Identity("acme", "svc", frozenset({"tasks:write", "intent:summarize:run"}), "t-1")
    desk.clock.advance(timedelta(seconds=5))
    with pytest.raises(Unauthenticated):
        desk.show(ticket)


@pytest.mark.parametrize("more", ["server:read", "intent:*:run", "intent:redact:run"])
async def test_a_ticket_never_lends_more_than_its_maker_may(desk: Desk, more):
    with pytest.raises(PermissionDenied) as refused:
        await desk.ticket(scopes=("tasks:read", more))
    assert refused.value.facts == {"scope": more}
    assert [violation.field for violation in refused.value.violations] == ["scopes[1]"]


@pytest.mark.parametrize("made_up", ["intent:[s]*:run", "intent:su?:run", "tasks:*", "*", "workers:serve"])
async def test_a_ticket_lends_no_scope_that_does_not_exist(desk: Desk, made_up):
    with pytest.raises(ValidationFailed) as refused:
        await desk.ticket(scopes=("tasks:read", made_up))
    assert [violation.field for violation in refused.value.violations] == ["scopes[1]"]


async def test_a_pattern_made_of_the_letters_of_another_one_lends_nothing_beyond_it(desk: Desk):
    """13.1 A ticket holds a part of what its maker may."""
    maker = Identity("acme", "svc", frozenset({"intent:*tor*:run"}), credential=desk.holder.credential)
    with pytest.raises(ValidationFailed):
        await desk.ticket(maker, scopes=("intent:[!tor]*:run",))
    assert not maker.may("intent:echo:run")
    assert not Identity("acme", "svc", frozenset({"intent:[!tor]*:run"})).may("intent:echo:run")


async def test_a_ticket_makes_no_ticket(desk: Desk):
    lent = desk.show(await desk.ticket())
    with pytest.raises(PermissionDenied, match="makes no other tickets"):
        await desk.ticket(lent)


async def test_an_expire_time_counts_only_when_a_stream_is_opened(desk: Desk):
    ticket = await desk.ticket()
    desk.clock.advance(timedelta(minutes=30))
    assert desk.show(ticket, opened=True) == Identity("acme", "svc", frozenset({"tasks:read"}))


@pytest.mark.parametrize("opened", [False, True])
async def test_a_ticket_falls_with_its_key_revoked_or_expired(desk: Desk, opened):
    ticket = await desk.ticket(lifetime=timedelta(seconds=300))
    desk.store.revoke("acme", desk.key.key_id, desk.clock.now())
    with pytest.raises(Unauthenticated):
        desk.show(ticket, opened=opened)
    other = Desk()
    ticket = await other.ticket()
    other.clock.advance(timedelta(hours=1))
    with pytest.raises(Unauthenticated):
        other.show(ticket, opened=True)


async def test_a_ticket_of_a_certificate_falls_with_its_name_and_shrinks_with_its_scopes(desk: Desk):
    ticket = await desk.ticket(desk.names[SPIFFE], scopes=("tasks:read", "tasks:write"))
    assert desk.show(ticket) == Identity("acme", "page", frozenset({"tasks:read", "tasks:write"}))
    desk.names[SPIFFE] = Identity("acme", "page", frozenset({"tasks:read"}))
    assert desk.show(ticket) == Identity("acme", "page", frozenset({"tasks:read"}))
    desk.names[SPIFFE] = Identity("globex", "page", SCOPES)
    with pytest.raises(Unauthenticated):
        desk.show(ticket)
    del desk.names[SPIFFE]
    with pytest.raises(Unauthenticated):
        desk.show(ticket)


async def test_a_changed_a_foreign_and_a_nearly_right_ticket_prove_nothing(desk: Desk):
    ticket = await desk.ticket()
    foreign = SealedTickets.of(b"t" * 32, desk.entropy)
    desk.tickets, own = foreign, desk.tickets
    elsewhere = await desk.ticket()
    desk.tickets = own
    middle = len(ticket) // 2
    other = [("A" if ticket[place] != "A" else "B", place) for place in (14, middle, len(ticket) - 2)]
    changed = [ticket[:place] + letter + ticket[place + 1 :] for letter, place in other]
    shaped = [PREFIX, PREFIX + "ü", "x", PREFIX + "A" * LONGEST, desk.text]
    wrong = [*changed, *shaped, elsewhere, ticket + "A", ticket[:-1]]
    messages = set()
    for text in wrong:
        with pytest.raises(Unauthenticated) as refused:
            desk.show(text)
        messages.add(refused.value.message)
    assert len(messages) == 1


async def test_a_ticket_beside_a_key_is_refused_and_none_is_not_its_business(desk: Desk):
    ticket = await desk.ticket()
    for name in ("authorization", "x-api-key"):
        with pytest.raises(Unauthenticated, match="one of them"):
            desk.authenticator.authenticate(Credentials({name: desk.text}, ticket=ticket))
    assert desk.authenticator.authenticate(Credentials({"x-api-key": desk.text})) is None


@pytest.mark.parametrize("headers", [{"authorization": "Bearer {}"}, {"x-api-key": "{}"}])
async def test_a_ticket_in_a_key_s_place_is_told_what_it_is_good_for(desk: Desk, headers: dict[str, str]):
    ticket = await desk.ticket()
    shown = {name: value.format(ticket) for name, value in headers.items()}
    with pytest.raises(Unauthenticated, match="is no key: it opens the SSE and WebSocket streams") as refused:
        desk.authenticator.authenticate(Credentials(shown))
    assert ticket not in str(refused.value)


async def test_a_ticket_tells_its_holder_nothing_and_no_log_tells_a_ticket(desk: Desk):
    ticket = await desk.ticket(task_id="t-secret")
    assert ticket.startswith(PREFIX)
    for fact in ("acme", "svc", "t-secret", desk.key.key_id):
        assert fact not in ticket
    for line in (f"GET /v1/ws?ticket={ticket}", f"opened by {ticket}.", f'{{"token":"{ticket}"}}'):
        assert ticket[len(PREFIX) :] not in redacted_text(line)
    assert ticket not in repr(await CreateTicket(desk.tickets, desk.clock)(Caller(desk.holder, "r"), TicketWish()))
