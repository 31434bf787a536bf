"""A YAML document that remembers on which line each value stood.

Reads the part of YAML that a configuration needs: text, numbers, true and false, lists and mappings with text
keys. Refuses what has surprised or harmed others: anchors and aliases (a few bytes that grow to gigabytes),
tags, duplicate keys (the last one wins silently), more than one document, and files too large or too deep for
something a person wrote.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from aion.adapters.catalog.errors import ConfigurationInvalid, Problem
from aion.adapters.catalog.files import decode_text, read_bytes

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 32
MAX_VALUES: Final = 20_000
_MOST_PROBLEMS: Final = 50

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]
Location = tuple[str | int, ...]

# The parser of libyaml where this build of PyYAML has it: ten times faster, same events.
_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SCALARS: Final = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null")}
_TEXT: Final = "tag:yaml.org,2002:str"


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and where: `lines` has the line of every key and every list item by its location."""

    file: str
    value: Value
    lines: dict[Location, int]

    def line(self, location: Location) -> int:
        """The line of the value there, or of the nearest thing around it when it is missing."""
        while location not in self.lines and location:
            location = location[:-1]
        return self.lines.get(location, 1)

    def problem(self, location: Location, message: str) -> Problem:
        """A problem with the value at this location."""
        return Problem(self.file, self.line(location), field_path(location), message)


def field_path(location: Location) -> str:
    """A location as people write it: `intents[0].engines[1]`."""
    path = ""
    for step in location:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def read_document(path: Path, shown_as: str = "") -> Document:
    """Reads a YAML file; raises ConfigurationInvalid, which names the file `shown_as` or else by its path."""
    file = shown_as or str(path)
    return parse_document(decode_text(read_bytes(path, MAX_BYTES, file), file), file)


def parse_document(text: str, file: str) -> Document:
    """The document that this text is. An empty text is an empty mapping. Raises ConfigurationInvalid."""
    builder = _Builder(file)
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.reader.ReaderError as cause:
        line = text.count("\n", 0, cause.position) + 1 if isinstance(cause.position, int) else 0
        raise ConfigurationInvalid([Problem(file, line, "", "holds a control character; remove it")]) from cause
    except yaml.MarkedYAMLError as cause:
        raise ConfigurationInvalid([_syntax_problem(text, file, cause)]) from cause
    if builder.problems:
        raise ConfigurationInvalid(builder.problems)
    return Document(file, {} if builder.value is None else builder.value, builder.lines)


def _events(text: str) -> Iterator[yaml.Event]:
    events: Iterator[yaml.Event] = yaml.parse(text, Loader=_Loader)
    return events


def _syntax_problem(text: str, file: str, cause: yaml.MarkedYAMLError) -> Problem:
    mark = cause.problem_mark or cause.context_mark
    line = mark.line + 1 if mark else 0
    what = cause.problem or cause.context or "cannot be read"
    lines = text.split("\n")
    near = lines[mark.line] if mark and mark.line < len(lines) else ""
    if "\t" in near[: len(near) - len(near.lstrip())]:
        return Problem(file, line, "", "is indented with a tab, which YAML does not allow; use spaces")
    return Problem(file, line, "", f"is not YAML: {what}; check indentation, colons and quotes around this line")


class _Open:
    """A list or mapping whose end has not been read yet."""

    __slots__ = ("key", "location", "value")

    def __init__(self, value: list[Value] | dict[str, Value], location: Location) -> None:
        self.value = value
        self.location = location
        self.key: str | None = None


class _Builder:
    """Makes a value from parser events, with a stack of its own so that no depth can exhaust Python's."""

    def __init__(self, file: str) -> None:
        self.value: Value = None
        self.lines: dict[Location, int] = {(): 1}
        self.problems: list[Problem] = []
        self._file = file
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Takes the next event; what breaks the rules is noted, or raised where going on would be dangerous."""
        line = event.start_mark.line + 1 if event.start_mark else 0
        if len(self.lines) > MAX_VALUES:
            self._refuse(line, f"has more than {MAX_VALUES} values; make it smaller")
        if len(self.problems) >= _MOST_PROBLEMS:
            raise ConfigurationInvalid(self.problems)
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._refuse(line, "holds a second document; keep one and remove the `---` before this line")
        elif isinstance(event, yaml.AliasEvent):
            self._refuse(line, "uses an alias (*); write the value out")
        elif isinstance(event, yaml.ScalarEvent):
            self._refuse_anchor(event.anchor, line)
            self._scalar(event, line)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._refuse_anchor(event.anchor, line)
            if event.tag is not None:
                self._refuse(line, f"uses the tag {event.tag}; remove it")
            self._start({} if isinstance(event, yaml.MappingStartEvent) else [], line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._open.pop()

    def _refuse(self, line: int, message: str) -> None:
        raise ConfigurationInvalid([*self.problems, Problem(self._file, line, "", message)])

    def _refuse_anchor(self, anchor: str | None, line: int) -> None:
        if anchor is not None:
            self._refuse(line, f"uses an anchor (&{anchor}); write the value out where it is needed")

    def _start(self, value: list[Value] | dict[str, Value], line: int) -> None:
        if len(self._open) >= MAX_DEPTH:
            self._refuse(line, f"is nested deeper than {MAX_DEPTH} levels; make it flatter")
        if self._expects_key():
            self._refuse(line, "uses a list or mapping as a key; keys are text")
        self._open.append(_Open(value, self._put(value, line)))

    def _expects_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].value, dict) and self._open[-1].key is None

    def _put(self, value: Value, line: int) -> Location:
        if not self._open:
            self.value = value
            self.lines[()] = line
            return ()
        parent = self._open[-1]
        if isinstance(parent.value, list):
            location = (*parent.location, len(parent.value))
            parent.value.append(value)
            self.lines[location] = line
            return location
        key = parent.key
        assert key is not None  # `_expects_key` was false
        parent.value[key] = value
        parent.key = None
        return (*parent.location, key)

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        if not self._expects_key():
            self._put(self._plain(event, line), line)
            return
        parent = self._open[-1]
        location = (*parent.location, event.value)
        if self._kind(event, line) != _TEXT:
            message = f"the key {event.value} is not text to YAML; put it in quotes"
            self.problems.append(Problem(self._file, line, field_path(parent.location), message))
        elif location in self.lines:
            message = f"is given twice, first on line {self.lines[location]}; keep one"
            self.problems.append(Problem(self._file, line, field_path(location), message))
        parent.key = event.value
        self.lines[location] = line

    def _kind(self, event: yaml.ScalarEvent, line: int) -> str:
        if event.tag is not None and event.tag != "!":
            self._refuse(line, f"uses the tag {event.tag}; remove it")
        if not event.implicit[0]:
            return _TEXT
        kind: str = _RESOLVER.resolve(yaml.ScalarNode, event.value, (True, False))  # type: ignore[no-untyped-call]  # types-PyYAML leaves it out
        # Dates and the merge key are text here: no field is a date, and merging needs an alias.
        return kind if kind in _SCALARS else _TEXT

    def _plain(self, event: yaml.ScalarEvent, line: int) -> Value:
        kind = self._kind(event, line)
        if kind == _TEXT:
            return event.value
        try:
            value: Value = _RESOLVER.construct_object(yaml.ScalarNode(kind, event.value))
        except (ValueError, OverflowError):
            self._refuse(line, "holds a number that cannot be read; write it in full, or in quotes if it is text")
        return value


_RESOLVER: Final = yaml.SafeLoader("")
