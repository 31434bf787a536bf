"""`retention.yml`: how long tasks, events, keys and undelivered facts are kept; see docs/reference-manifests.md.

A tenant says only what differs from the defaults of the file, and the file only what differs from the settings.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field

from aion.adapters.catalog.documents import Document, read_document
from aion.adapters.catalog.errors import ConfigurationInvalid, Problem
from aion.adapters.catalog.names import TenantName
from aion.adapters.catalog.quantities import FOREVER, duration, kept
from aion.adapters.catalog.strict_models import StrictModel, model_of
from aion.domain.retention import Kept, RetentionPolicy, TenantRetention

RETENTION: Final = "retention.yml"
SHORTEST_KEY_TIME: Final = timedelta(minutes=1)

Span = Annotated[timedelta | Literal["forever"], BeforeValidator(kept)]
"""A time, or `forever`; a field without either says nothing."""


class EndsEntry(StrictModel):
    """One time for each end of a task."""

    ok: Span | None = None
    error: Span | None = None
    timeout: Span | None = None
    canceled: Span | None = None


def _ends(value: object) -> object:
    """One time alone stands for every end."""
    return dict.fromkeys(EndsEntry.model_fields, kept(value)) if isinstance(value, str) else value


Ends = Annotated[EndsEntry, BeforeValidator(_ends)]


class TenantEntry(StrictModel):
    """What is kept for one tenant, or for all that are not named."""

    tasks: Ends = EndsEntry()
    events: Ends = EndsEntry()
    idempotency_keys: Annotated[timedelta, BeforeValidator(duration)] | None = None
    api_keys: Span | None = None


class RetentionFile(StrictModel):
    """`retention.yml`."""

    defaults: TenantEntry = TenantEntry()
    tenants: Annotated[dict[TenantName, TenantEntry], Field(max_length=100_000)] = Field(default_factory=dict)
    undelivered: Span | None = None


def load_retention(config_dir: Path, events: timedelta | None, tasks: timedelta | None) -> RetentionPolicy:
    """The policy of this folder; `events` and `tasks` hold where the file says nothing. Raises ConfigurationInvalid."""
    path = config_dir / RETENTION
    if not path.exists():
        return RetentionPolicy(TenantRetention(Kept.alike(tasks), Kept.alike(events)))
    document = read_document(path)
    file = model_of(document, RetentionFile)
    settings = TenantRetention(Kept.alike(tasks), Kept.alike(events))
    default = _tenant(file.defaults, settings)
    tenants = {name: _tenant(entry, default) for name, entry in file.tenants.items()}
    places = [(("defaults",), default), *((("tenants", name), one) for name, one in tenants.items())]
    problems = [problem for place, one in places for problem in _problems(document, place, one)]
    if problems:
        raise ConfigurationInvalid(problems)
    return RetentionPolicy(default, tenants, _said(file.undelivered, None))


def _tenant(entry: TenantEntry, otherwise: TenantRetention) -> TenantRetention:
    return TenantRetention(
        tasks=_kept(entry.tasks, otherwise.tasks),
        events=_kept(entry.events, otherwise.events),
        idempotency_keys=entry.idempotency_keys or otherwise.idempotency_keys,
        api_keys=_said(entry.api_keys, otherwise.api_keys),
    )


def _kept(entry: EndsEntry, otherwise: Kept) -> Kept:
    return Kept(
        ok=_said(entry.ok, otherwise.ok),
        error=_said(entry.error, otherwise.error),
        timeout=_said(entry.timeout, otherwise.timeout),
        canceled=_said(entry.canceled, otherwise.canceled),
    )


def _said(span: timedelta | Literal["forever"] | None, otherwise: timedelta | None) -> timedelta | None:
    if span is None:
        return otherwise
    return None if span == FOREVER else span


def _problems(document: Document, place: tuple[str, ...], one: TenantRetention) -> Iterator[Problem]:
    if one.idempotency_keys < SHORTEST_KEY_TIME:
        what = "is too short for a client to retry in; write at least 1m"
        yield document.problem((*place, "idempotency_keys"), what)
    if one.tasks.shortest is not None and one.tasks.shortest < one.idempotency_keys:
        what = "is shorter than idempotency_keys: for so long a retry is answered with its task; keep tasks longer"
        yield document.problem((*place, "tasks"), what)
