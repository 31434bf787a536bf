"""The answers that every operation shares: success with its headers, and RFC 9457 problems."""

from typing import Any

from google.protobuf.descriptor import EnumDescriptor

from tools.openapi.schemas import Schema

Answers = dict[str, Any]

PROBLEMS = {
    "400": "The request is malformed or breaks a rule; `violations` names the fields.",
    "401": "No credentials, or none that are known.",
    "403": "The caller lacks a scope.",
    "404": "There is no such thing for this tenant.",
    "406": "The client does not accept what this path answers with.",
    "409": "The id or the idempotency key belongs to another request, or what it is about was changed meanwhile.",
    "410": "The events are no longer kept; the result is.",
    "413": "The request is larger than this server takes.",
    "415": "The body is not JSON.",
    "422": "The idempotency key was used for another request, or no engine may do this one.",
    "429": "Too many requests, waiters or queued tasks; `Retry-After` says when to come again.",
    "500": "A defect of the server.",
    "501": "This server does not offer the method.",
    "503": "The server drains or its store cannot answer; `Retry-After` says when to come again.",
    "504": "The call's deadline passed; what was accepted goes on.",
}
RETRY_LATER = {"429", "503"}
REQUEST_ID = {
    "X-Request-Id": {"description": "Names this call in logs.", "schema": {"type": "string"}},
    "X-Trace-Id": {"description": "Names the trace of this call (W3C).", "schema": {"type": "string"}},
}
RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}}}
CHALLENGE = {"WWW-Authenticate": {"description": "How to authenticate.", "schema": {"type": "string"}}}
LOCATION = {"Location": {"description": "Where the task can be read.", "schema": {"type": "string"}}}
REPLAYED = {
    "Idempotent-Replayed": {
        "description": "An earlier call with the same key or id was accepted; this answers for it.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}
APPLIED = {
    "Preference-Applied": {"description": "The wait that was honoured (RFC 7240).", "schema": {"type": "string"}}
}


def ok(content: dict[str, Any], *, accepts: bool = False) -> Answers:
    """Return the answer of a call that is done when it is answered, or of one that goes on within its answer."""
    headers = REQUEST_ID | (LOCATION | REPLAYED if accepts else {})
    return {"200": {"description": "Done.", "headers": headers, "content": content}}


def accepted(content: dict[str, Any]) -> Answers:
    """Return the answers of a call whose work may go on after the answer."""
    headers = REQUEST_ID | LOCATION | REPLAYED | APPLIED
    return {
        "200": {"description": "It has ended, or was only validated.", "headers": headers, "content": content},
        "202": {"description": "It is accepted durably and goes on.", "headers": headers, "content": content},
    }


def problems(*, has_body: bool, streams: bool) -> Answers:
    """Return references to the refusals that an operation can meet."""
    unmet = set() if has_body else {"409", "413", "415", "422"}
    unmet |= set() if streams else {"406", "410"}
    statuses = [status for status in PROBLEMS if status not in unmet]
    return {status: {"$ref": f"#/components/responses/{status}"} for status in statuses} | {
        "default": {"$ref": "#/components/responses/Problem"}
    }


def problem_responses() -> Answers:
    """Return the shared responses."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    shared = {}
    for status, text in PROBLEMS.items():
        headers = REQUEST_ID | (RETRY_AFTER if status in RETRY_LATER else {}) | (CHALLENGE if status == "401" else {})
        shared[status] = {"description": text, "headers": headers, "content": content}
    return shared | {"Problem": {"description": "Any other refusal.", "headers": REQUEST_ID, "content": content}}


def problem_schema(reasons: EnumDescriptor) -> Schema:
    """Return the schema of a problem; its reasons are the names of an enum of the contract without their
    prefix.
    """
    prefix = reasons.values_by_number[0].name.removesuffix("UNSPECIFIED")
    names = [value.name.removeprefix(prefix) for value in reasons.values if value.number]
    return {
        "type": "object",
        "description": "An RFC 9457 problem.",
        "properties": {
            "type": {"type": "string", "description": "A URI reference that names the kind of problem."},
            "title": {"type": "string", "description": "The kind of problem, for people."},
            "status": {"type": "integer", "description": "The HTTP status."},
            "detail": {"type": "string", "description": "What happened and what to do, for people."},
            "instance": {"type": "string", "description": "A URI reference that names this occurrence."},
            "reason": {"type": "string", "enum": names, "description": "The stable reason, for programs."},
            "code": {"type": "string", "description": "The name of the google.rpc.Code."},
            "request_id": {"type": "string", "description": "Names this call in logs."},
            "trace_id": {"type": "string", "description": "Names the trace of this call."},
            "violations": {
                "type": "array",
                "description": "The fields that break a rule.",
                "items": {
                    "type": "object",
                    "properties": {"field": {"type": "string"}, "description": {"type": "string"}},
                },
            },
            "facts": {
                "type": "object",
                "description": "What the sentence speaks of, for programs (google.rpc.ErrorInfo.metadata).",
                "additionalProperties": {"type": "string"},
            },
            "retry_after_seconds": {
                "type": "integer",
                "description": "When to come again, as Retry-After says.",
                "minimum": 0,
            },
        },
        "required": ["type", "title", "status", "reason"],
        "additionalProperties": True,
    }
