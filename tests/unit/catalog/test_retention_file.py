"""`retention.yml`: what it says, what it leaves to the settings, and what is wrong with it."""

from datetime import timedelta
from pathlib import Path

import pytest

from aion.adapters.catalog.errors import ConfigurationInvalid
from aion.adapters.catalog.retention_file import load_retention
from aion.domain.retention import Kept, RetentionPolicy, TenantRetention

DAY = timedelta(days=1)


def loaded(folder: Path, text: str, events: timedelta | None = None, tasks: timedelta | None = None) -> RetentionPolicy:
    (folder / "retention.yml").write_text(text)
    return load_retention(folder, events, tasks)


def test_without_a_file_the_settings_hold_for_every_tenant_and_every_end(tmp_path: Path) -> None:
    policy = load_retention(tmp_path, 7 * DAY, 90 * DAY)

    assert policy == RetentionPolicy(TenantRetention(Kept.alike(90 * DAY), Kept.alike(7 * DAY)))
    assert load_retention(tmp_path, None, None) == RetentionPolicy()


def test_the_file_comes_before_the_settings_and_a_tenant_before_the_file(tmp_path: Path) -> None:
    policy = loaded(
        tmp_path,
        "defaults: {tasks: {ok: 30d, error: forever}, idempotency_keys: 48h, api_keys: 365d}\n"
        "tenants:\n"
        "  acme: {tasks: {ok: 60d}, events: 2d, api_keys: forever}\n"
        "undelivered: 12h\n",
        events=7 * DAY,
        tasks=90 * DAY,
    )

    default, acme = policy.of("anyone"), policy.of("acme")
    assert default.tasks == Kept(ok=30 * DAY, error=None, timeout=90 * DAY, canceled=90 * DAY)
    assert (default.events, default.idempotency_keys, default.api_keys) == (Kept.alike(7 * DAY), 2 * DAY, 365 * DAY)
    assert acme.tasks == Kept(ok=60 * DAY, error=None, timeout=90 * DAY, canceled=90 * DAY)
    assert (acme.events, acme.idempotency_keys, acme.api_keys) == (Kept.alike(2 * DAY), 2 * DAY, None)
    assert policy.undelivered == DAY / 2


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    assert loaded(tmp_path, "") == RetentionPolicy()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("defaults: {taks: 90d}\n", "retention.yml:1: defaults.taks: is not a field here; did you mean tasks?"),
        ("defaults:\n  events: {done: 1d}\n", "retention.yml:2: defaults.events.done: is not a field here"),
        ("tenants:\n  acme:\n    events: soon\n", "retention.yml:3: tenants.acme.events"),
        ("tenants:\n  acme:\n    tasks: {ok: 90}\n", "retention.yml:3: tenants.acme.tasks.ok: is not a duration"),
        ("tenants:\n  'a b': {}\n", "retention.yml:2: tenants.a b: must match"),
        ("undelivered: 99999d\n", "retention.yml:1: undelivered: is longer than a hundred years"),
        ("defaults: {idempotency_keys: forever}\n", "defaults.idempotency_keys: is not a duration"),
        ("defaults: {idempotency_keys: 1s}\n", "defaults.idempotency_keys: is too short"),
        ("defaults: {tasks: {canceled: 1h}}\n", "defaults.tasks: is shorter than idempotency_keys"),
        ("tenants:\n  acme: {idempotency_keys: 91d}\n", "tenants.acme.tasks: is shorter than idempotency_keys"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_to_do(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        loaded(tmp_path, text, tasks=90 * DAY)
    assert any(says in str(problem) for problem in caught.value.problems), str(caught.value)
