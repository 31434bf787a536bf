"""API keys of many tenants, made beside a running server as `aion keys create` makes them."""

import os
from collections.abc import Sequence

from aion.app.composition.offline import key_desk
from aion.app.settings import Settings
from aion.domain.identity import ALL_SCOPES
from benchmarks.servers import Served


def keys_of_tenants(server: Served, count: int) -> Sequence[str]:
    """One key each of `count` new tenants."""
    storage = {name: os.environ[name] for name in os.environ if name.startswith("AION_")}
    if storage:
        raise RuntimeError(f"unset {', '.join(sorted(storage))}: the keys would go elsewhere than the server looks")
    with key_desk(Settings(data_dir=server.data)) as desk:
        return [desk.issue(f"tenant-{number}", "bench", ALL_SCOPES, None)[1] for number in range(count)]
