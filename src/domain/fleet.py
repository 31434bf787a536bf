"""Workers on other machines: what they say of themselves, how their leases are named, which versions fit together."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from aion.domain.errors import WorkerVersionUnsupported
from aion.domain.identity import Identity

_APART: Final = "worker:"
_SEMVER: Final = re.compile(r"(\d+)\.(\d+)\.\d+([-+.].*)?")


@dataclass(frozen=True, slots=True)
class EngineOffer:
    """An engine that a worker has, and the digest of what it runs; empty when it knows none."""

    engine: str
    digest: str


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a worker says of itself. `incarnation` is this start of it, unique for ever."""

    worker: str
    incarnation: str
    version: str
    engines: tuple[EngineOffer, ...]
    slots: int
    labels: Mapping[str, str] = field(default_factory=dict)

    def digest(self, engine: str) -> str:
        """The digest of what it runs as this engine; empty when it knows none."""
        return next((offer.digest for offer in self.engines if offer.engine == engine), "")


@dataclass(frozen=True, slots=True)
class Welcome:
    """What the server makes of it: the engines that the worker gets tasks for, and why not for the others."""

    server_version: str
    engines: tuple[str, ...]
    refused: Mapping[str, str]
    lease_for: timedelta


@dataclass(frozen=True, slots=True)
class SeenWorker:
    """A worker as its server sees it: what it said of itself, the engines that it gets tasks for, how many leases it
    holds, and for how many seconds nothing was heard of it.
    """

    about: Introduction
    engines: frozenset[str]
    leases: int
    silent: float
    draining: bool


def owner_apart(identity: Identity, worker: str, incarnation: str) -> str:
    """The owner of the leases of a worker apart. Its principal is part of it: nobody else's writes can carry it."""
    return f"{_APART}{identity.tenant}/{identity.principal}/{worker}/{incarnation}"


def is_apart(owner: str) -> bool:
    """Whether a lease belongs to a worker that may outlive a server."""
    return owner.startswith(_APART)


def check_version(worker: str, server: str) -> None:
    """Raises WorkerVersionUnsupported unless the two are at most one minor release apart."""
    ours, theirs = _release(server), _release(worker)
    if ours is None or theirs is None or ours[0] != theirs[0] or abs(ours[1] - theirs[1]) > 1:
        raise WorkerVersionUnsupported(
            f"this worker runs AION {worker}, the server {server}: they may be one minor release apart, no more; "
            f"install a version next to {server} on the worker, or upgrade the server first",
            facts={"worker_version": worker, "server_version": server},
        )


def _release(version: str) -> tuple[int, int] | None:
    match = _SEMVER.fullmatch(version)
    return None if match is None else (int(match[1]), int(match[2]))
