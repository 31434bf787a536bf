"""One whole server for all tests of a worker process, callers of tenants of their own, and receivers of webhooks."""

from tests.e2e.callers import caller, callers, other
from tests.e2e.serving import catalogue, server
from tests.e2e.webhook_calls import receiver

__all__ = ["caller", "callers", "catalogue", "other", "receiver", "server"]
