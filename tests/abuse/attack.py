"""What an attack is: what each of its connections sends, burst by burst, and how often."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to attack. `key` is a good API key and `task` a task of its tenant, for attackers who have an account."""

    host: str
    port: int
    key: str = ""
    task: str = ""


Script = Callable[[Target], Iterator[bytes]]
"""What one connection sends. When it ends, the connection stays open and silent."""


@dataclass(frozen=True, slots=True)
class Attack:
    """One way to do harm.

    `per_second` is how many bursts each of the `connections` sends. One that is not `listening` never reads. `ends`:
    the server must put an end to such a connection by itself, here and now. `limit` says why it can make others wait,
    or take much memory, all the same.
    """

    script: Script
    per_second: int = 200
    connections: int = 1
    listening: bool = True
    ends: bool = False
    limit: str = ""


@dataclass(slots=True)
class Tally:
    """What an attack came to: bytes sent, bursts, connections made, refused and ended by the server."""

    bytes: int = 0
    bursts: int = 0
    connected: int = 0
    refused: int = 0
    ended: int = 0
    heard: int = 0
    trouble: list[str] = field(default_factory=list)
