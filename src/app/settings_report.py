"""Settings for people: every problem at once, values without secrets, and the example file.

A misspelled variable is the commonest mistake and the quietest; so every `AION_` variable that nothing
reads is named, with the one that was probably meant.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Final, TypeVar

from pydantic import ValidationError

from aion.app.settings import PREFIX, Settings
from aion.app.settings_reasons import reasons
from aion.app.worker_settings import RemoteWorkerSettings

OTHER_READERS: Final = frozenset(
    {
        "AION_API_KEY",
        "AION_CACHE",
        "AION_CLIENT_CA",
        "AION_CLIENT_CERT",
        "AION_CLIENT_KEY",
        "AION_CONTEXT",
        "AION_EFFORT",
        "AION_FAILPOINTS",
        "AION_SERVER",
    }
)
"""Variables that are no settings of the server: what the SDK, aionctl, the module build and tests read. A test
looks for them in the sources.
"""

_HIDDEN: Final = "***"
_LEADING: Final = "Value error, "
AnySettings = TypeVar("AnySettings", bound=Settings)


class SettingsInvalid(Exception):
    """Some settings are wrong; each problem names its variable, what is allowed and what to do."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def load(kind: type[AnySettings], **given: str) -> AnySettings:
    """The settings of this process; what is given goes before its environment.

    Raises SettingsInvalid with every problem that was found.
    """
    try:
        return kind(**given)  # type: ignore[arg-type] # each is read from its text
    except ValidationError as error:
        raise SettingsInvalid(_problems(error)) from error


def unknown_variables(environ: Mapping[str, str] = os.environ) -> list[str]:
    """One sentence for each `AION_` variable that nothing reads, with the nearest name."""
    known = {variable(name) for name in RemoteWorkerSettings.model_fields} | OTHER_READERS
    unknown = sorted(name for name in environ if name.upper().startswith(PREFIX) and name.upper() not in known)
    return [f"{name}: no such setting{_meant(name.upper(), known)}" for name in unknown]


def redacted(settings: Settings) -> dict[str, str]:
    """Every setting by its variable, as text that reads back to the same value; of URLs neither password nor query."""
    values = settings.model_dump(mode="json")
    return {variable(name): _without_password(_text(values[name])) for name in type(settings).model_fields}


def example() -> str:
    """The text of `.env.example`: every setting with the reason for its default, commented out."""
    return "\n".join(_example_lines()) + "\n"


def variable(field: str) -> str:
    """The environment variable of a field."""
    return PREFIX + field.upper()


def _problems(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        message = problem["msg"].removeprefix(_LEADING)
        yield f"{variable(str(problem['loc'][0]))}: {message}" if problem["loc"] else message


def _meant(name: str, known: Iterable[str]) -> str:
    nearest = get_close_matches(name, known, n=1)
    return f"; did you mean {nearest[0]}?" if nearest else "; `aion config show` lists all of them"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _without_password(text: str) -> str:
    """The text; of a URL without its password and its query. All else stays letter by letter, as urlunsplit would not
    have it: it takes slashes away from `sqlite:///`.
    """
    scheme, sign, rest = text.partition("://")
    address, question, query = rest.partition("?")
    authority, slash, path = address.partition("/")
    login, at, host = authority.rpartition("@")
    user, colon, _ = login.partition(":")
    return f"{scheme}{sign}{user}{colon and colon + _HIDDEN}{at}{host}{slash}{path}{question}{query and _HIDDEN}"


def _example_lines() -> Iterator[str]:
    yield "# Every setting of the server, with its default; of an empty one the text says what then holds."
    yield "# AION starts with none of them set, and reads the environment only, no file. To use a copy of this one:"
    yield "#   set -a; . ./.env; set +a"
    yield "# Made from src/app/settings.py; a test holds the two together. Values need no quotes."
    for name in Settings.model_fields:
        yield from _example_of(Settings, name, reasons(Settings)[name])
    yield ""
    yield "# What a worker on another machine (`aion worker`) has besides. Of the above it reads AION_DATA_DIR,"
    yield "# AION_MODULES_DIR, AION_CONFIG_DIR, AION_DRAIN, AION_WORKER_SLOTS, AION_ENGINE_HOSTS, AION_METRICS_OPEN,"
    yield "# and those of logs and traces. Made from src/app/worker_settings.py."
    for name in RemoteWorkerSettings.model_fields:
        if name not in Settings.model_fields:
            yield from _example_of(RemoteWorkerSettings, name, reasons(RemoteWorkerSettings)[name])


def _example_of(kind: type[Settings], name: str, reason: str) -> Iterator[str]:
    yield ""
    yield from (f"# {line.strip()}" for line in reason.splitlines())
    yield f"#{variable(name)}={_default(kind, name)}"


def _default(kind: type[Settings], name: str) -> str:
    field = kind.model_fields[name]
    if field.default_factory is not None:  # depends on the machine: its docstring says how
        return ""
    defaults = kind.model_construct(**{name: field.default})
    return _text(defaults.model_dump(mode="json", include={name})[name])


if __name__ == "__main__":
    sys.stdout.write(example())
