"""Data directories that are backed up and restored."""

from datetime import UTC, datetime
from pathlib import Path

from aion.adapters.identity.pepper import PEPPER_FILE
from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.backups import backup
from aion.adapters.storage.sqlite import open_store
from tests.manual_clock import ManualClock
from tests.sample_tasks import START

NOW = datetime(2026, 1, 2, tzinfo=UTC)
SECRET = b"p" * 32


class Place:
    """A data directory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "aion.db"
        self.secret = folder / PEPPER_FILE

    def opened(self, clock=None):
        return open_store(f"sqlite:///{self.store}", clock or ManualClock(START), ProcessSignals(), "test")

    def write_secret(self):
        self.secret.write_bytes(SECRET)

    def back_up(self, file):
        return backup.back_up(self.store, self.secret, file, "1.2.3", NOW)

    def restore(self, file):
        return backup.restore(file, self.store, self.secret)

    @property
    def files(self):
        return {path.name for path in self.folder.iterdir()} if self.folder.exists() else set()
