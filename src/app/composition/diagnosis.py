"""What a server needs of this machine, looked at one thing after the other: `aion doctor`.

A part of the composition root, and so allowed to name adapters.
"""

import importlib
import os
import resource
import sqlite3
import sys
from dataclasses import dataclass, replace
from importlib.metadata import version

from aion.adapters.catalog.errors import ConfigurationInvalid
from aion.adapters.clock import SystemClock
from aion.adapters.identity.pepper import PepperUnusable, check_pepper
from aion.adapters.storage.errors import StoreStartupError
from aion.adapters.storage.inspection import inspect
from aion.adapters.storage.under_secret import under_secret
from aion.app.composition.offline import read_catalog, store_file
from aion.app.listening import obstacle, reason
from aion.app.open_files import reachable
from aion.app.settings import Settings
from aion.app.settings_report import unknown_variables
from aion.app.settings_types import Listen


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `vital` things stop the server when they are missing."""

    what: str
    fine: bool
    found: str
    remedy: str = ""
    vital: bool = True


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
        if store_file(settings).exists():
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
