"""The task that a command line asks for, in the parts that commands have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, cast

import typer

from aion_sdk import Sla, TaskSpec
from aion_sdk.requests import TaskOptions
from aionctl import params
from aionctl.option_values import moment, seconds_within, whole_within

GROUP = "Promise"
FARTHEST_EXPIRY = 10 * 365 * 86_400.0
"""Seconds; what lies farther is a slip of the keyboard, and no date can hold all of it."""

LONGEST_QUEUE_TIME = 30 * 86_400.0
"""Seconds, by the contract."""


Param = Annotated[
    list[str] | None,
    typer.Option("--param", "-p", metavar="NAME=VALUE", help="Input; NAME=@FILE reads a file, NAME=@- stdin."),
]
ParamsJson = Annotated[
    str | None, typer.Option(metavar="JSON", help="Typed input as one JSON object, @FILE or @-, instead of -p.")
]


@dataclass(frozen=True, slots=True)
class Input:
    """What a task works on, one way or the other."""

    params: Mapping[str, str]
    params_json: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Intent and input, as the SDK takes them."""

    intent: str
    params: Mapping[str, str]
    options: TaskOptions

    def spec(self, *more: TaskOptions) -> TaskSpec:
        """The whole task. Raises ValueError or TypeError."""
        options: dict[str, Any] = dict(self.options)
        for part in more:
            options.update(part)
        return TaskSpec.of(self.intent, self.params, **options)


def given_input(*, param: Param = None, params_json: ParamsJson = None) -> Input:
    """Read the input."""
    typed = "" if params_json is None else params.read(params_json, "--params-json")
    return Input(params.read_all(params.pairs(param or (), "--param"), "--param"), typed)


def asked(
    *,
    intent: Annotated[str, typer.Argument(help="What to do, such as `summarize`.")],
    param: Param = None,
    params_json: ParamsJson = None,
) -> Asked:
    """Read intent and input."""
    read = given_input(param=param, params_json=params_json)
    return Asked(intent, read.params, TaskOptions(params_json=read.params_json) if read.params_json else TaskOptions())


def identity(
    *,
    task_id: Annotated[str | None, typer.Option(help="The task's id; the server makes one by default.")] = None,
    request_id: Annotated[
        str | None, typer.Option(help="Idempotency key: the same key and request give the same task.")
    ] = None,
    expire_in: Annotated[
        float | None,
        typer.Option(
            parser=seconds_within(0, FARTHEST_EXPIRY),
            metavar="TIME",
            help="After this long it ends TIMEOUT: seconds, such as 300, or 5m.",
            rich_help_panel=GROUP,
        ),
    ] = None,
    not_before: Annotated[
        datetime | None,
        typer.Option(
            parser=moment,
            metavar="WHEN",
            help="It does not start before: 2030-01-31T06:00:00Z, or in a while: 5m.",
            rich_help_panel=GROUP,
        ),
    ] = None,
) -> TaskOptions:
    """Collect what belongs to one submission only."""
    expire_time = None if expire_in is None else datetime.now(UTC) + timedelta(seconds=expire_in)
    return _given(task_id=task_id, request_id=request_id, expire_time=expire_time, not_before=not_before)


def _dollars(text: str) -> str:
    """Read an amount of money. Raises typer.BadParameter."""
    try:
        _ = Sla(text).budget_micros
    except ValueError as cause:
        raise typer.BadParameter(f"{text!r} is no amount; give 0 or more dollars, with at most six decimals") from cause
    return text


def promise(
    *,
    label: Annotated[
        list[str] | None,
        typer.Option(
            "--label", "-l", metavar="NAME=VALUE", help="A label that AION keeps; answers call labels `metadata`."
        ),
    ] = None,
    budget_usd: Annotated[
        str | None,
        typer.Option(
            parser=_dollars,
            metavar="DOLLARS",
            help="What it may cost in dollars; 0 means free engines only.",
            rich_help_panel=GROUP,
        ),
    ] = None,
    p95_ms: Annotated[
        int | None,
        typer.Option(
            parser=whole_within(1), metavar="MS", help="Promised latency in milliseconds.", rich_help_panel=GROUP
        ),
    ] = None,
    privacy: Annotated[str | None, typer.Option(help="local-only, allow-api or hybrid.", rich_help_panel=GROUP)] = None,
    priority: Annotated[str | None, typer.Option(help="low, normal or high.", rich_help_panel=GROUP)] = None,
    max_queue_time: Annotated[
        float | None,
        typer.Option(
            parser=seconds_within(0.001, LONGEST_QUEUE_TIME),
            metavar="TIME",
            help="Without a first attempt in this time it ends TIMEOUT.",
            rich_help_panel=GROUP,
        ),
    ] = None,
    prefer: Annotated[
        str | None,
        typer.Option(metavar="ENGINE", help="An engine to prefer among the eligible.", rich_help_panel=GROUP),
    ] = None,
) -> TaskOptions:
    """Collect the promise, and what goes with it."""
    return _given(
        metadata=params.pairs(label or (), "--label") or None,
        budget_usd=budget_usd,
        p95_ms=p95_ms,
        privacy=privacy,
        priority=priority,
        max_queue_time=max_queue_time,
        preferred_engine=prefer,
    )


def _given(**options: Any) -> TaskOptions:
    given: Any = {name: value for name, value in options.items() if value is not None}
    return cast("TaskOptions", given)
