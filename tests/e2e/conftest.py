"""One whole server for all tests of a worker process, and callers of tenants of their own."""

from tests.e2e.callers import caller, callers, other
from tests.e2e.serving import catalogue, server

__all__ = ["caller", "callers", "catalogue", "other", "server"]
