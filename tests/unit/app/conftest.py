"""What several tests of use cases take."""

from tests.unit.app.submit_desk import desk

__all__ = ["desk"]
