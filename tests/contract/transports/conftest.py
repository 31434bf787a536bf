"""The server and the callers of the end-to-end tests: a contract over transports is held by the whole."""

from tests.e2e.callers import caller, callers, other
from tests.e2e.serving import catalogue, server

__all__ = ["caller", "callers", "catalogue", "other", "server"]
