"""What a caller asks for: one task under its promise, checked as far as that needs no server."""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Self, TypedDict, Unpack

from aion_sdk.options import known, seconds, whole

MICROS_PER_DOLLAR = 1_000_000
Dollars = Decimal | int | float | str
Seconds = float | int


@dataclass(frozen=True, slots=True)
class Sla:
    """The promise of one task.

    `budget_usd` None means unset and 0 means free engines only; it has at most six decimals. `p95_ms` is a promised
    latency for routing, it never ends a task. `privacy` is `local-only`, `allow-api` or `hybrid`.
    """

    budget_usd: Dollars | None = None
    p95_ms: int | None = None
    privacy: str | None = None

    @property
    def budget_micros(self) -> int | None:
        """The budget in micro-dollars. Raises ValueError for what is not an amount of money."""
        if self.budget_usd is None:
            return None
        try:
            micros = Decimal(str(self.budget_usd)) * MICROS_PER_DOLLAR
        except InvalidOperation as cause:
            raise ValueError(f"budget_usd is not a number: {self.budget_usd!r}") from cause
        if not micros.is_finite() or micros < 0 or micros != micros.to_integral_value():
            raise ValueError(f"budget_usd must be 0 or more dollars with at most six decimals, not {self.budget_usd!r}")
        return int(micros)


class TaskOptions(TypedDict, total=False):
    """What can be said about a task beside its intent and its params; TaskSpec explains each."""

    text: str
    params_json: Mapping[str, Any] | str
    task_id: str
    request_id: str
    sla: Sla
    budget_usd: Dollars
    p95_ms: int
    privacy: str
    priority: str
    metadata: Mapping[str, str]
    expire_time: datetime
    preferred_engine: str
    not_before: datetime
    max_queue_time: timedelta | Seconds


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """One task to submit.

    `params` are strings; `params_json` is typed input instead of them. `request_id` is the idempotency key: the same
    key and the same request give the same task for 24 hours, so one is made when none is given. After `expire_time`
    the task ends TIMEOUT. `task_id` is made by the server when it is empty. The task does not start before
    `not_before`, and ends TIMEOUT with QUEUE_EXPIRED when no attempt has begun within `max_queue_time` of its
    acceptance or of `not_before`.
    """

    intent: str
    params: Mapping[str, str] = field(default_factory=dict)
    params_json: str = ""
    task_id: str = ""
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    sla: Sla | None = None
    priority: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    expire_time: datetime | None = None
    preferred_engine: str = ""
    not_before: datetime | None = None
    max_queue_time: timedelta | None = None

    def __post_init__(self) -> None:
        """Refuse what no server could read. Raises ValueError or TypeError."""
        if self.params and self.params_json:
            raise ValueError("give params (or text) or params_json, not both")
        for name, value in self.params.items():
            if not isinstance(value, str):
                raise TypeError(f"params[{name!r}] must be a string; params_json takes typed input")
        for name, moment in (("expire_time", self.expire_time), ("not_before", self.not_before)):
            if moment is not None and moment.tzinfo is None:
                raise ValueError(f"{name} needs a time zone, such as datetime.now(UTC) + timedelta(minutes=5)")
        if self.sla is not None:
            _ = self.sla.budget_micros
            if self.sla.p95_ms is not None:
                whole("p95_ms", self.sla.p95_ms)

    @classmethod
    def of(cls, intent: str, params: Mapping[str, str] | None = None, **options: Unpack[TaskOptions]) -> Self:
        """Build a task from short options: `text` is the param `text`; a promise may be given piece by piece.

        Raises ValueError or TypeError, for an option that there is not, too.
        """
        known(options, TaskOptions.__annotations__)
        given = dict(params or {})
        if "text" in options:
            if "text" in given:
                raise ValueError("the param `text` is given twice")
            given["text"] = options["text"]
        typed = options.get("params_json", "")
        return cls(
            intent=intent,
            params=given,
            params_json=typed if isinstance(typed, str) else json.dumps(typed, allow_nan=False),
            task_id=options.get("task_id", ""),
            request_id=options.get("request_id") or str(uuid.uuid4()),
            sla=_sla_of(options),
            priority=options.get("priority", ""),
            metadata=dict(options.get("metadata", {})),
            expire_time=options.get("expire_time"),
            preferred_engine=options.get("preferred_engine", ""),
            not_before=options.get("not_before"),
            max_queue_time=as_duration(options.get("max_queue_time")),
        )


def as_spec(
    intent: str | TaskSpec, params: Mapping[str, str] | None, options: TaskOptions, beside: Iterable[str]
) -> TaskSpec:
    """Return the task that a method was asked for; `beside` names the method's other options.

    Raises TypeError for options that there are not, and for any beside a whole TaskSpec.
    """
    known(options, (*TaskOptions.__annotations__, *beside))
    if isinstance(intent, str):
        return TaskSpec.of(intent, params, **options)
    if params or options:
        raise TypeError("a TaskSpec says everything; use dataclasses.replace to change it")
    return whole_spec(intent)


def whole_spec(value: object) -> TaskSpec:
    """Return a task that is given as a whole. Raises TypeError for anything else."""
    if not isinstance(value, TaskSpec):
        raise TypeError(f"a task is a TaskSpec, such as TaskSpec.of('summarize', text='...'), not {value!r}")
    return value


def as_duration(value: timedelta | Seconds | None) -> timedelta | None:
    """Return a time that may be given in seconds."""
    return value if value is None or isinstance(value, timedelta) else timedelta(seconds=seconds("a time", value))


def _sla_of(options: TaskOptions) -> Sla | None:
    pieces = Sla(options.get("budget_usd"), options.get("p95_ms"), options.get("privacy"))
    if "sla" not in options:
        return None if pieces == Sla() else pieces
    if pieces != Sla():
        raise ValueError("give sla or its pieces (budget_usd, p95_ms, privacy), not both")
    return options["sla"]
