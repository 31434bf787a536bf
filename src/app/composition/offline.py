"""The composition root of commands that need no running server: keys, backups, migrations, the catalogue."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aion
from aion.adapters.catalog.errors import ConfigurationInvalid, Problem
from aion.adapters.catalog.file_catalog import FileCatalog
from aion.adapters.catalog.latency import RecentLatency
from aion.adapters.catalog.loading import load_catalog
from aion.adapters.catalog.retention_file import load_retention
from aion.adapters.clock import SystemClock, SystemEntropy
from aion.adapters.identity.api_keys import ApiKeyAuthenticator
from aion.adapters.identity.issue import issue_key
from aion.adapters.identity.pepper import PEPPER_FILE, PepperUnusable, open_pepper
from aion.adapters.storage.api_keys import SqliteApiKeyStore
from aion.adapters.storage.backups import backup
from aion.adapters.storage.backups.archive import Manifest
from aion.adapters.storage.errors import BackupRefused, NothingToBegin, StoreStartupError
from aion.adapters.storage.startup import refusal_of
from aion.adapters.storage.under_secret import UnderSecret, begin_anew, under_secret
from aion.adapters.storage.urls import StorageLocation
from aion.adapters.telemetry.logging import configure_logging
from aion.app.resources import config_folder, modules_folders
from aion.app.settings import LogFormat, Settings
from aion.app.settings_report import SettingsInvalid
from aion.domain.errors import StoreUnavailable, Unauthenticated
from aion.domain.identity import ALL_SCOPES
from aion.ports.identity import ApiKey, ApiKeyStore, Credentials
from aion.private_files import write_private

REFUSALS = (
    SettingsInvalid,
    ConfigurationInvalid,
    StoreStartupError,
    BackupRefused,
    NothingToBegin,
    PepperUnusable,
    ValueError,
    OSError,
)
"""What an operator can mend: the sentence is shown, no traceback."""

DEV_KEY_FILE = "dev-api-key"


@dataclass(frozen=True, slots=True)
class KeyDesk:
    """Where API keys are made and seen."""

    store: ApiKeyStore
    data_dir: Path
    url: str

    @property
    def void(self) -> bool:
        """Whether the secret that every key was made with is gone, so that no server takes one."""
        return not (self.data_dir / PEPPER_FILE).exists()

    def issue(
        self, tenant: str, principal: str, scopes: Iterable[str], expire_time: datetime | None
    ) -> tuple[ApiKey, str]:
        """A new key and its text, which cannot be had again. Raises ValueError for a bad name or scope."""
        entropy = SystemEntropy()
        return issue_key(
            self.store,
            SystemClock(),
            entropy,
            self._pepper(),
            tenant=tenant,
            principal=principal,
            scopes=scopes,
            expire_time=expire_time,
        )

    def knows(self, text: str) -> bool:
        """Whether a server with this store and this pepper would take the key."""
        authenticator = ApiKeyAuthenticator(self.store, self._pepper(), SystemClock())
        try:
            proven = authenticator.authenticate(Credentials({"x-api-key": text}, (), ""))
        except Unauthenticated:
            return False
        return proven is not None

    def _pepper(self) -> bytes:
        return open_pepper(self.data_dir, SystemEntropy(), lambda: under_secret(self.url, SystemClock().now()))


@dataclass(frozen=True, slots=True)
class DevKey:
    """The local key of `aion dev`, and the file that keeps it."""

    text: str
    path: Path


@contextmanager
def key_desk(settings: Settings) -> Iterator[KeyDesk]:
    """The keys of the data directory; makes the store when there is none yet."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with SqliteApiKeyStore.open(settings.store) as store:
        try:
            yield KeyDesk(store, settings.data_dir, settings.store)
        except StoreUnavailable as broken:
            raise refusal_of(store_file(settings), broken) or broken from broken


def begin_keys_anew(settings: Settings) -> UnderSecret:
    """Gives up what hangs on a secret that is lost. Raises NothingToBegin and StoreStartupError."""
    return begin_anew(settings.store, settings.data_dir / PEPPER_FILE, SystemClock().now())


def dev_key(settings: Settings) -> DevKey:
    """The key of `aion dev`, kept in the data directory, readable by its owner only; made anew when there is none, or
    none that the store knows: AION_STORAGE_URL may name another one than last time.
    """
    path = settings.data_dir / DEV_KEY_FILE
    with key_desk(settings) as desk:
        if path.exists() and desk.knows(text := path.read_text().strip()):
            return DevKey(text, path)
        _, text = desk.issue(settings.default_tenant, "dev", ALL_SCOPES, None)
    # Whole or not at all: half a file would be taken for the key at every later start.
    write_private(path, text + "\n")
    return DevKey(text, path)


def configure_logs(settings: Settings) -> None:
    """Sends this process's logs where the settings say."""
    configure_logging(settings.log_level.value, json=settings.log_format is LogFormat.JSON)


def check_storage(settings: Settings) -> None:
    """That the storage URL names what this version can use. Raises UnsupportedStorage."""
    StorageLocation.from_url(settings.store)


def read_catalog(settings: Settings) -> FileCatalog:
    """The catalogue as a server would read it, once retention.yml is right, too. Raises ConfigurationInvalid with every
    problem of both.
    """
    folder, problems = config_folder(settings), list[Problem]()
    try:
        load_retention(folder, settings.keep_events, settings.keep_tasks)
    except ConfigurationInvalid as invalid:
        problems.extend(invalid.problems)
    try:
        catalog = load_catalog(folder, modules_folders(settings), RecentLatency())
    except ConfigurationInvalid as invalid:
        raise ConfigurationInvalid([*problems, *invalid.problems]) from invalid
    if problems:
        raise ConfigurationInvalid(problems)
    return catalog


def migrate_store(settings: Settings) -> Sequence[str]:
    """Brings the store to this version's schema; the migrations that ran. Raises StoreStartupError."""
    from aion.adapters.storage import schema

    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return schema.migrate(settings.store)


def back_up_store(settings: Settings, file: Path) -> Manifest:
    """Writes a backup of store and pepper to a new file, also while a server runs. Raises BackupRefused."""
    secret = settings.data_dir / PEPPER_FILE
    return backup.back_up(store_file(settings), secret, file, aion.__version__, SystemClock().now())


def restore_store(settings: Settings, file: Path) -> tuple[Manifest, Sequence[str]]:
    """Puts a backup into an empty data directory; what it holds and the migrations that it needs. Raises BackupRefused
    and StoreStartupError.
    """
    return backup.restore(file, store_file(settings), settings.data_dir / PEPPER_FILE)


def store_file(settings: Settings) -> Path:
    """Where the store lies; settings refuse one in memory for the commands that ask."""
    path = StorageLocation.from_url(settings.store).path
    assert path is not None, "settings refuse a store in memory"
    return path


def migration_differences() -> Sequence[str]:
    """How the migrated schema differs from the tables that the code knows; empty when they are one."""
    from aion.adapters.storage import schema

    return schema.check()
