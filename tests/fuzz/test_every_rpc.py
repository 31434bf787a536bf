"""Whatever is sent to any RPC over any transport, the answer is one that AION documents, and the server stays well.

300 requests to each in `make test`, 10,000 in `make chaos`. A failure says how to make its request again.
"""

import asyncio
import logging
import os
import time

import pytest

from tests.contract.transports.matrix import TRANSPORTS
from tests.e2e.callers import callers_of
from tests.e2e.processes import Running
from tests.effort import effort
from tests.fuzz.campaign import ONLY, Tally, campaign, given_seed
from tests.fuzz.vitals import Vitals, at_rest, forget_peaks, growth, trouble
from tests.fuzz.worlds import world_of

log = logging.getLogger(__name__)

EACH = effort(300, 10_000)
ROUND = 1_000
"""Requests to each RPC after which new tenants take over: those before have run into their limits."""


@pytest.mark.timeout(effort(600, 7200))
@pytest.mark.parametrize("transport", [only.split("/")[0]] if (only := os.environ.get(ONLY, "")) else TRANSPORTS)
def test_no_request_makes_the_server_fail(fuzzed: Running, transport: str):
    begun = time.process_time()
    tally, before, after = asyncio.run(_fuzz(fuzzed, transport))
    log.info("%s: %s; from %s to %s; tests %.1f s of CPU", transport, tally, before, after, time.process_time() - begun)
    assert tally.calls, f"nothing is called {only}"
    assert not tally.findings, "\n\n".join(str(finding) for finding in tally.findings)
    assert growth(before, after) == []
    assert trouble(fuzzed) == []


async def _fuzz(server: Running, transport: str) -> tuple[Tally, Vitals, Vitals]:
    tally, before = Tally(given_seed()), Vitals.of(server.process.pid)
    for start in range(0, EACH, ROUND):
        async with callers_of(server) as make:
            target = await world_of(server, make)
        if start == 0:
            before = await asyncio.to_thread(at_rest, server)
            forget_peaks(server.process.pid)
        count = range(start, min(start + ROUND, EACH))
        tally += await campaign(target, transport, count, tally.seed, only)
        if tally.findings:
            break
    async with callers_of(server) as make:
        answer = await make().submit(params={"text": "innocent"}, wait=30)
    assert answer["result"] == {"text": "innocent"}
    return tally, before, await asyncio.to_thread(at_rest, server, before)
