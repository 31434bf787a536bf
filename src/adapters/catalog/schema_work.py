"""How much work a schema can make of one value: references and combinations multiply it, and two kilobytes suffice.

A validator checks a value once for every way that leads from the schema's root to it. Two references in each of thirty
definitions are a thousand million ways; a definition that refers to itself twice doubles them with every level of
the document. What is counted here is the most ways on any path through a document, before a document is ever seen.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

MOST_WORK: Final = 10_000
"""Checks along one path through a document."""

_LEVELS: Final = 64
_MOST_CHAIN: Final = 200
_MOST_EDGES: Final = 100_000
_SAME_VALUE: Final = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependencies")
_REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef")
_MEMBERS, _ITEMS, _NAMES = range(3)
# Where the schemas of a value's children stand, and of which children: of one by its name, or of any ("").
_CHILDREN: Final = {
    "properties": _MEMBERS,
    "patternProperties": _MEMBERS,
    "additionalProperties": _MEMBERS,
    "unevaluatedProperties": _MEMBERS,
    "propertyNames": _NAMES,
    "prefixItems": _ITEMS,
    "items": _ITEMS,
    "additionalItems": _ITEMS,
    "contains": _ITEMS,
    "unevaluatedItems": _ITEMS,
}
# The rest: a child that stands under the first keyword of the same schema is not one for the second.
_RESTS: Final = {"properties": "additionalProperties", "prefixItems": "items"}
_MAPS: Final = frozenset({"properties", "patternProperties", "dependentSchemas", "dependencies"})
_TOO_MUCH: Final = f"asks for more than {MOST_WORK} checks of one value; use fewer references and combinations"

Schema = dict[str, object]


class SchemaTooIntricate(ValueError):
    """Checking a document against it could take for ever; the message says why."""


@dataclass(slots=True)
class _Checks:
    """How many schemas are checked at one value itself, and which ones, how often, at each of its children."""

    own: int = 1
    children: Counter[tuple[int, str, int]] = field(default_factory=Counter)

    def add(self, other: "_Checks", times: int) -> None:
        self.own += other.own * times
        if self.own > MOST_WORK:
            raise SchemaTooIntricate(_TOO_MUCH)
        for child, count in other.children.items():
            self.children[child] += count * times

    def work(self, below: dict[int, int]) -> int:
        """The work on the worst path from here, when `below` is that of each child's schema."""
        return self.own + self._worst(below)

    def peak(self, below: dict[int, int]) -> int:
        """The work at one value on the worst path from here, likewise."""
        return max(self.own, self._worst(below))

    def _worst(self, below: dict[int, int]) -> int:
        children: Counter[tuple[int, str]] = Counter()
        for (kind, name, schema), count in self.children.items():
            children[kind, name] += count * below[schema]
        worst = 0
        for (kind, name), one in children.items():
            worst = max(worst, one + (children[kind, ""] if name and (kind, "") in children else 0))
        return worst


def most_work(schema: Schema) -> int:
    """How often one value of some document can be checked. Raises SchemaTooIntricate when all on one path through it
    can be checked more than MOST_WORK times together.
    """
    return _Walk(schema).work()


