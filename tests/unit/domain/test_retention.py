"""How long what has ended is kept: by tenant and by end, the shortest over all."""

from datetime import UTC, datetime, timedelta

import pytest

from aion.domain.retention import Kept, RetentionPolicy, TenantRetention
from aion.domain.tasks import TaskState

END = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("state", "span"),
    [
        (TaskState.OK, DAY),
        (TaskState.ERROR, 2 * DAY),
        (TaskState.TIMEOUT, 3 * DAY),
        (TaskState.CANCELED, 4 * DAY),
        (TaskState.RUNNING, None),
    ],
)
def test_each_end_has_a_time_of_its_own(state, span):
    kept = Kept(DAY, 2 * DAY, 3 * DAY, 4 * DAY)
    assert kept.after(state) == span
    assert kept.shortest == DAY
    if span is not None:
        assert not kept.is_over(state, END, END + span)
        assert kept.is_over(state, END, END + span + timedelta(microseconds=1))


def test_what_nobody_gave_a_time_is_kept_for_ever():
    policy = RetentionPolicy()
    assert not Kept().is_over(TaskState.OK, END, END + 36_500 * DAY)
    assert (policy.shortest_tasks, policy.shortest_events, policy.forgets_api_keys) == (None, None, False)


def test_a_tenant_that_is_named_has_its_own_times_and_the_others_have_the_default():
    own = TenantRetention(tasks=Kept.alike(DAY))
    policy = RetentionPolicy(tenants={"acme": own})
    assert policy.of("acme") is own
    assert policy.of("globex") is policy.default


def test_the_shortest_time_of_any_tenant_says_what_is_too_young_to_go():
    policy = RetentionPolicy(
        TenantRetention(tasks=Kept.alike(9 * DAY)),
        {
            "acme": TenantRetention(tasks=Kept(error=2 * DAY), events=Kept.alike(3 * DAY)),
            "globex": TenantRetention(events=Kept(ok=5 * DAY)),
        },
    )
    assert policy.shortest_tasks == 2 * DAY
    assert policy.shortest_events == 3 * DAY


def test_api_keys_go_when_any_tenant_lets_them():
    assert RetentionPolicy(tenants={"acme": TenantRetention(api_keys=DAY)}).forgets_api_keys
    assert RetentionPolicy(TenantRetention(api_keys=DAY), {"acme": TenantRetention()}).forgets_api_keys
