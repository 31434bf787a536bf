"""What aionctl's exit code says, and the one table from errors to it."""

from enum import IntEnum

from aion_sdk import (
    AionError,
    AuthenticationError,
    ConfigurationError,
    Conflict,
    DeadlineExceeded,
    InvalidRequest,
    NotFound,
    PermissionDenied,
    RateLimited,
    Refused,
    Task,
    TaskState,
    Unavailable,
    Unimplemented,
)


class ExitCode(IntEnum):
    """The outcome of a command, for scripts."""

    OK = 0
    TASK_FAILED = 1
    """The call went well, the task that was waited for ended ERROR, TIMEOUT or CANCELED."""
    USAGE = 2
    """The command line or the settings are wrong; nothing was sent."""
    AUTHENTICATION = 3
    """No credentials, unknown ones, or a scope is missing."""
    NOT_FOUND = 4
    REFUSED = 5
    """The server understood and said no: invalid, conflicting, or not to be served as things stand."""
    TRY_LATER = 6
    """Unreachable, too busy, or out of time: the same command may pass later."""
    SERVER_DEFECT = 7
    INTERRUPTED = 130


MEANINGS: dict[int, str] = {
    ExitCode.OK: "done",
    ExitCode.TASK_FAILED: "a task that was waited for ended ERROR, TIMEOUT or CANCELED",
    ExitCode.USAGE: "wrong usage, or settings that contradict each other or cannot be read; nothing was sent",
    ExitCode.AUTHENTICATION: "the caller was refused: no key or certificate, an unknown one, or a scope is missing",
    ExitCode.NOT_FOUND: "not found",
    ExitCode.REFUSED: "refused: invalid, conflicting, or not to be served as things stand",
    ExitCode.TRY_LATER: "unreachable, too busy or out of time: try later",
    ExitCode.SERVER_DEFECT: "a defect of the server",
    ExitCode.INTERRUPTED: "interrupted; an accepted task goes on",
}

TABLE: tuple[tuple[type[AionError], ExitCode], ...] = (
    (ConfigurationError, ExitCode.USAGE),
    (AuthenticationError, ExitCode.AUTHENTICATION),
    (PermissionDenied, ExitCode.AUTHENTICATION),
    (NotFound, ExitCode.NOT_FOUND),
    (InvalidRequest, ExitCode.REFUSED),
    (Conflict, ExitCode.REFUSED),
    (Refused, ExitCode.REFUSED),
    (Unimplemented, ExitCode.REFUSED),
    (RateLimited, ExitCode.TRY_LATER),
    (Unavailable, ExitCode.TRY_LATER),
    (DeadlineExceeded, ExitCode.TRY_LATER),
)


def of_error(error: AionError) -> ExitCode:
    """Return the exit code of a refused call."""
    return next((code for kind, code in TABLE if isinstance(error, kind)), ExitCode.SERVER_DEFECT)


def of_task(task: Task) -> ExitCode:
    """Return the exit code of a task that was waited for."""
    return ExitCode.OK if task.state is TaskState.OK else ExitCode.TASK_FAILED
