"""API keys as credentials: where they may stand, how long a proof is remembered, what is kept."""

from datetime import timedelta

import pytest

from aion.adapters.identity import key_text
from aion.adapters.identity.api_keys import REMEMBER_FOR, ApiKeyAuthenticator
from aion.adapters.identity.issue import issue_key
from aion.adapters.identity.memory_keys import MemoryApiKeyStore
from aion.domain.errors import Unauthenticated
from aion.domain.identity import TASKS_READ, Identity
from aion.ports.identity import Credentials
from tests.manual_clock import CountingEntropy, ManualClock

PEPPER = b"p" * 32
READER = Identity("acme", "reader", frozenset({TASKS_READ}))


class CountingStore(MemoryApiKeyStore):
    """Counts how often it is asked."""

    asked = 0

    def find(self, key_id):
        self.asked += 1
        return super().find(key_id)


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def store():
    return CountingStore()


@pytest.fixture
def issue(store, clock):
    entropy = CountingEntropy()

    def new(expire_time=None):
        return issue_key(
            store,
            clock,
            entropy,
            PEPPER,
            tenant="acme",
            principal="reader",
            scopes=[TASKS_READ],
            expire_time=expire_time,
        )

    return new


@pytest.fixture
def authenticator(store, clock):
    return ApiKeyAuthenticator(store, PEPPER, clock)


def headers(**given):
    return Credentials({name.replace("_", "-"): value for name, value in given.items()})


def test_a_key_may_stand_in_either_header_and_the_scheme_in_any_case(authenticator, issue):
    _, text = issue()
    for credentials in (
        headers(authorization=f"Bearer {text}"),
        headers(authorization=f"bearer  {text}"),
        headers(x_api_key=text),
        headers(authorization=f"Bearer {text}", x_api_key=text),
    ):
        assert authenticator.authenticate(credentials) == READER


def test_two_credentials_that_differ_are_refused_even_when_both_are_good(authenticator, issue):
    (_, one), (_, other) = issue(), issue()
    for authorization in (f"Bearer {other}", "Bearer a.jwt.x", "Basic dTpw", other):
        with pytest.raises(Unauthenticated, match="differ"):
            authenticator.authenticate(headers(authorization=authorization, x_api_key=one))


def test_an_api_key_header_that_holds_no_key_is_refused(authenticator):
    with pytest.raises(Unauthenticated):
        authenticator.authenticate(headers(x_api_key="password"))


def test_a_hot_key_asks_the_store_once_while_its_proof_is_remembered(authenticator, store, clock, issue):
    _, text = issue()
    for _ in range(100):
        authenticator.authenticate(headers(x_api_key=text))
    assert store.asked == 1
    clock.advance(REMEMBER_FOR)
    authenticator.authenticate(headers(x_api_key=text))
    assert store.asked == 2


def test_a_revoked_key_is_noticed_when_its_proof_is_forgotten(authenticator, store, clock, issue):
    key, text = issue()
    authenticator.authenticate(headers(x_api_key=text))
    store.revoke("acme", key.key_id, clock.now())
    clock.advance(REMEMBER_FOR)
    with pytest.raises(Unauthenticated):
        authenticator.authenticate(headers(x_api_key=text))


def test_a_proof_and_the_next_look_of_a_stream_fit_into_five_seconds():
    assert timedelta(seconds=4) + REMEMBER_FOR <= timedelta(seconds=5)


def test_a_key_expires_to_the_moment_also_while_its_proof_is_remembered(authenticator, clock, issue):
    _, text = issue(expire_time=clock.now() + timedelta(milliseconds=500))
    assert authenticator.authenticate(headers(x_api_key=text)) == READER
    clock.advance(timedelta(milliseconds=500))
    with pytest.raises(Unauthenticated):
        authenticator.authenticate(headers(x_api_key=text))


def test_a_wrong_secret_and_an_unknown_id_cost_one_look_into_the_store_each(authenticator, store, issue):
    _, text = issue()
    _, other = issue()
    wrong_secret = text[:22] + other[22:]
    with pytest.raises(Unauthenticated):
        authenticator.authenticate(headers(x_api_key=wrong_secret))
    assert store.asked == 0, "its checksum is wrong: a typing error"
    store._keys.clear()
    with pytest.raises(Unauthenticated):
        authenticator.authenticate(headers(x_api_key=text))
    assert store.asked == 1


def test_a_key_s_id_with_another_secret_proves_nothing_though_the_checksum_is_right(authenticator, store, issue):
    (_, text), (_, other) = issue(), issue()
    body = text[:23] + other[23:-6]
    forged = body + key_text._checksum(body)
    assert key_text.is_genuine(forged)
    with pytest.raises(Unauthenticated):
        authenticator.authenticate(headers(x_api_key=forged))
    assert store.asked == 1


def test_proofs_are_bounded_and_hold_no_plain_text(authenticator, issue, monkeypatch):
    monkeypatch.setattr("aion.adapters.identity.api_keys._MOST_REMEMBERED", 3)
    texts = [issue()[1] for _ in range(10)]
    for text in texts:
        assert authenticator.authenticate(headers(x_api_key=text)) == READER
    assert len(authenticator._proven) == 3
    assert not any(text in repr(authenticator._proven) for text in texts)
