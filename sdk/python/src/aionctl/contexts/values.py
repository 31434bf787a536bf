"""A context: one server, how to prove who we are to it, and what of that may be written down."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"


class ContextError(ValueError):
    """The contexts' file, or a key that it names, cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class KeySource:
    """Where an API key comes from, never the key itself: exactly one of a variable, a file, a command."""

    env: str = ""
    file: str = ""
    command: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse none and several. Raises ContextError."""
        if sum(map(bool, (self.env, self.file, self.command))) != 1:
            raise ContextError("a key comes from one of: env, file, command")

    @property
    def words(self) -> str:
        """Where it comes from, for people."""
        if self.env:
            return f"the variable {self.env}"
        return f"the file {self.file}" if self.file else f"the command `{' '.join(self.command)}`"


@dataclass(frozen=True, slots=True)
class Context:
    """One server. `ca`, `cert` and `client_key` are paths; `tls` trusts the system's CAs."""

    name: str
    server: str
    key: KeySource | None = None
    ca: str = ""
    cert: str = ""
    client_key: str = ""
    tls: bool = False
    insecure: bool = False

    @classmethod
    def of(cls, name: str, document: object) -> Self:
        """Read a context of the file. Raises ContextError."""
        given = mapping(document, f"contexts.{name}")
        source = given.pop("key", None)
        types = {
            item.name: str if item.type is str else bool for item in fields(cls) if item.name not in {"name", "key"}
        }
        for member, value in given.items():
            if member not in types:
                raise ContextError(f"contexts.{name}: there is no {member}; known are key, {', '.join(sorted(types))}")
            if not isinstance(value, types[member]):
                raise ContextError(f"contexts.{name}.{member} must be a {types[member].__name__}")
        if not given.get("server"):
            raise ContextError(f"contexts.{name}.server is missing")
        return cls(name=name, key=None if source is None else _key_source(name, source), **given)

    def document(self) -> dict[str, Any]:
        """The context as the file holds it."""
        told: dict[str, Any] = {"server": self.server}
        if self.key is not None:
            command = list(self.key.command)
            told["key"] = {n: v for n, v in (("env", self.key.env), ("file", self.key.file), ("command", command)) if v}
        rest = ("ca", "cert", "client_key", "tls", "insecure")
        return told | {name: getattr(self, name) for name in rest if getattr(self, name)}


@dataclass(frozen=True, slots=True)
class Contexts:
    """All of them by name, and the one that counts when none is named."""

    current: str = ""
    by_name: Mapping[str, Context] = field(default_factory=dict)

    def named(self, name: str) -> Context:
        """The context of that name. Raises ContextError."""
        found = self.by_name.get(name)
        if found is None:
            known = ", ".join(sorted(self.by_name)) or "none"
            raise ContextError(f"there is no context {name!r}; known: {known}. `aionctl context add` makes one")
        return found


def mapping(value: object, place: str) -> dict[str, Any]:
    """A document as a mapping with string keys. Raises ContextError."""
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        raise ContextError(f"{place} must be a mapping")
    return dict(value)


def _key_source(name: str, document: object) -> KeySource:
    given = mapping(document, f"contexts.{name}.key")
    if strange := given.keys() - {"env", "file", "command"}:
        raise ContextError(f"contexts.{name}.key: there is no {min(strange)}; known are env, file, command")
    command = given.get("command") or []
    texts = [given.get("env") or "", given.get("file") or ""]
    if not isinstance(command, list) or not all(isinstance(word, str) for word in [*command, *texts]):
        raise ContextError(f"contexts.{name}.key: env and file are strings, command is a list of strings")
    return KeySource(texts[0], texts[1], tuple(command))
