"""Schedules, webhooks and deliveries as tables for people."""

from collections.abc import Iterable

from aion_sdk import Schedule, Webhook, WebhookDelivery
from aionctl.output.cells import duration, facts, moment, rows


def show_schedules(schedules: Iterable[Schedule]) -> None:
    """Show a list of schedules."""
    found = [
        (s.schedule_id, s.cron, s.time_zone or "UTC", s.task.intent, _next(s), str(s.fired), str(s.skipped))
        for s in schedules
    ]
    rows(("SCHEDULE", "CRON", "TIME ZONE", "INTENT", "NEXT", "FIRED", "SKIPPED"), found)


def show_schedule(schedule: Schedule) -> None:
    """Show one schedule."""
    facts(
        [
            ("schedule", schedule.schedule_id),
            ("cron", schedule.cron),
            ("time zone", schedule.time_zone or "UTC"),
            ("intent", schedule.task.intent),
            ("params", ", ".join(schedule.task.params) or schedule.task.params_json),
            ("next", _next(schedule)),
            ("last", moment(schedule.last_fire_time)),
            ("last task", schedule.last_task_id),
            ("last refusal", schedule.last_refusal),
            ("fired", str(schedule.fired)),
            ("skipped", str(schedule.skipped)),
            ("overlap", schedule.overlap.value),
            ("catch up", schedule.catch_up.value),
            ("window", duration(schedule.catch_up_window)),
            ("from", moment(schedule.start_time)),
            ("until", moment(schedule.end_time)),
            ("created", moment(schedule.create_time)),
            ("changed", moment(schedule.update_time)),
        ]
    )


def show_webhooks(webhooks: Iterable[Webhook]) -> None:
    """Show a list of webhooks."""
    found = [(w.webhook_id, w.url, _wants(w), _whether(w), w.description) for w in webhooks]
    rows(("WEBHOOK", "URL", "WANTS", "ENABLED", "DESCRIPTION"), found)


def show_webhook(webhook: Webhook) -> None:
    """Show one webhook."""
    facts(
        [
            ("webhook", webhook.webhook_id),
            ("url", webhook.url),
            ("wants", _wants(webhook)),
            ("enabled", _whether(webhook)),
            ("description", webhook.description),
            ("created", moment(webhook.create_time)),
        ]
    )


def show_deliveries(deliveries: Iterable[WebhookDelivery]) -> None:
    """Show a list of deliveries."""
    found = [
        (d.delivery_id, d.task_id, d.event, d.state.value, str(d.attempts), _answer(d), moment(d.next_attempt_time))
        for d in deliveries
    ]
    rows(("DELIVERY", "TASK", "EVENT", "STATE", "ATTEMPTS", "LAST ANSWER", "NEXT"), found)


def _next(schedule: Schedule) -> str:
    if schedule.paused:
        return "paused" + (f": {schedule.pause_note}" if schedule.pause_note else "")
    return moment(schedule.next_fire_time) or "never"


def _wants(webhook: Webhook) -> str:
    states = ", ".join(state.value for state in webhook.states) or "every end"
    return states + (f" of {', '.join(webhook.intents)}" if webhook.intents else "")


def _whether(webhook: Webhook) -> str:
    return (f"no: {webhook.disable_reason}" if webhook.disable_reason else "no") if webhook.disabled else "yes"


def _answer(delivery: WebhookDelivery) -> str:
    return " ".join(filter(None, (str(delivery.last_status or ""), delivery.last_error)))
