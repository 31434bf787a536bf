"""The loop that sends deliveries, over a store in memory, a sender that obeys the test and a clock that stands."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from standardwebhooks import Webhook as Standard
from standardwebhooks import WebhookVerificationError

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import open_store
from aion.adapters.webhooks.payload import TaskPayload
from aion.app.background import webhook_sending
from aion.app.background.deleting_by_age import DeletingByAge
from aion.app.background.webhook_sending import SenderSettings, WebhookDeliverer
from aion.app.usecases.webhooks import RotateWebhookSecret
from aion.domain.errors import StoreUnavailable
from aion.domain.tasks import TaskState
from aion.domain.webhooks import KEEP_FINISHED, AttemptReport, DeliveryState
from tests.manual_clock import ManualClock
from tests.sample_tasks import SCOPE, START
from tests.unit.app.post_office import NO, Forgetful, PostOffice, caller
from tests.unit.app.workshop import until


@pytest.fixture
async def office(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PostOffice]:
    for name in ("LOOK_EVERY", "AFTER_TROUBLE", "FORGET_EVERY", "BETWEEN_BATCHES"):
        monkeypatch.setattr(webhook_sending, name, 0.001)
    clock = ManualClock(START)
    async with open_store("sqlite://", clock, ProcessSignals(), "test") as store:
        yield PostOffice(store, clock)


async def told(office: PostOffice, count: int) -> list[DeliveryState]:
    async with asyncio.timeout(60):
        await until(lambda: len(office.told.states) >= count)
    return office.told.states


async def test_an_ended_task_is_told_with_a_signature_that_the_reference_library_verifies(office, monkeypatch):
    """14.4 Every attempt is signed as Standard Webhooks says."""
    await office.make("https://a.example/hook")
    await office.end("task-1")
    async with office.open(agent="AION-Webhooks/test"):
        assert await told(office, 1) == [DeliveryState.DELIVERED]
    ((url, headers, body),) = office.sender.sent
    assert url == "https://a.example/hook"
    assert (headers["content-type"], headers["user-agent"]) == ("application/json", "AION-Webhooks/test")
    assert headers["webhook-timestamp"] == str(int(START.timestamp()))
    expected = Standard(office.secret).sign(headers["webhook-id"], START, body.decode())
    assert headers["webhook-signature"] == expected
    with pytest.raises(WebhookVerificationError):  # its time is long ago by the library's own clock
        Standard(office.secret).verify(body, dict(headers))


async def test_after_a_rotation_both_secrets_sign_for_a_day(office):
    """14.6 For 24 hours deliveries carry a signature by the old secret, too."""
    webhook_id = await office.make("https://a.example/")
    old = office.secret
    rotated = await RotateWebhookSecret(office.store.webhooks, office.box, office.entropy)(caller("acme"), webhook_id)
    await office.end("a")
    async with office.open():
        await told(office, 1)
        office.clock.advance(timedelta(hours=24))
        await office.end("b")
        await told(office, 2)
    signatures = []
    for (_, headers, body), now in zip(office.sender.sent, (START, START + timedelta(hours=24)), strict=True):
        signed = {Standard(one).sign(headers["webhook-id"], now, body.decode()) for one in (rotated.secret, old)}
        signatures.append(set(headers["webhook-signature"].split()) & signed)
    assert [len(found) for found in signatures] == [2, 1]
    assert rotated.secret != old


async def test_a_postponed_attempt_is_made_again_and_nobody_is_told_of_one(office):
    webhook_id = await office.make("https://a.example/")
    office.sender.reports["https://a.example/"] = AttemptReport(error="no names now", postponed=True)
    await office.end("a")
    async with office.open():
        await until(lambda: len(office.sender.sent) == 1)
        office.sender.reports.clear()
        while (await office.store.webhooks.next_due(SCOPE)) == START + timedelta(seconds=30):  # noqa: ASYNC110
            await asyncio.sleep(0)  # its claim is not given back yet
        office.clock.advance(timedelta(seconds=10))
        assert await told(office, 1) == [DeliveryState.DELIVERED]
    (stored,) = await office.deliveries(webhook_id)
    assert stored.attempts == 1


async def test_a_failed_attempt_is_made_again_under_the_same_id(office):
    """14.2 A delivery is made at least once, under the same id."""
    webhook_id = await office.make("https://a.example/")
    office.sender.reports["https://a.example/"] = NO
    await office.end("a")
    async with office.open():
        await told(office, 1)
        office.sender.reports.clear()
        office.clock.advance(timedelta(seconds=10))
        assert await told(office, 2) == [DeliveryState.PENDING, DeliveryState.DELIVERED]
    (first, second) = office.sender.sent
    assert first[1]["webhook-id"] == second[1]["webhook-id"]
    assert first[1]["webhook-signature"] != second[1]["webhook-signature"]
    (stored,) = await office.deliveries(webhook_id)
    assert (stored.attempts, stored.last_status) == (2, 204)


async def test_a_receiver_that_never_answers_holds_up_nobody_but_itself(office):
    """14.8 A receiver that is slow holds up nobody but itself."""
    office.sender.slow.add("https://slow.example/")
    await office.make("https://slow.example/")
    for number in range(40):
        await office.end(f"slow-{number}")
    await office.make("https://quick.example/", tenant="other")
    for number in range(40):
        await office.end(f"quick-{number}", "other")
    async with office.open(at_once=8, per_webhook=3) as deliverer:
        await told(office, 40)
        assert office.sender.to("https://quick.example/") == 40
        assert office.sender.hanging == office.sender.to("https://slow.example/") == 3
        assert deliverer.sending == 3
        office.sender.free.set()
        await told(office, 80)
    assert office.sender.to("https://slow.example/") == 40


async def test_no_more_than_so_many_are_sent_at_once(office):
    for number in range(6):
        url = f"https://slow{number}.example/"
        office.sender.slow.add(url)
        await office.make(url, tenant=f"t{number}")
        for task in range(3):
            await office.end(f"task-{task}", f"t{number}")
    async with office.open(at_once=5, per_webhook=2) as deliverer:
        await until(lambda: office.sender.hanging == 5)
        for _ in range(50):
            await asyncio.sleep(0)
        assert (office.sender.hanging, deliverer.sending) == (5, 5)
        office.sender.free.set()
        await told(office, 18)


async def test_what_a_process_that_died_was_sending_is_sent_again_at_once_by_the_next(office):
    """14.2 A delivery is made at least once, under the same id."""
    office.sender.slow.add("https://a.example/")
    webhook_id = await office.make("https://a.example/")
    await office.end("a")
    async with office.open():
        await until(lambda: office.sender.hanging == 1)
    (left,) = await office.deliveries(webhook_id)
    assert (left.state, left.attempts) == (DeliveryState.PENDING, 0)
    office.sender.slow.clear()
    deliverer = WebhookDeliverer(SenderSettings("the next"), office.parts)
    running = asyncio.ensure_future(deliverer.run())
    await told(office, 1)
    running.cancel()
    assert office.sender.sent[0][1]["webhook-id"] == office.sender.sent[1][1]["webhook-id"]
    with suppress(asyncio.CancelledError):
        await running


async def test_a_task_that_is_no_longer_kept_ends_its_delivery(office):
    webhook_id = await office.make("https://a.example/")
    await office.end("a")
    office.parts = replace(office.parts, tasks=Forgetful())  # type: ignore[arg-type]
    async with office.open():
        assert await told(office, 1) == [DeliveryState.FAILED]
    (stored,) = await office.deliveries(webhook_id)
    assert stored.last_error == "the task is no longer kept"
    assert (await office.store.webhooks.get("acme", webhook_id)).failing_since is None  # no fault of the receiver
    assert office.sender.sent == []


async def test_a_secret_that_cannot_be_read_is_a_failed_attempt_and_rotating_it_helps(office):
    webhook_id = await office.make("https://a.example/")
    await office.store.webhooks.rotate("acme", webhook_id, b"sealed elsewhere")
    await office.end("a")
    async with office.open():
        assert await told(office, 1) == [DeliveryState.PENDING]
        (stored,) = await office.deliveries(webhook_id)
        assert "rotate it" in stored.last_error
        assert (await office.store.webhooks.get("acme", webhook_id)).failing_since is None
        for _ in range(2):
            await RotateWebhookSecret(office.store.webhooks, office.box, office.entropy)(caller("acme"), webhook_id)
        office.clock.advance(timedelta(seconds=10))
        assert (await told(office, 2))[-1] is DeliveryState.DELIVERED


async def test_a_defect_that_one_task_shows_stops_no_other_delivery(office, monkeypatch):
    webhook_id = await office.make("https://a.example/")
    await office.end("bad")
    await office.end("good")
    plain = TaskPayload.__call__

    def broken(self, event, task):
        if task.task_id == "bad":
            raise KeyError("a defect")
        return plain(self, event, task)

    monkeypatch.setattr(TaskPayload, "__call__", broken)
    async with office.open():
        assert sorted(await told(office, 2)) == [DeliveryState.PENDING, DeliveryState.DELIVERED]
    assert [where for where, _ in office.observer.troubles] == ["webhooks"]
    states = {one.task_id: one.last_error for one in await office.deliveries(webhook_id)}
    assert states == {"bad": "AION failed to send it; the cause is in its log", "good": ""}
    assert (await office.store.webhooks.get("acme", webhook_id)).failing_since is None


async def test_trouble_with_the_store_is_told_and_nothing_is_lost(office, monkeypatch):
    await office.make("https://a.example/")
    await office.end("a")
    plain, failures = office.store.webhooks.report, [StoreUnavailable("the disk is full")] * 2

    async def failing(*args, **kwargs):
        if failures:
            raise failures.pop()
        return await plain(*args, **kwargs)

    monkeypatch.setattr(office.store.webhooks, "report", failing)
    async with office.open(lease_for=timedelta(seconds=30)):
        for _ in range(2):
            before = len(office.observer.troubles)
            await until(lambda: len(office.observer.troubles) > before)  # noqa: B023 - awaited at once
            office.clock.advance(timedelta(seconds=31))
        assert await told(office, 1) == [DeliveryState.DELIVERED]
    assert len(office.sender.sent) == 3


async def test_finished_deliveries_are_forgotten_in_time(office):
    """14.10 Finished deliveries are kept 30 days."""
    webhook_id = await office.make("https://a.example/")
    await office.end("a")
    async with office.open():
        await told(office, 1)
        office.clock.advance(KEEP_FINISHED + timedelta(seconds=1))
        async with asyncio.timeout(60):
            while await office.deliveries(webhook_id):  # noqa: ASYNC110 - the store has no event for it
                await asyncio.sleep(0)


async def test_without_webhooks_the_loop_asks_the_store_for_nothing(office, monkeypatch):
    async def never(*args):
        raise AssertionError("a claim without anything due")

    monkeypatch.setattr(office.store.webhooks, "claim", never)
    async with office.open():
        await office.end("a")
        for _ in range(20):
            await asyncio.sleep(0)
    assert (await office.store.get("acme", "a")).state is TaskState.CANCELED


class Asked(DeletingByAge):
    """Remembers what it answered."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        self.answers: list[bool] = []

    def may(self) -> bool:
        self.answers.append(super().may())
        return self.answers[-1]


async def test_a_loop_that_starts_again_still_knows_that_the_clock_was_set_ahead(office):
    """15.7 After the machine's clock was set ahead by a minute or more, nothing is deleted for its age for an hour."""
    by_age = Asked(office.clock)
    office.parts = replace(office.parts, by_age=by_age)
    webhook_id = await office.make("https://a.example/")
    await office.end("a")
    async with office.open():
        await told(office, 1)
        office.clock.jump(2 * KEEP_FINISHED)
        await until(lambda: by_age.answers[-1:] == [False])
    asked = len(by_age.answers)
    async with office.open():
        await until(lambda: len(by_age.answers) >= asked + 2)
    assert not any(by_age.answers[asked:])
    assert len(await office.deliveries(webhook_id)) == 1
