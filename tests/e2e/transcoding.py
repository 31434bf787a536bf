"""A request message as the HTTP request that the contract binds it to (google.api.http)."""

import re
from dataclasses import dataclass
from typing import Any

from google.api import annotations_pb2
from google.protobuf.message import Message

from aion.adapters.rpc.methods import Method
from tests.e2e.answers import document_of


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """Verb, path, query and body; `wraps` is the field of the response that HTTP shows alone, if it does."""

    verb: str
    path: str
    query: list[tuple[str, str]]
    body: dict[str, Any] | None
    wraps: str


def rule_of(method: Method) -> Any:
    """The HttpRule of an RPC."""
    return method.descriptor.GetOptions().Extensions[annotations_pb2.http]


def bindings(method: Method) -> list[tuple[str, str, str]]:
    """Every (verb, path template, body) of an RPC."""
    rule = rule_of(method)
    return [_binding(one) for one in (rule, *rule.additional_bindings)]


def transcode(method: Method, request: Message, binding: int = 0) -> HttpRequest:
    """The request as HTTP."""
    verb, template, body = bindings(method)[binding]
    members = document_of(request)
    path = re.sub(r"\{(\w+)\}", lambda match: str(members.pop(match.group(1), "")), template)
    wraps = rule_of(method).response_body
    if body == "*":
        return HttpRequest(verb, path, [], members, wraps)
    content = members.pop(body, {}) if body else None
    query = [pair for name, value in members.items() for pair in _pairs(name, value)]
    return HttpRequest(verb, path, query, content, wraps)


def named_by(face: str, method: Method, field: str) -> str:
    """How a refusal over this face names a field: REST has no name for the field of the request that is its body."""
    body = rule_of(method).body
    return field.removeprefix(f"{body}.") if face == "rest" and body else field


def _binding(rule: Any) -> tuple[str, str, str]:
    verb = rule.WhichOneof("pattern")
    return verb.upper(), getattr(rule, verb), rule.body


def _pairs(name: str, value: Any) -> list[tuple[str, str]]:
    return [(name, str(one)) for one in value] if isinstance(value, list) else [(name, str(value))]
