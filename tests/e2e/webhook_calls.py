"""Calls of the webhook service as JSON, a receiver of what it sends, and what a message says."""

from collections.abc import AsyncIterator

import pytest
from google.protobuf.json_format import ParseDict
from standardwebhooks import Webhook as Standard

from aion.v1 import webhooks_pb2
from tests.e2e.answers import Document
from tests.e2e.callers import Caller
from tests.e2e.faces import BY_NAME
from tests.e2e.patience import eventually
from tests.webhook_receiver import Got, Receiver, receiving

FACES = pytest.mark.parametrize("face", ["grpc", "rest"])


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as ready:
        yield ready


async def call(caller: Caller, name: str, face: str = "grpc", **members: object) -> Document:
    """The answer to a request that is given as JSON."""
    request = ParseDict(members, getattr(webhooks_pb2, f"{name}Request")())
    return await caller.face(face).unary(BY_NAME[name], request)


async def make(caller: Caller, url: str, face: str = "grpc", **wish: object) -> Document:
    return await call(caller, "CreateWebhook", face, webhook={"url": url, **wish})


async def delivery(caller: Caller, webhook_id: str, state: str) -> Document:
    """The webhook's only delivery, once it is in this state."""

    async def look() -> Document | None:
        page = await call(caller, "ListWebhookDeliveries", webhook_id=webhook_id)
        found = [one for one in page["deliveries"] if one["state"] == f"DELIVERY_STATE_{state}"]
        return found[0] if found else None

    return await eventually(look, f"the delivery is {state}")


def verified(got: Got, secret: str) -> Document:
    """What a message says, after the reference library has verified its signature and its time."""
    document: Document = Standard(secret).verify(got.body, got.headers)
    return document
