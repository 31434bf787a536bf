"""What holds for all tests: no property is judged by how fast the machine was while it was tried."""

import gc

from hypothesis import HealthCheck, settings

settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_collection_finish() -> None:
    """What was collected stays to the end: no collection of garbage looks at those hundreds of megabytes again."""
    gc.collect()
    gc.freeze()
