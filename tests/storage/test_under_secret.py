"""What hangs on the secret beside a store: it is counted, backed up with it only, and given up as a whole."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aion.adapters.storage.api_keys import SqliteApiKeyStore
from aion.adapters.storage.backups import backup
from aion.adapters.storage.errors import BackupRefused, NothingToBegin, StoreOwned
from aion.adapters.storage.under_secret import UnderSecret, begin_anew, under_secret
from aion.domain.errors import WebhookNotFound
from aion.domain.writes import IdempotencyKey
from tests.contract.webhook_office import webhook
from tests.sample_keys import KEY
from tests.sample_tasks import START

LATER = START + timedelta(hours=1)
ONCE = IdempotencyKey("billing", "CreateWebhook", "once", b"fingerprint")


@pytest.fixture
def url(here):
    return f"sqlite:///{here.store}"


async def fill(here, url, *keys):
    """A store with these keys and a webhook."""
    async with here.opened() as store:
        await store.webhooks.create("acme", webhook(), 10, ONCE)
        with SqliteApiKeyStore.open(url) as desk:
            for key in keys:
                desk.add(key.tenant, key)


async def test_webhooks_and_the_keys_in_force_need_the_secret(here, url):
    async with here.opened():
        pass
    assert not under_secret(url, START)
    over = (replace(KEY, key_id="revoked", revoke_time=START), replace(KEY, key_id="expired", expire_time=START))
    await fill(here, url, KEY, replace(KEY, key_id="expires", expire_time=LATER), *over)
    assert under_secret(url, START) == UnderSecret(keys=2, webhooks=1)
    assert str(under_secret(url, START)) == "2 API keys and 1 webhook"
    assert under_secret(url, LATER) == UnderSecret(keys=1, webhooks=1)


async def test_a_store_is_not_backed_up_without_the_secret_that_it_needs(here, url, there, tmp_path):
    """15.8 No backup is made without the secret that its keys and webhooks need."""
    await fill(here, url, KEY)
    with pytest.raises(BackupRefused, match="1 API key and 1 webhook in the backup would be void") as refused:
        here.back_up(tmp_path / "b.tar")
    assert str(here.secret) in str(refused.value)
    assert not (tmp_path / "b.tar").exists()
    here.write_secret()
    assert set(here.back_up(tmp_path / "b.tar").parts) == {backup.STORE, here.secret.name}


async def test_to_begin_anew_gives_up_what_hangs_on_the_lost_secret_and_nothing_else(here, url):
    revoked = replace(KEY, key_id="revoked", revoke_time=START)
    await fill(here, url, KEY, revoked)
    assert begin_anew(url, here.secret, LATER) == UnderSecret(keys=1, webhooks=1)
    assert not under_secret(url, LATER)
    with SqliteApiKeyStore.open(url) as desk:
        assert [desk.find(key.key_id).revoke_time for key in (KEY, revoked)] == [LATER, START]
    async with here.opened() as store:
        with pytest.raises(WebhookNotFound):
            await store.webhooks.get("acme", webhook().webhook_id)
        assert await store.webhooks.issued("acme", ONCE) is None


async def test_nothing_is_given_up_while_the_secret_is_there_or_a_server_runs_or_without_a_store(here, url):
    with pytest.raises(NothingToBegin, match="no store"):
        begin_anew(url, here.secret, LATER)
    assert not here.folder.exists()
    await fill(here, url, KEY)
    async with here.opened():
        with pytest.raises(StoreOwned):
            begin_anew(url, here.secret, LATER)
    here.write_secret()
    with pytest.raises(NothingToBegin, match="is there, so nothing is lost"):
        begin_anew(url, here.secret, LATER)
    assert under_secret(url, START) == UnderSecret(keys=1, webhooks=1)
