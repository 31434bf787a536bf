"""Which operation of the document serves a path and a method.

The document's paths are few and known at start, and each is matched once: docs/decisions/0010-paths-matched-once.md.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aion.adapters.transports.http.answers import AsgiApp, Scope
from aion.adapters.transports.http.paths import unknown_path
from aion.adapters.transports.http.problems import MethodNotAllowed

VERBS = ("get", "put", "post", "delete", "patch")
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Path:
    """One path of the document: the methods it takes, and what serves each."""

    served: Mapping[str, AsgiApp]
    allowed: list[str]


class Routes:
    """The paths of the document. `operations` are what serves its operations, by their ids."""

    def __init__(self, document: Document, operations: Mapping[str, AsgiApp]) -> None:
        self._fixed: dict[str, _Path] = {}
        self._variable: list[tuple[re.Pattern[str], _Path]] = []
        for template, item in in_order_of_routing(document):
            path = _path(item, operations)
            if "{" in template:
                self._variable.append((re.compile(_pattern(template)), path))
            else:
                self._fixed[template] = path

    def find(self, scope: Scope) -> AsgiApp:
        """What serves the request, whose scope then holds the path's parameters as `path_params`. Raises MethodNotFound
        and MethodNotAllowed.
        """
        name = scope["path"]
        path = self._fixed.get(name)
        if path is not None:
            scope["path_params"] = {}
            return _of_method(path, scope)
        for pattern, path in self._variable:
            if (found := pattern.fullmatch(name)) is not None:
                scope["path_params"] = found.groupdict()
                return _of_method(path, scope)
        raise unknown_path(name)


def in_order_of_routing(document: Document) -> list[tuple[str, Mapping[str, Any]]]:
    """The document's paths: custom verbs (`{id}:verb`) before those that would swallow them."""
    return sorted(document["paths"].items(), key=lambda item: "}:" not in item[0])


def _path(item: Mapping[str, Any], operations: Mapping[str, AsgiApp]) -> _Path:
    served = {verb.upper(): operations[item[verb]["operationId"]] for verb in VERBS if verb in item}
    allowed = list(served)
    if "GET" in served:
        served["HEAD"] = served["GET"]
    return _Path(served, allowed)


def _of_method(path: _Path, scope: Scope) -> AsgiApp:
    operation = path.served.get(scope["method"])
    if operation is None:
        raise MethodNotAllowed(scope["method"], scope["path"], path.allowed)
    return operation


def _pattern(template: str) -> str:
    # A custom verb's colon ends the variable: ids hold none.
    parts = re.split(r"\{([^}]*)\}", template)
    return "".join(f"(?P<{part}>[^/]+)" if number % 2 else re.escape(part) for number, part in enumerate(parts))
