"""Issuing keys: what the text looks like, what is stored, what is refused."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aion.adapters.identity import key_text
from aion.adapters.identity.issue import issue_key
from aion.adapters.identity.memory_keys import MemoryApiKeyStore
from aion.domain.identity import ALL_SCOPES, TASKS_READ, WORKERS_SERVE, Identity
from tests.manual_clock import CountingEntropy, ManualClock

PEPPER = b"p" * 32


def issue(**changed):
    facts = {"tenant": "acme", "principal": "billing", "scopes": [TASKS_READ], **changed}
    store = MemoryApiKeyStore()
    key, text = issue_key(store, ManualClock(), CountingEntropy(), PEPPER, **facts)
    return store, key, text


def test_an_issued_key_is_stored_without_its_secret():
    store, key, text = issue()
    assert store.list("acme") == [key]
    assert store.find(key.key_id) == key
    assert text.startswith(f"aion_{key.key_id}_")
    assert text[22:] not in repr(key)
    assert len(key.mac) == 32


def test_a_secret_scanner_can_find_a_key():
    _, _, text = issue()
    assert re.fullmatch(r"aion_[0-9A-Za-z]{17}_[0-9A-Za-z]{49}", text)


@given(st.binary(min_size=12, max_size=12), st.binary(min_size=32, max_size=32))
def test_every_key_is_genuine_and_carries_its_id(key_id, secret):
    plain = key_text.make(key_id, secret)
    assert key_text.is_genuine(plain.text)
    assert key_text.public_part(plain.text) == plain.key_id
    assert plain.text not in repr(plain)


@given(st.integers(min_value=0, max_value=71), st.sampled_from("0Aa_~"))
def test_a_typing_error_is_noticed_without_the_store(place, typed):
    text = key_text.make(b"\x01" * 12, b"\x02" * 32).text
    broken = text[:place] + typed + text[place + 1 :]
    assert key_text.is_genuine(broken) is (broken == text)


@given(st.text(max_size=90))
def test_no_other_text_is_genuine(text):
    assert not key_text.is_genuine(text)


def test_a_key_needs_all_of_its_random_bytes():
    with pytest.raises(ValueError, match="12 bytes"):
        key_text.make(b"\x01" * 11, b"\x02" * 32)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"tenant": ""}, "the tenant ''"),
        ({"tenant": "a/b"}, "the tenant 'a/b'"),
        ({"principal": "a b"}, "the principal 'a b'"),
        ({"scopes": []}, "at least one scope"),
        ({"scopes": ["task:read"]}, "did you mean tasks:read"),
        ({"scopes": ["*"]}, "no such scope"),
        ({"scopes": ["intent::run"]}, "no such scope"),
        ({"expire_time": ManualClock().now()}, "which is past"),
    ],
)
def test_what_could_never_work_is_refused_with_a_reason(changed, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        issue(**changed)


def test_scopes_of_intents_and_patterns_of_them_are_allowed():
    _, key, _ = issue(scopes=["intent:summarize:run", "intent:legal.*:run", *ALL_SCOPES])
    assert "intent:legal.*:run" in key.scopes


def test_only_who_names_it_gets_the_scope_of_workers():
    """7.5 Workers need the scope `workers:serve`, which no key has unless it was given by name."""
    assert issue(scopes=[WORKERS_SERVE])[1].scopes == {WORKERS_SERVE}
    everything = Identity("acme", "billing", issue(scopes=ALL_SCOPES)[1].scopes)
    assert not everything.may(WORKERS_SERVE)


def test_an_expiry_is_kept():
    expire_time = ManualClock().now() + timedelta(days=90)
    _, key, _ = issue(expire_time=expire_time)
    assert key.expire_time == expire_time


def test_the_memory_store_keeps_tenants_apart_and_the_first_revocation():
    store, key, _ = issue()
    now = ManualClock().now()
    assert not store.revoke("globex", key.key_id, now)
    assert store.list("globex") == []
    assert store.revoke("acme", key.key_id, now)
    assert store.revoke("acme", key.key_id, now + timedelta(days=1))
    assert store.list("acme")[0].revoke_time == now
    with pytest.raises(ValueError, match="is taken"):
        store.add("acme", key)
    with pytest.raises(ValueError, match="belongs to tenant"):
        store.add("globex", key)
