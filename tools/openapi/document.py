"""Puts the operations and schemas of one proto package together as one OpenAPI 3.0.3 document."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from google.protobuf.descriptor import FileDescriptor

from tools.openapi import answers, security
from tools.openapi.contract import Contract, ContractUnfit
from tools.openapi.operations import VARIABLE, Examples, OperationWriter
from tools.openapi.schemas import AnswerSchemas, RequestSchemas

HEAD = "# Generated from the protobuf contract by `make generate`: do not edit.\n"
VERB = re.compile(r"\}[^/]")
"""A custom verb behind a variable. A router that takes the first match must meet /v1/tasks/{task_id}:watch before
/v1/tasks/{task_id}. People first look for what is not about one thing: that comes before both.
"""


@dataclass(frozen=True, slots=True)
class Title:
    """What buf.gen.yaml says about the document."""

    title: str
    version: str
    reasons: str


def paths_of(contract: Contract, files: Sequence[FileDescriptor], writer: OperationWriter) -> dict[str, Any]:
    """Return every route of the files' services."""
    paths: dict[str, Any] = {}
    shapes: dict[tuple[str, str], str] = {}
    for method in (m for file in files for service in file.services_by_name.values() for m in service.methods):
        for binding in contract.bindings(method):
            shape = (binding.verb, re.sub(r"\{[^}]*\}", "{}", binding.path))
            if shape in shapes:
                raise ContractUnfit(
                    f"{binding.verb.upper()} {binding.path}: bound by {shapes[shape]} and {method.full_name}"
                )
            shapes[shape] = method.full_name
            paths.setdefault(binding.path, {})[binding.verb] = writer.write(binding)
    return dict(sorted(paths.items(), key=lambda route: (bool(VARIABLE.search(route[0])), not VERB.search(route[0]))))


def document(
    contract: Contract, files: Sequence[FileDescriptor], title: Title, examples: Examples | None = None
) -> dict[str, Any]:
    """Return the document of the services in these files, with examples of bodies by RPC."""
    replies, examples = AnswerSchemas(contract), examples or {}
    bound = {m.full_name for file in files for s in file.services_by_name.values() for m in s.methods}
    if strangers := sorted(examples.keys() - bound):
        raise ContractUnfit(f"examples name {', '.join(strangers)}, which {title.title} lacks")
    paths_of(contract, files, OperationWriter(contract, RequestSchemas(contract), replies))
    # A message that is sent and also returned has two schemas; the first pass found what is returned.
    requests = RequestSchemas(contract, suffixed=replies.components)
    paths = paths_of(contract, files, OperationWriter(contract, requests, replies, examples))
    services = [service for file in files for service in file.services_by_name.values()]
    schemas = requests.components | replies.components
    schemas["Problem"] = answers.problem_schema(contract.enum(title.reasons))
    return {
        "openapi": "3.0.3",
        "info": {"title": title.title, "version": title.version},
        "tags": [{"name": service.name, "description": contract.comment(service.full_name)} for service in services],
        "security": security.EVERYWHERE,
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": answers.problem_responses(),
            "securitySchemes": security.SCHEMES,
        },
    }


class PlainDumper(yaml.SafeDumper):
    """Writes no anchors: what is shared in memory is written out."""

    def ignore_aliases(self, data: Any) -> bool:
        """Say that nothing is an alias."""
        return True


def as_yaml(content: dict[str, Any]) -> str:
    """Return the document's text."""
    return HEAD + yaml.dump(content, Dumper=PlainDumper, sort_keys=False, width=120, allow_unicode=True)
