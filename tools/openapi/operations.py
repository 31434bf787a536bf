"""Writes one REST route of one method as an OpenAPI operation."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor

from tools.openapi import answers, security
from tools.openapi.contract import Binding, Contract, ContractUnfit, is_map
from tools.openapi.scalars import LONGS, PLAIN_WELL_KNOWN
from tools.openapi.schemas import AnswerSchemas, RequestSchemas, Schema, described, reference

VARIABLE = re.compile(r"\{([^}]*)\}")
DIGITS = "^[0-9]{1,19}$"
PREFER = "Prefer"
Examples = Mapping[str, dict[str, Any]]
"""Bodies to try, by the full name of an RPC, each as OpenAPI's `examples` have them."""


class OperationWriter:
    """Writes operations and collects the schemas that they refer to."""

    def __init__(
        self, contract: Contract, requests: RequestSchemas, replies: AnswerSchemas, examples: Examples | None = None
    ) -> None:
        self._contract = contract
        self._examples = examples or {}
        self._requests = requests
        self._replies = replies

    def write(self, binding: Binding) -> dict[str, Any]:
        """Return the operation object of one route."""
        method = binding.method
        in_path = [self._path_field(binding, name) for name in VARIABLE.findall(binding.path)]
        suffix = f"_{binding.index}" if binding.index else ""
        operation: dict[str, Any] = {
            "operationId": f"{method.containing_service.name}_{method.name}{suffix}",
            "tags": [method.containing_service.name],
            **summary(self._contract.comment(method.full_name)),
            "x-grpc-method": f"/{method.containing_service.full_name}/{method.name}",
            "x-grpc-body": binding.body,
        }
        if binding.response_body:
            operation["x-grpc-response-body"] = binding.response_body
        if method.server_streaming:
            operation["x-grpc-stream"] = "server"
        operation |= security.of_operation(binding)
        if parameters := [*self._parameters(binding, in_path)]:
            operation["parameters"] = parameters
        if binding.body:
            operation["requestBody"] = self._body(binding, in_path)
        operation["responses"] = self._responses(binding)
        return operation

    def _parameters(self, binding: Binding, in_path: list[FieldDescriptor]) -> Iterator[dict[str, Any]]:
        fields = self._contract.of_rest(binding.method.input_type)
        yield from (self._parameter(field, "path", field.name) for field in in_path)
        if binding.body != "*":
            elsewhere = {field.name for field in in_path} | {binding.body}
            yield from (self._parameter(field, "query", field.name) for field in fields if field.name not in elsewhere)
        for field in fields:
            if header := self._contract.header(field):
                yield self._parameter(field, "header", header)

    def _parameter(self, field: FieldDescriptor, place: str, name: str) -> dict[str, Any]:
        if is_map(field) or (field.message_type and field.message_type.name not in PLAIN_WELL_KNOWN):
            raise ContractUnfit(f"{field.full_name}: a {place} parameter cannot hold it; bind it to the body")
        schema = self._requests.field(field)
        text = schema.pop("description", "")
        if field.type in LONGS and not field.is_repeated:
            schema = in_digits(field, schema, place)
        if name == PREFER:
            schema, text = (
                {"type": "string", "example": f"{field.name}=5"},
                f"RFC 7240: `{field.name}=SECONDS`. {text}",
            )
        required = place == "path" or (place == "query" and self._contract.required(field))
        return {
            "name": name,
            "in": place,
            "required": required,
            **({"description": text} if text else {}),
            "schema": schema,
        }

    def _path_field(self, binding: Binding, variable: str) -> FieldDescriptor:
        field = binding.method.input_type.fields_by_name.get(variable)
        if field is None:
            raise ContractUnfit(
                f"{binding.method.full_name}: `{{{variable}}}` in {binding.path} must be the bare name of "
                f"a field of {binding.method.input_type.full_name}"
            )
        return field

    def _body(self, binding: Binding, in_path: list[FieldDescriptor]) -> dict[str, Any]:
        message = binding.method.input_type
        if binding.body != "*":
            schema = self._requests.field(field_named(message, binding.body, binding.method))
            return {"required": True, "content": self._content(schema, binding)}
        if not in_path:
            schema = self._requests.reference(message)
        else:
            component = f"{message.full_name}.Body"
            without = frozenset(field.name for field in in_path)
            self._requests.components[component] = self._requests.message(message, without)
            schema = reference(component)
        required = any(self._contract.required(field) for field in message.fields if field not in in_path)
        return {"required": required, "content": self._content(schema, binding)}

    def _content(self, schema: Schema, binding: Binding) -> dict[str, Any]:
        shown = self._examples.get(binding.method.full_name)
        return {"application/json": {"schema": schema} | ({"examples": shown} if shown else {})}

    def _responses(self, binding: Binding) -> dict[str, Any]:
        method = binding.method
        headers = {self._contract.header(field) for field in method.input_type.fields}
        if method.server_streaming:
            content = {"text/event-stream": self._events(method)}
        else:
            content = {"application/json": {"schema": self._reply(binding)}}
        accepts = bool(binding.body) and PREFER in headers
        if accepts and not method.server_streaming:
            good = answers.accepted(content)
        else:
            good = answers.ok(content, accepts=accepts)
        return good | answers.problems(has_body=bool(binding.body), streams=method.server_streaming)

    def _reply(self, binding: Binding) -> Schema:
        if not binding.response_body:
            return self._replies.reference(binding.method.output_type)
        return self._replies.value(field_named(binding.method.output_type, binding.response_body, binding.method))

    def _events(self, method: MethodDescriptor) -> dict[str, Any]:
        data = self._replies.reference(method.output_type)
        text = (
            "Server-sent events: `event` is the kind, `id` the offset, each `data` a JSON document: what the schema in "
            "`x-event-data` says, or the one part of it that the event is about; of the event `refused` a Problem. "
            "A comment line is a heartbeat."
        )
        return {"schema": described({"type": "string"}, description=text), "x-event-data": data}


def in_digits(field: FieldDescriptor, schema: Schema, place: str) -> Schema:
    """Return the schema of a 64-bit integer outside of JSON; in a header it is text, which routers do not convert."""
    number, text = LONGS[field.type]
    if place == "header":
        return {"type": "string", "pattern": DIGITS if schema.get("minimum", -1) >= 0 else text["pattern"]}
    return {**number, **{word: schema[word] for word in ("minimum", "maximum") if word in schema}}


def field_named(message: Descriptor, name: str, method: MethodDescriptor) -> FieldDescriptor:
    """Return the field that google.api.http names."""
    field = message.fields_by_name.get(name)
    if field is None:
        raise ContractUnfit(f"{method.full_name}: google.api.http names `{name}`, which {message.full_name} lacks")
    return field


def summary(comment: str) -> dict[str, str]:
    """Return the first sentence as summary and the whole as description when there is more."""
    first, _, more = comment.partition(". ")
    if not more:
        return {"summary": comment} if comment else {}
    return {"summary": first + ".", "description": comment}
