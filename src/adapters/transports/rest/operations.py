"""REST: connexion reads the generated OpenAPI document and resolves each operation to an RPC of the pipeline.

connexion does what the document knows of an operation: its parameters and the check of queries. Paths are matched by
`routes`. Authentication, bodies and errors are the pipeline's, as they are for every transport, so connexion's
middlewares for these are left out.
"""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from aion.adapters.rpc.methods import methods
from aion.adapters.transports.http.answers import AsgiApp, Receive, Scope, Send
from aion.adapters.transports.http.bodies import Bodies
from aion.adapters.transports.rest.calls import UnaryOperation
from aion.adapters.transports.rest.connexion_parts import (
    AbstractOperation,
    OpenAPISpecification,
    Resolution,
    Resolver,
    RoutedAPI,
)
from aion.adapters.transports.rest.query import QueryCheck
from aion.adapters.transports.rest.request import Shape
from aion.adapters.transports.rest.routes import VERBS, Document, Routes
from aion.adapters.transports.rest.sse import StreamOperation


def load_document(path: Path) -> Document:
    """The generated document. Read here and not by connexion, which would run the file through a template engine."""
    document: Document = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)  # it is the safe loader
    return document


def rest_app(document: Document, bodies: Bodies) -> AsgiApp:
    """The REST face as an ASGI application. It raises MethodNotFound and MethodNotAllowed; the rest it answers."""
    specification = _GeneratedDocument(without_security(document))
    operations = _Operations(specification, next_app=None, resolver=_RpcResolver(document, bodies)).operations
    routes = Routes(document, operations)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        await routes.find(scope)(scope, receive, send)

    return serve


class _GeneratedDocument(OpenAPISpecification):  # type: ignore[misc] # connexion ships no types
    """The document as connexion reads it, without the check against the schema of OpenAPI.

    AION's own generator wrote it, and a test holds it to that check, which would take longer than all else of a start.
    """

    @classmethod
    def _validate_spec(cls, spec: Mapping[str, Any]) -> None:
        """Takes it as it is."""


def without_security(document: Document) -> dict[str, Any]:
    """The document as connexion is to see it: who may call is the pipeline's to say."""
    spec = copy.deepcopy(dict(document))
    spec.pop("security", None)
    spec.get("components", {}).pop("securitySchemes", None)
    for item in spec["paths"].values():
        for verb in item.keys() & set(VERBS):
            item[verb].pop("security", None)
    return spec


def ticket_parameter(document: Document, operation: Mapping[str, Any]) -> str:
    """The query parameter that proves who calls an operation; empty when only headers do."""
    schemes = document.get("components", {}).get("securitySchemes", {})
    for name in (name for way in operation.get("security", ()) for name in way):
        if schemes[name].get("in") == "query":
            return str(schemes[name]["name"])
    return ""


class _RpcResolver(Resolver):  # type: ignore[misc] # connexion ships no types
    """Finds the RPC that an operation names (`x-grpc-method`)."""

    def __init__(self, document: Document, bodies: Bodies) -> None:
        super().__init__()
        self._document = document
        self._bodies = bodies
        self._methods = methods()
        self._said = {
            operation["operationId"]: operation
            for item in document["paths"].values()
            for verb, operation in item.items()
            if verb in VERBS
        }

    def resolve(self, operation: AbstractOperation) -> Resolution:
        """What builds the ASGI application of the operation, once connexion knows its parameters."""
        return Resolution(self._serve, operation.operation_id)

    def _serve(self, operation: AbstractOperation) -> AsgiApp:
        said = self._said[operation.operation_id]
        method = self._methods[said["x-grpc-method"]]
        ticket = ticket_parameter(self._document, said)
        shape = Shape(
            has_body=bool(said["x-grpc-body"]),
            body_field="" if said["x-grpc-body"] == "*" else said["x-grpc-body"],
            body_required=said.get("requestBody", {}).get("required", False),
            streams=method.streams,
            check_query=QueryCheck(operation, {ticket} if ticket else set()),
            ticket=ticket,
        )
        if method.streams:
            return StreamOperation(self._bodies, method, shape, accepts=shape.has_body)
        return UnaryOperation(self._bodies, method, shape, said.get("x-grpc-response-body", ""))


class _Operations(RoutedAPI):  # type: ignore[misc] # connexion ships no types
    """Calls what the resolver found with the bare ASGI request: connexion would read the body and build a response."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> AsgiApp:
        """What serves the operation."""
        app: AsgiApp = operation.function(operation)
        return app
