"""A sender on demand is made for the first call, once, and closed only if it was made."""

import asyncio

from aion.adapters.webhooks.sender_on_demand import SenderOnDemand
from aion.domain.webhooks import AttemptReport


class Sender:
    def __init__(self) -> None:
        self.urls: list[str] = []
        self.closed = False

    async def send(self, tenant, url, headers, body):
        self.urls.append(url)
        return AttemptReport(204)

    async def close(self) -> None:
        self.closed = True


async def test_calls_at_the_same_time_share_the_one_sender_that_is_made():
    made: list[Sender] = []

    def make():
        made.append(Sender())
        return made[-1]

    on_demand = SenderOnDemand(make)
    assert made == []
    reports = await asyncio.gather(*(on_demand.send("acme", f"https://{n}/", {}, b"") for n in range(5)))
    await on_demand.close()
    (sender,) = made
    assert reports == [AttemptReport(204)] * 5
    assert sorted(sender.urls) == [f"https://{n}/" for n in range(5)]
    assert sender.closed


async def test_one_that_was_never_needed_is_never_made():
    made: list[Sender] = []
    on_demand = SenderOnDemand(lambda: made.append(Sender()) or made[-1])
    await on_demand.close()
    assert made == []
