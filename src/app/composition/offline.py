"""The composition root of commands that need no running server: keys, migrations, the catalogue, a diagnosis."""

import importlib
import os
import resource
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
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
from aion.adapters.identity.pepper import PEPPER_FILE, PepperUnusable, check_pepper, open_pepper
from aion.adapters.storage import backup
from aion.adapters.storage.api_keys import SqliteApiKeyStore
from aion.adapters.storage.archive import Manifest
from aion.adapters.storage.errors import BackupRefused, NothingToBegin, StoreStartupError
from aion.adapters.storage.inspection import inspect
from aion.adapters.storage.startup import refusal_of
from aion.adapters.storage.under_secret import UnderSecret, begin_anew, under_secret
from aion.adapters.storage.urls import StorageLocation
from aion.adapters.telemetry.logging import configure_logging
from aion.app.listening import obstacle, reason
from aion.app.open_files import reachable
from aion.app.resources import config_folder, modules_folders
from aion.app.settings import LogFormat, Settings
from aion.app.settings_report import SettingsInvalid, unknown_variables
from aion.app.settings_types import Listen
from aion.domain.errors import StoreUnavailable, Unauthenticated
from aion.domain.identity import ALL_SCOPES
from aion.ports.identity import ApiKey, ApiKeyStore, Credentials

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


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `vital` things stop the server when they are missing."""

    what: str
    fine: bool
    found: str
    remedy: str = ""
    vital: bool = True


@contextmanager
def key_desk(settings: Settings) -> Iterator[KeyDesk]:
    """The keys of the data directory; makes the store when there is none yet."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with SqliteApiKeyStore.open(settings.store) as store:
        try:
            yield KeyDesk(store, settings.data_dir, settings.store)
        except StoreUnavailable as broken:
            raise refusal_of(_store_file(settings), broken) or broken from broken


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
    part = path.with_name(path.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
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
    return backup.back_up(_store_file(settings), secret, file, aion.__version__, SystemClock().now())


def restore_store(settings: Settings, file: Path) -> tuple[Manifest, Sequence[str]]:
    """Puts a backup into an empty data directory; what it holds and the migrations that it needs. Raises BackupRefused
    and StoreStartupError.
    """
    return backup.restore(file, _store_file(settings), settings.data_dir / PEPPER_FILE)


def _store_file(settings: Settings) -> Path:
    path = StorageLocation.from_url(settings.store).path
    assert path is not None, "settings refuse a store in memory"
    return path


def migration_differences() -> Sequence[str]:
    """How the migrated schema differs from the tables that the code knows; empty when they are one."""
    from aion.adapters.storage import schema

    return schema.check()


def diagnose(settings: Settings) -> list[Finding]:
    """Everything that a server needs of this machine."""
    return [
        _python(),
        _sqlite(),
        _data_dir(settings),
        _store(settings),
        _catalog(settings),
        _wasmtime(),
        _descriptors(),
        _variables(),
        _port("gRPC address", "AION_GRPC_LISTEN", settings.grpc_listen),
        _port("HTTP address", "AION_HTTP_LISTEN", settings.http_listen),
        *([_workers(settings.worker_listen, settings.worker_slots)] if settings.worker_listen else ()),
    ]


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", sys.version_info >= (3, 11), found, "install Python 3.11 or newer")


def _sqlite() -> Finding:
    fine = sqlite3.sqlite_version_info >= (3, 35)
    return Finding("SQLite", fine, sqlite3.sqlite_version, "install a Python with SQLite 3.35 or newer (RETURNING)")


def _data_dir(settings: Settings) -> Finding:
    folder = settings.data_dir
    existing = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    fine = existing.is_dir() and os.access(existing, os.W_OK)
    remedy = f"make {folder} writable for this user, or set AION_DATA_DIR to a folder that is"
    return Finding("data directory", fine, str(folder), remedy)


def _store(settings: Settings) -> Finding:
    """What lies there, and that the secret which it needs lies beside it."""
    try:
        found = inspect(settings.store)
        if _store_file(settings).exists():
            check_pepper(settings.data_dir, lambda: under_secret(settings.store, SystemClock().now()))
    except (StoreStartupError, PepperUnusable, OSError) as refusal:
        return Finding("store", False, str(refusal), "do as it says; a server says the same")
    return Finding("store", True, found)


def _catalog(settings: Settings) -> Finding:
    try:
        catalog = read_catalog(settings)
    except ConfigurationInvalid as invalid:
        return Finding("catalogue", False, str(invalid).splitlines()[0], "run `aion config validate`")
    broken = [module.engine for module in catalog.modules() if module.broken]
    found = f"{len(catalog.intents())} intents, {len(catalog.modules())} modules"
    if broken:
        return Finding("catalogue", False, f"{found}; broken: {', '.join(broken)}", "run `aion config validate`", False)
    return Finding("catalogue", True, found)


def _wasmtime() -> Finding:
    try:
        importlib.import_module("wasmtime")
    except ImportError as missing:
        return Finding("WASM engine", False, str(missing), "install the `wasmtime` package for this platform")
    return Finding("WASM engine", True, f"wasmtime {version('wasmtime')}")


def _descriptors() -> Finding:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = reachable(hard)  # a server raises its own limit that far
    remedy = "raise it with `ulimit -Hn 4096` or LimitNOFILE= of the service: every stream is a connection"
    return Finding("open files", most >= 1024, str(most), remedy, vital=False)


def _variables() -> Finding:
    unknown = unknown_variables()
    return Finding("variables", not unknown, "; ".join(unknown) or "all known", "correct or unset them")


def _workers(listen: Listen, slots: int) -> Finding:
    """The door for workers apart, and whether all depends on them."""
    port = _port("worker address", "AION_WORKER_LISTEN", listen)
    only = "" if slots else "; nothing runs without workers (AION_WORKER_SLOTS=0)"
    return replace(port, found=port.found + only)


def _port(what: str, name: str, listen: Listen) -> Finding:
    """Whether the address can be listened on now. Not vital: what has it may be the server that runs already."""
    if (cause := obstacle(listen)) is not None:
        remedy = f"stop what has it, unless that is AION itself, or set {name} to another one"
        return Finding(what, False, f"{listen}: {reason(cause)}", remedy, vital=False)
    return Finding(what, True, f"{listen} is free")