class _Walk:
    def __init__(self, root: Schema) -> None:
        self._root = root
        self._schemas: dict[int, Schema] = {}
        self._anchors: dict[str, list[Schema]] = {}
        self._checks: dict[int, _Checks | None] = {}
        self._edges = 0

    def work(self) -> int:
        self._find_schemas()
        checked = {id(self._root): self._at(self._root, 0)}
        waiting = list(checked.values())
        while waiting:
            for _, _, schema in waiting.pop().children:
                if schema not in checked:
                    checked[schema] = self._at(self._schemas[schema], 0)
                    waiting.append(checked[schema])
        work = peak = dict.fromkeys(checked, 0)
        # Many references to one schema share its checks.
        shared = {id(checks): checks for checks in checked.values()}
        for _ in range(_LEVELS):
            peaks = {one: checks.peak(peak) for one, checks in shared.items()}
            peak = {schema: peaks[id(checks)] for schema, checks in checked.items()}
            works = {one: checks.work(work) for one, checks in shared.items()}
            deeper = {schema: works[id(checks)] for schema, checks in checked.items()}
            if max(deeper.values()) > MOST_WORK:
                raise SchemaTooIntricate(_TOO_MUCH)
            if deeper == work:
                break
            work = deeper
        return max(peak.values())

    def _at(self, schema: Schema, chain: int) -> _Checks:
        if id(schema) in self._checks:
            known = self._checks[id(schema)]
            if known is None:
                raise SchemaTooIntricate("has a reference that leads back to itself at the same value; remove it")
            return known
        if chain > _MOST_CHAIN:
            raise SchemaTooIntricate(f"has a chain of more than {_MOST_CHAIN} references; shorten it")
        self._checks[id(schema)] = None
        checks = _Checks()
        # To know what was not evaluated, a validator evaluates the rest again.
        times = 2 if "unevaluatedProperties" in schema or "unevaluatedItems" in schema else 1
        parts = [part for keyword in _SAME_VALUE for _, part in _parts(schema, keyword)]
        parts += self._referred(schema)
        if len(parts) == 1 and times == 1 and not _CHILDREN.keys() & schema.keys():
            # Nothing but a reference: the commonest schema of all.
            checks = self._checks[id(schema)] = self._at(parts[0], chain + 1)
            return checks
        for part in parts:
            checks.add(self._at(part, chain + 1), times)
        for keyword, kind in _CHILDREN.items():
            for name, part in _parts(schema, keyword):
                checks.children[kind, name if keyword in _RESTS else "", id(part)] += 1
                for _, rest in _parts(schema, _RESTS.get(keyword, "")):
                    checks.children[kind, name, id(rest)] -= 1
        self._edges += len(checks.children)
        if self._edges > _MOST_EDGES:
            raise SchemaTooIntricate("has too many references and combinations to be judged; use fewer")
        self._checks[id(schema)] = checks
        return checks

    def _referred(self, schema: Schema) -> list[Schema]:
        return [
            target for keyword in _REFERENCES if keyword in schema for target in self._targets(str(schema[keyword]))
        ]

    def _targets(self, reference: str) -> list[Schema]:
        document, _, fragment = reference.partition("#")
        if document and document != str(self._root.get("$id", "")).partition("#")[0]:
            raise SchemaTooIntricate(f"has the reference {reference[:100]}; write #/$defs/NAME")
        fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            return self._anchors.get(fragment, [])
        value: object = self._root
        for step in fragment.split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            if isinstance(value, dict):
                value = value.get(name)
            elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
                value = value[int(name)]
            else:
                value = None
        return [value] if isinstance(value, dict) else []

    def _find_schemas(self) -> None:
        waiting: list[object] = [self._root]
        while waiting:
            value = waiting.pop()
            if isinstance(value, list):
                waiting.extend(value)
            elif isinstance(value, dict):
                self._schemas[id(value)] = value
                waiting.extend(value.values())
                if value is not self._root and isinstance(value.get("$id"), str):
                    raise SchemaTooIntricate("has $id below its root, which changes what references mean; remove it")
                for keyword in ("$anchor", "$dynamicAnchor"):
                    if isinstance(anchor := value.get(keyword), str):
                        self._anchors.setdefault(anchor, []).append(value)


def _parts(schema: Schema, keyword: str) -> list[tuple[str, Schema]]:
    """The schemas under this keyword, with the names under which they stand there."""
    value = schema.get(keyword)
    named: list[tuple[str, object]]
    if isinstance(value, list):
        named = [(f"{position}", part) for position, part in enumerate(value)]
    elif isinstance(value, dict) and keyword in _MAPS:
        named = [(f"{keyword}/{name}", part) for name, part in value.items()]
    else:
        named = [("", value)]
    return [(name, part) for name, part in named if isinstance(part, dict)]
