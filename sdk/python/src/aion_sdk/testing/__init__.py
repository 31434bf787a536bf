"""A fake AION for tests of programs that use the SDK: in this process, over real gRPC, without the server's package.

    with FakeAion() as aion:
        aion.on("summarize").streams(["short ", "text"]).returns({"summary": "short text"})
        with aion.client() as client:
            assert client.tasks.run("summarize", text="long").result == {"summary": "short text"}

A task happens at once, when it is accepted, unless its script holds it. Request ids, task ids, states, offsets and
refusals behave as AION's do; what a client sends is not checked against schemas, and there is one tenant.
"""

from aion_sdk.testing.fake import FakeAion
from aion_sdk.testing.scripts import Script
from aion_sdk.testing.webhooks import new_webhook_secret, signed_webhook

__all__ = ["FakeAion", "Script", "new_webhook_secret", "signed_webhook"]
