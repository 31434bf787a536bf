"""A call of a module that can be pasted into a shell: its author's first example, else one that its schema suggests."""

import json
import shlex
from dataclasses import dataclass
from typing import Any

from aion_sdk import ModuleDescription
from aionctl.output.schema_fields import MOST_DEPTH, alternatives, properties_of, required_of, resolved
from aionctl.safe_text import UNSAFE_IN_LINE, visible_json

MOST_PADDING = 200
MOST_SUGGESTED = 50
"""Lists of lists, and objects of objects, would grow beyond any memory."""

_WORDS: dict[str, Any] = {"integer": 1, "number": 1, "boolean": False, "null": None, "object": {}, "array": []}


def example_call(described: ModuleDescription) -> str:
    """The command line; empty for a module without intents."""
    module = described.module
    if not module.intents:
        return ""
    given = described.examples[0].input if described.examples else _Suggestion(described.input_schema).value()
    words = ["aionctl", "run", module.intents[0]]
    if len(described.versions) > 1:
        words += ["--prefer", f"module:{module.name}@{module.version}"]
    return shlex.join([*words, *_input(given if isinstance(given, dict) else {})])


def _input(given: dict[str, Any]) -> list[str]:
    """Options that give this input: `-p` where all of it is text on one line, else `--params-json`."""
    if all(isinstance(value, str) and not UNSAFE_IN_LINE.search(name + value) for name, value in given.items()):
        # What begins with @ would be a file's name.
        pairs = [f"{name}={'@' * value.startswith('@')}{value}" for name, value in given.items()]
        return [word for pair in pairs for word in ("-p", pair)]
    return ["--params-json", visible_json(json.dumps(given, ensure_ascii=False))]


@dataclass(slots=True)
class _Suggestion:
    """A value that the schema `root` probably takes, made of few values even where it wants many."""

    root: Any
    left: int = MOST_SUGGESTED

    def value(self) -> Any:
        """What the schema suggests itself, else the least of its type."""
        return self._of(self.root, 0)

    def _of(self, schema: Any, depth: int) -> Any:
        self.left -= 1
        found = alternatives(resolved(schema, self.root), self.root)[0]
        for word in ("default", "const"):
            if word in found:
                return found[word]
        for word in ("examples", "enum"):
            if isinstance(found.get(word), list) and found[word]:
                return found[word][0]
        kind = found.get("type")
        kind = kind[0] if isinstance(kind, list) and kind else kind
        if properties_of(found):
            members = properties_of(found)
            wanted = required_of(found) if depth < MOST_DEPTH else []
            return {name: self._of(members.get(name), depth + 1) for name in wanted if self.left > 0}
        if kind == "array" and depth < MOST_DEPTH and _number(found, "minItems"):
            wanted_items = range(min(_number(found, "minItems"), MOST_SUGGESTED))
            return [self._of(found.get("items"), depth + 1) for _ in wanted_items if self.left > 0]
        if kind in ("integer", "number") and "minimum" in found:
            return found["minimum"]
        if kind == "string" or kind is None:
            return _text(found)
        return _WORDS.get(str(kind), "")


def _text(schema: dict[str, Any]) -> str:
    padded = "Some text.".ljust(min(_number(schema, "minLength"), MOST_PADDING), ".")
    return padded[: _number(schema, "maxLength") or None]


def _number(schema: dict[str, Any], word: str) -> int:
    value = schema.get(word)
    return value if isinstance(value, int) else 0
