"""The task that a command line asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from aion_sdk.requests import TaskOptions
from aionctl import params
from aionctl.option_values import seconds_within

GROUP = "Promise"
FARTHEST_EXPIRY = 10 * 365 * 86_400.0
"""Seconds; what lies farther is a slip of the keyboard, and no date can hold all of it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Intent, input and promise, as the SDK takes them."""

    intent: str
    params: Mapping[str, str]
    options: TaskOptions


def asked(
    *,
    intent: Annotated[str, typer.Argument(help="What to do, such as `summarize`.")],
    param: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", metavar="NAME=VALUE", help="Input; NAME=@FILE reads a file, NAME=@- stdin."),
    ] = None,
    params_json: Annotated[
        str | None, typer.Option(metavar="JSON", help="Typed input as one JSON object, @FILE or @-, instead of -p.")
    ] = None,
    task_id: Annotated[str | None, typer.Option(help="The task's id; the server makes one by default.")] = None,
    request_id: Annotated[
        str | None, typer.Option(help="Idempotency key: the same key and request give the same task.")
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option(
            "--label", "-l", metavar="NAME=VALUE", help="A label that AION keeps; answers call labels `metadata`."
        ),
    ] = None,
    budget_usd: Annotated[
        str | None, typer.Option(help="What it may cost in dollars; 0 means free engines only.", rich_help_panel=GROUP)
    ] = None,
    p95_ms: Annotated[int | None, typer.Option(min=1, help="Promised latency.", rich_help_panel=GROUP)] = None,
    privacy: Annotated[str | None, typer.Option(help="local-only, allow-api or hybrid.", rich_help_panel=GROUP)] = None,
    priority: Annotated[str | None, typer.Option(help="low, normal or high.", rich_help_panel=GROUP)] = None,
    expire_in: Annotated[
        float | None,
        typer.Option(
            parser=seconds_within(0, FARTHEST_EXPIRY),
            metavar="TIME",
            help="After this long it ends TIMEOUT: seconds, such as 300, or 5m.",
            rich_help_panel=GROUP,
        ),
    ] = None,
    prefer: Annotated[
        str | None,
        typer.Option(metavar="ENGINE", help="An engine to prefer among the eligible.", rich_help_panel=GROUP),
    ] = None,
) -> Asked:
    """Read the input and collect the promise."""
    given: dict[str, Any] = {
        "task_id": task_id,
        "request_id": request_id,
        "budget_usd": budget_usd,
        "p95_ms": p95_ms,
        "privacy": privacy,
        "priority": priority,
        "preferred_engine": prefer,
        "metadata": params.pairs(label or (), "--label") or None,
        "params_json": None if params_json is None else params.read(params_json, "--params-json"),
        "expire_time": None if expire_in is None else datetime.now(UTC) + timedelta(seconds=expire_in),
    }
    options = TaskOptions(**{name: value for name, value in given.items() if value is not None})  # type: ignore[typeddict-item]
    return Asked(intent, params.read_all(params.pairs(param or (), "--param"), "--param"), options)
