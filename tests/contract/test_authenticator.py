"""What `aion.ports.identity.Authenticator` promises, for every way to prove who calls."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from aion.adapters.identity.api_keys import ApiKeyAuthenticator
from aion.adapters.identity.chain import AuthenticatorChain
from aion.adapters.identity.issue import issue_key
from aion.adapters.identity.memory_keys import MemoryApiKeyStore
from aion.adapters.identity.principals import CertificateAuthenticator
from aion.adapters.identity.tickets import SealedTickets, TicketAuthenticator
from aion.domain.errors import Unauthenticated
from aion.domain.identity import ALL_SCOPES, Identity
from aion.ports.identity import Authenticator, Credentials, TicketGrant
from tests.manual_clock import CountingEntropy, ManualClock

PEPPER = b"p" * 32
BILLING = Identity("acme", "billing", ALL_SCOPES)
SPIFFE = "spiffe://example.org/billing"


@dataclass
class Case:
    """An authenticator, credentials that prove BILLING, wrong ones of the same kind, and ones of another kind."""

    authenticator: Authenticator
    good: Credentials
    wrong: tuple[Credentials, ...]
    foreign: tuple[Credentials, ...]


def bearer(text: str) -> Credentials:
    return Credentials({"authorization": f"Bearer {text}"})


def key_case(clock: ManualClock) -> Case:
    store = MemoryApiKeyStore()
    entropy = CountingEntropy()

    def issue(pepper: bytes = PEPPER, into: MemoryApiKeyStore = store, life: timedelta | None = None) -> str:
        return issue_key(
            into,
            clock,
            entropy,
            pepper,
            tenant="acme",
            principal="billing",
            scopes=ALL_SCOPES,
            expire_time=clock.now() + life if life else None,
        )[1]

    good, expired, revoked = issue(), issue(life=timedelta(seconds=1)), issue()
    unknown = issue(into=MemoryApiKeyStore())
    other_pepper = issue(pepper=b"q" * 32)
    clock.advance(timedelta(seconds=1))
    assert store.revoke("acme", revoked[5:22], clock.now())
    other_secret = good[:22] + unknown[22:]
    wrong = (expired, revoked, unknown, other_pepper, other_secret, good[:-1], good + "x", "aion_", "aion_ü")
    return Case(
        ApiKeyAuthenticator(store, PEPPER, clock),
        bearer(good),
        tuple(bearer(text) for text in wrong),
        (Credentials(), Credentials(certificate_names=(SPIFFE,)), bearer("eyJhbGciOiJFUzI1NiJ9.e30.x")),
    )


def certificate_case() -> Case:
    other = Identity("globex", "billing", ALL_SCOPES)
    known = {SPIFFE: BILLING, "billing.example.org": BILLING, "spiffe://example.org/other": other}
    wrong = (
        ("spiffe://example.org/billing/child",),
        ("spiffe://EXAMPLE.org/billing",),
        ("*.example.org",),
        ("x.billing.example.org",),
        (SPIFFE, "spiffe://example.org/other"),
        ("",),
    )
    return Case(
        CertificateAuthenticator(known),
        Credentials(certificate_names=("unlisted.example.org", SPIFFE)),
        tuple(Credentials(certificate_names=names) for names in wrong),
        (Credentials(), bearer("anything")),
    )


def ticket_case(clock: ManualClock) -> Case:
    store, entropy = MemoryApiKeyStore(), CountingEntropy()
    keys = ApiKeyAuthenticator(store, PEPPER, clock)
    tickets = SealedTickets.of(b"s" * 32, entropy)

    def ticket(life: int, credential: str, principal: str = "billing") -> str:
        expire_time = clock.now() + timedelta(seconds=life)
        return tickets.mint(TicketGrant("acme", principal, ALL_SCOPES, "", credential, expire_time))

    facts = {"tenant": "acme", "principal": "billing", "scopes": ALL_SCOPES}
    (key, text), (lost, _) = [issue_key(store, clock, entropy, PEPPER, **facts, expire_time=None) for _ in range(2)]
    assert store.revoke("acme", lost.key_id, clock.now())
    good, name = ticket(60, f"key:{key.key_id}"), f"key:{key.key_id}"
    wrong = (
        ticket(0, name),
        ticket(60, f"key:{lost.key_id}"),
        ticket(60, "key:none"),
        ticket(60, name, "root"),
        text,
        "x",
    )
    return Case(
        TicketAuthenticator(tickets, [keys], clock),
        Credentials(ticket=good),
        (*(Credentials(ticket=text) for text in wrong), Credentials({"x-api-key": text}, ticket=good), bearer(good)),
        (Credentials(), bearer(text), Credentials(certificate_names=(SPIFFE,))),
    )


def chain_case(clock: ManualClock) -> Case:
    keys, certificates = key_case(clock), certificate_case()
    chain = AuthenticatorChain([keys.authenticator, certificates.authenticator])
    return Case(chain, keys.good, (*keys.wrong, *certificates.wrong, Credentials(), bearer("a.jwt.x")), ())


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture(params=["api keys", "certificates", "tickets", "chain"])
def case(request, clock):
    match request.param:
        case "api keys":
            return key_case(clock)
        case "tickets":
            return ticket_case(clock)
        case "certificates":
            return certificate_case()
        case _:
            return chain_case(clock)


def test_good_credentials_give_the_identity_every_time(case):
    for _ in range(3):
        assert case.authenticator.authenticate(case.good) == BILLING


def test_wrong_credentials_are_refused_every_time(case):
    for _ in range(2):
        for credentials in case.wrong:
            with pytest.raises(Unauthenticated):
                case.authenticator.authenticate(credentials)


def test_credentials_of_another_kind_are_not_its_business(case):
    for credentials in case.foreign:
        assert case.authenticator.authenticate(credentials) is None


def test_the_message_never_says_which_part_was_wrong_and_repeats_nothing_that_was_sent(clock):
    keys = key_case(clock)
    messages = set()
    for credentials in keys.wrong:
        with pytest.raises(Unauthenticated) as refused:
            keys.authenticator.authenticate(credentials)
        messages.add(refused.value.message)
        assert credentials.headers["authorization"] not in refused.value.message
    assert len(messages) == 1, "unknown, wrong, expired and revoked sound the same"


def test_nothing_given_is_refused_with_a_hint_and_no_default_tenant(clock):
    with pytest.raises(Unauthenticated, match="aion keys create"):
        chain_case(clock).authenticator.authenticate(Credentials())
