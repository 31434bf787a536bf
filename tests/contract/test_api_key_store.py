"""Where API keys live: one suite for memory and SQLite."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.sample_keys import KEY
from tests.sample_tasks import START


def test_a_key_reads_back_as_it_was_added(keys):
    expiring = replace(KEY, key_id="key-2", expire_time=START + timedelta(days=1))
    keys.add("acme", KEY)
    keys.add("acme", expiring)
    assert keys.find("key-1") == KEY
    assert keys.find("key-2") == expiring


def test_an_unknown_key_is_none(keys):
    assert keys.find("key-1") is None


def test_a_key_added_after_a_miss_is_found(keys):
    assert keys.find("key-1") is None
    keys.add("acme", KEY)
    assert keys.find("key-1") == KEY


def test_a_taken_id_is_refused_for_any_tenant(keys):
    keys.add("acme", KEY)
    with pytest.raises(ValueError, match="taken"):
        keys.add("acme", KEY)
    with pytest.raises(ValueError, match="taken"):
        keys.add("other", replace(KEY, tenant="other"))


def test_a_key_of_another_tenant_cannot_be_added(keys):
    with pytest.raises(ValueError, match="tenant"):
        keys.add("other", KEY)


def test_a_list_shows_the_keys_of_its_tenant_oldest_first_revoked_ones_too(keys):
    later = replace(KEY, key_id="a-later", create_time=START + timedelta(seconds=1))
    keys.add("acme", later)
    keys.add("acme", KEY)
    keys.add("other", replace(KEY, key_id="foreign", tenant="other"))
    keys.revoke("acme", "key-1", START)
    assert [key.key_id for key in keys.list("acme")] == ["key-1", "a-later"]


def test_the_first_revocation_counts(keys):
    keys.add("acme", KEY)
    assert keys.revoke("acme", "key-1", START)
    assert keys.revoke("acme", "key-1", START + timedelta(days=1))
    assert keys.find("key-1") == replace(KEY, revoke_time=START)


def test_a_tenant_cannot_revoke_the_key_of_another(keys):
    keys.add("acme", KEY)
    assert not keys.revoke("other", "key-1", START)
    assert not keys.revoke("acme", "missing", START)
    assert keys.find("key-1") == KEY
