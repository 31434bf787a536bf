"""Compares two OpenAPI documents route by route."""

from collections.abc import Iterator
from typing import Any

from tools.openapi_diff.schemas import Direction, Schema, SchemaDiff, lookup

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
# What generated clients and the server's own routing are named by.
IDENTITY = ("operationId", "x-grpc-method", "x-grpc-body")


def breaks(old: Schema, new: Schema) -> list[str]:
    """Return a sentence for each way in which `new` breaks REST clients of `old`; empty when it only adds."""
    return sorted(set(DocumentDiff(old, new).compare()))


class DocumentDiff:
    """Compares routes, their parameters, bodies and answers."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._old = old
        self._new = new
        self._schemas = SchemaDiff(old, new)

    def compare(self) -> Iterator[str]:
        """Yield what breaks a client."""
        for path, item in self._old["paths"].items():
            if path not in self._new["paths"]:
                yield f"{path}: the path was removed"
                continue
            for method in (method for method in METHODS if method in item):
                where = f"{method.upper()} {path}"
                if method not in self._new["paths"][path]:
                    yield f"{where}: the method was removed"
                else:
                    yield from self._operation(item[method], self._new["paths"][path][method], where)
        lost = [scheme for scheme in self._old.get("security", ()) if scheme not in self._new.get("security", ())]
        yield from (f"security: {'+'.join(scheme)} is no longer taken" for scheme in lost)

    def _operation(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        for name in IDENTITY:
            if old.get(name) != new.get(name):
                yield f"{where}: {name} changed from {old.get(name)!r} to {new.get(name)!r}"
        yield from self._parameters(old, new, where)
        yield from self._body(old, new, where)
        yield from self._answers(old, new, where)

    def _parameters(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        before = {(p["in"], p["name"]): p for p in old.get("parameters", ())}
        after = {(p["in"], p["name"]): p for p in new.get("parameters", ())}
        for place, name in before.keys() - after.keys():
            yield f"{where}: the {place} parameter {name} was removed"
        for (place, name), parameter in after.items():
            known = before.get((place, name))
            if parameter.get("required") and not (known and known.get("required")):
                yield f"{where}: the {place} parameter {name} is newly required"
            if known:
                at = f"{where} {place} {name}"
                yield from self._schemas.compare(known["schema"], parameter["schema"], at, Direction.REQUEST)

    def _body(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        before, after = old.get("requestBody"), new.get("requestBody")
        if before and not after:
            yield f"{where}: the request body was removed"
        if after and after.get("required") and not (before and before.get("required")):
            yield f"{where}: the request body is newly required"
        if before and after:
            yield from self._content(before, after, f"{where} body", Direction.REQUEST)

    def _answers(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        for status, answer in old["responses"].items():
            if status not in new["responses"]:
                yield f"{where}: the status {status} was removed"
                continue
            before, after = (
                self._resolved(self._old, answer),
                self._resolved(self._new, new["responses"][status]),
            )
            for header in before.get("headers", {}).keys() - after.get("headers", {}).keys():
                yield f"{where} {status}: the header {header} was removed"
            yield from self._content(before, after, f"{where} {status}", Direction.ANSWER)

    def _content(self, old: Schema, new: Schema, where: str, direction: Direction) -> Iterator[str]:
        after: dict[str, Any] = new.get("content", {})
        for kind, content in old.get("content", {}).items():
            if kind not in after:
                yield f"{where}: {kind} was removed"
                continue
            for part in ("schema", "x-event-data"):
                if part in content and part in after[kind]:
                    yield from self._schemas.compare(content[part], after[kind][part], where, direction)
                elif part in content:
                    yield f"{where}: {kind} lost its {part}"

    @staticmethod
    def _resolved(document: Schema, answer: Schema) -> Schema:
        return lookup(document, answer["$ref"]) if "$ref" in answer else answer
