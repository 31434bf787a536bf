"""What an orchestrator asks: is it alive, does it take work, is it well.

`/livez` never asks a dependency: restarting this process does not mend the database. The probes are open to
everybody, so they name what fails but not how; the reason is in the log.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

import orjson

from aion.adapters.transports.http.answers import JSON_TYPE, Scope, Send, send_answer

Check = Callable[[], Awaitable[None]]
"""Returns when the dependency answers, raises when it does not."""

CHECK_SECONDS = 2.0
"""After this time a dependency counts as failing: shorter than the patience of those who probe."""

_log = logging.getLogger("aion.http")


class Probes:
    """The three probes over one set of checks; `facts` are said beside them and decide nothing."""

    def __init__(
        self,
        problems: Callable[[], Mapping[str, str]],
        checks: Mapping[str, Check],
        facts: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._problems = problems
        self._checks = checks
        self._facts = facts

    async def live(self, scope: Scope, send: Send) -> None:
        """200 as long as this process answers at all."""
        await _answer(send, 200, {"status": "ok"})

    async def readiness(self, scope: Scope, send: Send) -> None:
        """200 when this process takes work: it does not drain and its dependencies answer."""
        problems = self._problems()
        if problems:
            await _answer(send, 503, {"status": "not ready", "problems": dict(problems)})
            return
        found = await self._look()
        body = {"status": _word(found), "checks": found, **self._facts()}
        await _answer(send, 200 if _well(found) else 503, body)

    async def health(self, scope: Scope, send: Send) -> None:
        """Everything at once; 200 when all is well."""
        problems, found = self._problems(), await self._look()
        well = not problems and _well(found)
        body = {"status": "ok" if well else "failing", "checks": found, "problems": dict(problems), **self._facts()}
        await _answer(send, 200 if well else 503, body)

    async def _look(self) -> dict[str, str]:
        words = await asyncio.gather(*(self._check(name, check) for name, check in self._checks.items()))
        return dict(zip(self._checks, words, strict=True))

    @staticmethod
    async def _check(name: str, check: Check) -> str:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await check()
        except Exception:  # noqa: BLE001 # whatever a dependency raises means that it fails
            _log.warning("health check failed: %s", name, exc_info=True)
            return "failing"
        return "ok"


def _well(found: Mapping[str, str]) -> bool:
    return all(word == "ok" for word in found.values())


def _word(found: Mapping[str, str]) -> str:
    return "ok" if _well(found) else "failing"


async def _answer(send: Send, status: int, body: Mapping[str, object]) -> None:
    await send_answer(send, status, JSON_TYPE, orjson.dumps(body), [])
