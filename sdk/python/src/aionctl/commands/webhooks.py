"""Commands for webhooks and their deliveries."""

import uuid
from dataclasses import replace
from typing import Annotated, Any

import typer

from aion_sdk import NewWebhook, RotatedSecret, TaskState, Webhook
from aionctl.borrowed import supplied_by
from aionctl.going_on import done_once
from aionctl.option_values import one_of, whole_within
from aionctl.output import resources
from aionctl.output.shown import show
from aionctl.reporting import say
from aionctl.session import Session, session

app = typer.Typer(help="Calls that the server makes when tasks have ended.", no_args_is_help=True, add_completion=False)
WebhookId = Annotated[str, typer.Argument(help="The webhook's id.")]
Limit = Annotated[int, typer.Option(parser=whole_within(1), metavar="NUMBER", help="At most this many.")]
RequestId = Annotated[str, typer.Option(help="Idempotency key: the same key gives the same secret, for 24 hours.")]
ONCE = "this secret is shown once; give it to the receiver, which verifies deliveries with it"


def wishes(
    *,
    state: Annotated[
        list[TaskState] | None,
        typer.Option(
            "--state", "-s", parser=one_of(TaskState), metavar="STATE", help="Only tasks that ended so: OK, ERROR, ..."
        ),
    ] = None,
    intent: Annotated[list[str] | None, typer.Option(help="Only tasks of this intent.")] = None,
    description: Annotated[str | None, typer.Option(help="What it is for.")] = None,
) -> dict[str, Any]:
    """Collect what it wants to hear of."""
    states, intents = tuple(state or ()) or None, tuple(intent or ()) or None
    given = {"states": states, "intents": intents, "description": description}
    return {name: value for name, value in given.items() if value is not None}


@app.command("list")
@supplied_by(session=session)
def list_webhooks(session: Session, limit: Limit = 50) -> None:
    """List the webhooks."""
    show(list(session.client.webhooks.list(limit=limit)), session.form, resources.show_webhooks)


@app.command()
@supplied_by(session=session)
def get(session: Session, webhook_id: WebhookId) -> None:
    """Show a webhook."""
    _show(session.client.webhooks.get(webhook_id, timeout=session.timeout), session)


@app.command()
@supplied_by(wishes=wishes, session=session)
def create(
    wishes: dict[str, Any],
    session: Session,
    url: Annotated[str, typer.Argument(help="Where deliveries are sent: https://...")],
    disabled: Annotated[bool, typer.Option("--disabled", help="It gets nothing until it is enabled.")] = False,
    request_id: RequestId = "",
) -> None:
    """Make a webhook and show its secret, once."""
    key = request_id or str(uuid.uuid4())
    with done_once(key):
        made = session.client.webhooks.create(url, disabled=disabled, request_id=key, timeout=session.timeout, **wishes)
    show(made, session.form, _show_new)


@app.command()
@supplied_by(wishes=wishes, session=session)
def update(
    wishes: dict[str, Any],
    session: Session,
    webhook_id: WebhookId,
    url: Annotated[str | None, typer.Option(help="Where deliveries are sent.")] = None,
    enable: Annotated[bool | None, typer.Option("--enable/--disable", help="Whether it gets deliveries.")] = None,
) -> None:
    """Change a webhook; its secret stays. Refused when somebody else changes it at the same time."""
    changes = dict(wishes)
    if url is not None:
        changes["url"] = url
    if enable is not None:
        changes["disabled"] = not enable
    if not changes:
        raise typer.BadParameter("nothing to change; give --url, --state, --intent, --description or --disable")
    stored = session.client.webhooks.get(webhook_id, timeout=session.timeout)
    _show(session.client.webhooks.update(replace(stored, **changes), timeout=session.timeout), session)


@app.command()
@supplied_by(session=session)
def rotate_secret(session: Session, webhook_id: WebhookId, request_id: RequestId = "") -> None:
    """Give a webhook a new secret and show it, once; for 24 hours the old one signs as well."""
    key = request_id or str(uuid.uuid4())
    with done_once(key):
        rotated = session.client.webhooks.rotate_secret(webhook_id, request_id=key, timeout=session.timeout)
    show(rotated, session.form, _show_rotated)


@app.command()
@supplied_by(session=session)
def delete(session: Session, webhook_id: WebhookId) -> None:
    """Delete a webhook and what waits for it."""
    session.client.webhooks.delete(webhook_id, timeout=session.timeout)
    say(f"webhook {webhook_id} deleted")


@app.command()
@supplied_by(session=session)
def deliveries(session: Session, webhook_id: WebhookId, limit: Limit = 50) -> None:
    """List the deliveries of a webhook, newest first."""
    show(list(session.client.webhooks.deliveries(webhook_id, limit=limit)), session.form, resources.show_deliveries)


@app.command()
@supplied_by(session=session)
def replay(
    session: Session, webhook_id: WebhookId, delivery_id: Annotated[str, typer.Argument(help="The delivery's id.")]
) -> None:
    """Send a delivery again, whatever came of it."""
    sent = session.client.webhooks.replay(webhook_id, delivery_id, timeout=session.timeout)
    show([sent], session.form, resources.show_deliveries)


def _show(webhook: Webhook, session: Session) -> None:
    show(webhook, session.form, resources.show_webhook)


def _show_new(made: NewWebhook) -> None:
    resources.show_webhook(made.webhook)
    typer.echo(made.secret)
    say(ONCE)


def _show_rotated(rotated: RotatedSecret) -> None:
    typer.echo(rotated.secret)
    say(ONCE)
