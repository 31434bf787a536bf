"""An API key, for tests that need one."""

from aion.ports.identity import ApiKey
from tests.sample_tasks import START

KEY = ApiKey("acme", "key-1", "billing", frozenset({"tasks:read", "intent:*:run"}), b"mac", START)
