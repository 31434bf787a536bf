"""Which operation a path and a method lead to."""

import pytest

from aion.adapters.transports.http.answers import AsgiApp, Receive, Scope, Send
from aion.adapters.transports.http.problems import MethodNotAllowed
from aion.adapters.transports.rest.routes import Routes
from aion.domain.errors import MethodNotFound

DOCUMENT = {
    "paths": {
        "/v1/things": {"get": {"operationId": "list"}, "post": {"operationId": "make"}},
        "/v1/things/{thing_id}": {"get": {"operationId": "read"}},
        "/v1/things/{thing_id}:mend": {"post": {"operationId": "mend"}},
        "/v1/things/{thing_id}/parts/{part_id}": {"delete": {"operationId": "drop"}},
        "/v1/things:batch": {"post": {"operationId": "batch"}},
    }
}


def _operation(name: str) -> AsgiApp:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError(name)

    return serve


OPERATIONS = {name: _operation(name) for name in ("list", "make", "read", "mend", "drop", "batch")}
NAMES = {app: name for name, app in OPERATIONS.items()}
ROUTES = Routes(DOCUMENT, OPERATIONS)


def scope_of(method: str, path: str) -> Scope:
    return {"type": "http", "method": method, "path": path}


@pytest.mark.parametrize(
    ("method", "path", "operation", "parameters"),
    [
        ("GET", "/v1/things", "list", {}),
        ("HEAD", "/v1/things", "list", {}),
        ("POST", "/v1/things", "make", {}),
        ("POST", "/v1/things:batch", "batch", {}),
        ("GET", "/v1/things/a", "read", {"thing_id": "a"}),
        ("HEAD", "/v1/things/a", "read", {"thing_id": "a"}),
        ("GET", "/v1/things/a:b", "read", {"thing_id": "a:b"}),
        ("POST", "/v1/things/a:mend", "mend", {"thing_id": "a"}),
        ("DELETE", "/v1/things/a/parts/b", "drop", {"thing_id": "a", "part_id": "b"}),
    ],
)
def test_a_path_leads_to_its_operation_with_its_parameters(
    method: str, path: str, operation: str, parameters: dict[str, str]
) -> None:
    scope = scope_of(method, path)
    assert NAMES[ROUTES.find(scope)] == operation
    assert scope["path_params"] == parameters


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/things", "GET, POST"),
        ("OPTIONS", "/v1/things", "GET, POST"),
        ("get", "/v1/things", "GET, POST"),
        ("HEAD", "/v1/things:batch", "POST"),
        ("GET", "/v1/things/a:mend", "POST"),
        ("HEAD", "/v1/things/a/parts/b", "DELETE"),
    ],
)
def test_a_method_that_a_path_does_not_take_is_refused_with_those_it_takes(
    method: str, path: str, allowed: str
) -> None:
    with pytest.raises(MethodNotAllowed) as refused:
        ROUTES.find(scope_of(method, path))
    assert refused.value.facts == {"allow": allowed}


@pytest.mark.parametrize(
    "path", ["/", "/v1/thing", "/v1/things/", "/v1/things\n", "/v1/things/a/", "/v1/things/a/parts", "/v1/Things", "//"]
)
def test_a_path_that_the_document_lacks_is_unknown(path: str) -> None:
    with pytest.raises(MethodNotFound, match="there is no path"):
        ROUTES.find(scope_of("GET", path))
