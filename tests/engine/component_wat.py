"""Components that import one function of any type, written from the words that `preview2_types` uses."""

import re
from collections.abc import Iterator

from aion.adapters.engines.wasm.preview2_imports import RESOURCES
from aion.adapters.engines.wasm.preview2_types import Signature

RUN = """
  (core module $m (func (export "run") (result i32) (i32.const 0)))
  (core instance $i (instantiate $m))
  (func $run (result (result)) (canon lift (core func $i "run")))
  (instance $command (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $command))"""

Node = tuple[str, list["Node"], list[str]]
"""A type: its word, its inner types, and the names of its fields or cases (a case without a type has the word "")."""

_TOKENS = re.compile(r"[a-z0-9_-]+|[<>{}(),:]")


def parsed(text: str) -> Node:
    """The type that the words of WIT mean."""
    tokens = _TOKENS.findall(text)
    node = _node(tokens)
    assert not tokens, text
    return node


def _node(tokens: list[str]) -> Node:
    word = tokens.pop(0)
    inner: list[Node] = []
    names: list[str] = []
    if tokens[:1] == ["<"]:
        while tokens.pop(0) != ">":
            inner.append(_node(tokens))
    elif tokens[:1] == ["{"]:
        while tokens.pop(0) != "}":
            names.append(tokens.pop(0))
            mark = tokens[0]
            if mark in ":(":
                tokens.pop(0)
                inner.append(_node(tokens))
                if mark == "(":
                    tokens.pop(0)
            else:
                inner.append(("", [], []))
    return word, inner, names


def variants(node: Node) -> Iterator[Node]:
    """Types that differ from this one in one place."""
    word, inner, names = node
    if word in ("", "_"):
        yield "u8", [], []
        return
    yield ("u32" if word == "u64" else "u64"), [], []
    yield "list", [node], []
    if word in ("own", "borrow"):
        yield ("borrow" if word == "own" else "own"), inner, []
        yield word, [("network" if inner[0][0] == "pollable" else "pollable", [], [])], []
        return
    if word == "list":
        yield "string", [], []
    if word == "string":
        yield "list", [("u8", [], [])], []
    if names:
        yield word, inner[:-1], names[:-1]
        yield word, [*inner, ("", [], []) if word != "record" else ("u8", [], [])], [*names, "one-more"]
        yield word, inner, ["renamed", *names[1:]]
        yield word, inner[::-1], names[::-1]
    for place, each in enumerate(inner):
        if word != "enum":
            for other in variants(each):
                yield word, [*inner[:place], other, *inner[place + 1 :]], names


class _Types:
    """Declares what must have a name before it is used."""

    def __init__(self) -> None:
        self.lines = [f'(export "{name}" (type ${name} (sub resource)))' for name in RESOURCES]

    def wat(self, node: Node) -> str:
        word, inner, names = node
        if word in ("own", "borrow"):
            return f"({word} ${inner[0][0]})"
        if word == "result":
            ok = f" {self.wat(inner[0])}" if inner and inner[0][0] != "_" else ""
            error = f" (error {self.wat(inner[1])})" if len(inner) > 1 else ""
            return f"(result{ok}{error})"
        if word == "record":
            parts = [f'(field "{name}" {self.wat(each)})' for name, each in zip(names, inner, strict=True)]
            return self._named(f"(record {' '.join(parts)})")
        if word == "variant":
            cases = [(name, f" {self.wat(each)}" if each[0] else "") for name, each in zip(names, inner, strict=True)]
            return self._named("(variant " + " ".join(f'(case "{name}"{each})' for name, each in cases) + ")")
        if word == "enum":
            return self._named("(enum " + " ".join(f'"{name}"' for name in names) + ")")
        return f"({word} {' '.join(self.wat(each) for each in inner)})" if inner else word

    def _named(self, text: str) -> str:
        number = len(self.lines)
        self.lines += [f"(type $t{number} {text})", f'(export "type-{number}" (type $e{number} (eq $t{number})))']
        return f"$e{number}"


def importing(interface: str, function: str, parameters: list[Node], result: Node | None) -> str:
    """A component that imports one function, and does nothing."""
    types = _Types()
    names = ["self" if "[method]" in function and not place else f"p{place}" for place in range(len(parameters))]
    taken = " ".join(f'(param "{name}" {types.wat(node)})' for name, node in zip(names, parameters, strict=True))
    returned = "" if result is None else f"(result {types.wat(result)})"
    body = "\n    ".join([*types.lines, f'(export "{function}" (func {taken} {returned}))'])
    return f'(component (import "wasi:{interface}" (instance\n    {body}))\n{RUN})'


def nodes_of(signature: Signature) -> tuple[list[Node], Node | None]:
    """What its texts mean."""
    result = None if signature.result is None else parsed(signature.result)
    return [parsed(each) for each in signature.parameters], result


def mistyped(signature: Signature) -> Iterator[tuple[list[Node], Node | None]]:
    """Everything that differs in one place: a parameter more or fewer, another result, one type inside of another."""
    parameters, result = nodes_of(signature)
    yield [*parameters, ("u32", [], [])], result
    if parameters:
        yield parameters[:-1], result
    if result is None:
        yield parameters, ("u64", [], [])
    else:
        yield parameters, None
        for other in variants(result):
            yield parameters, other
    for place, each in enumerate(parameters):
        for other in variants(each):
            yield [*parameters[:place], other, *parameters[place + 1 :]], result
