"""Why a store cannot be opened at all. These stop a process at its start; no client ever sees one."""


class StoreStartupError(Exception):
    """The store cannot be opened; the message says what to do."""


class UnsupportedStorage(StoreStartupError):
    """The storage URL names a database that this version has no adapter for, or names none."""


class StoreUnreadable(StoreStartupError):
    """The file is not there for us, is no SQLite database, or is locked."""


class StoreOwned(StoreStartupError):
    """Another process owns this data directory."""


class StoreNotMigrated(StoreStartupError):
    """The store was written by another version of AION and was not migrated yet."""


class StoreDamaged(StoreUnreadable):
    """What lies in the file cannot be read as a store any more, or never was one."""


class NothingToBegin(Exception):
    """Nothing is lost here, so there is no reason to begin anew; the message says what was found."""


class BackupRefused(Exception):
    """A backup that cannot be made or cannot be restored; the message says why and what to do."""
