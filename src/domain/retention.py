"""How long what has ended is kept, by tenant and by how it ended. What nobody gave a time is kept for ever."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aion.domain.tasks import TaskState
from aion.domain.writes import IDEMPOTENCY_KEPT_FOR


@dataclass(frozen=True, slots=True)
class Kept:
    """How long something of a task is kept after its end, by the state in which it ended. None: for ever."""

    ok: timedelta | None = None
    error: timedelta | None = None
    timeout: timedelta | None = None
    canceled: timedelta | None = None

    @classmethod
    def alike(cls, span: timedelta | None) -> "Kept":
        """The same for every end."""
        return cls(span, span, span, span)

    def after(self, state: TaskState) -> timedelta | None:
        """The time for this end; None also for a task that has not ended."""
        match state:
            case TaskState.OK:
                return self.ok
            case TaskState.ERROR:
                return self.error
            case TaskState.TIMEOUT:
                return self.timeout
            case TaskState.CANCELED:
                return self.canceled
            case _:
                return None

    def is_over(self, state: TaskState, end_time: datetime, now: datetime) -> bool:
        """Whether what ended so, at that time, need not be kept any longer."""
        span = self.after(state)
        return span is not None and end_time + span < now

    @property
    def shortest(self) -> timedelta | None:
        """The shortest of the four; None when nothing ever goes."""
        return _shortest((self.ok, self.error, self.timeout, self.canceled))


@dataclass(frozen=True, slots=True)
class TenantRetention:
    """What holds for one tenant. `idempotency_keys` counts from acceptance, `api_keys` from expiry or revocation."""

    tasks: Kept = Kept()
    events: Kept = Kept()
    idempotency_keys: timedelta = IDEMPOTENCY_KEPT_FOR
    api_keys: timedelta | None = None


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """What holds for all tenants but those that are named. `undelivered` is how long a fact waits for its delivery."""

    default: TenantRetention = TenantRetention()
    tenants: Mapping[str, TenantRetention] = field(default_factory=dict)
    undelivered: timedelta | None = None

    def of(self, tenant: str) -> TenantRetention:
        """What holds for this tenant."""
        return self.tenants.get(tenant, self.default)

    @property
    def shortest_events(self) -> timedelta | None:
        """A log whose task was accepted later than this ago is too young to go, whoever has it."""
        return _shortest(one.events.shortest for one in self._all())

    @property
    def shortest_tasks(self) -> timedelta | None:
        """A task that was accepted later than this ago is too young to go, whoever has it."""
        return _shortest(one.tasks.shortest for one in self._all())

    @property
    def forgets_api_keys(self) -> bool:
        """Whether API keys ever go."""
        return any(one.api_keys is not None for one in self._all())

    def _all(self) -> Iterator[TenantRetention]:
        yield self.default
        yield from self.tenants.values()


def _shortest(spans: "Iterator[timedelta | None] | tuple[timedelta | None, ...]") -> timedelta | None:
    return min((span for span in spans if span is not None), default=None)
