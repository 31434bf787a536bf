"""A call of a module that can be pasted into a shell: its author's first example, else one that its schema suggests."""

import json
import shlex
from typing import Any

from aion_sdk import ModuleDescription
from aionctl.output.schema_fields import MOST_DEPTH, alternatives, properties_of, required_of, resolved
from aionctl.safe_text import UNSAFE_IN_LINE, visible_json

MOST_PADDING = 200
_WORDS: dict[str, Any] = {"integer": 1, "number": 1, "boolean": False, "null": None, "object": {}, "array": []}


def example_call(described: ModuleDescription) -> str:
    """The command line; empty for a module without intents."""
    module = described.module
    if not module.intents:
        return ""
    given = (
        described.examples[0].input if described.examples else _value(described.input_schema, described.input_schema)
    )
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


def _value(schema: Any, root: Any, depth: int = 0) -> Any:
    """A value that the schema probably takes: what it suggests itself, else the least of its type."""
    found = alternatives(resolved(schema, root), root)[0]
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
        return {name: _value(members.get(name), root, depth + 1) for name in wanted}
    if kind == "array" and depth < MOST_DEPTH and _number(found, "minItems"):
        return [_value(found.get("items"), root, depth + 1)] * min(_number(found, "minItems"), MOST_PADDING)
    if kind in ("integer", "number") and "minimum" in found:
        return found["minimum"]
    if kind == "string" or kind is None:
        return "Some text.".ljust(min(_number(found, "minLength"), MOST_PADDING), ".")[
            : _number(found, "maxLength") or None
        ]
    return _WORDS.get(str(kind), "")


def _number(schema: dict[str, Any], word: str) -> int:
    value = schema.get(word)
    return value if isinstance(value, int) else 0
