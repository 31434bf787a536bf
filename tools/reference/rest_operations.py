"""Every REST operation in one table, with its RPC and its scope."""

from collections.abc import Sequence

from google.protobuf.descriptor import FileDescriptor

from aion.adapters.rpc.methods import SCOPES
from tools.openapi.contract import Contract
from tools.reference.pages import GENERATED

INTRODUCTION = (
    "REST is a face of the same contract; [REST and server-sent events](../rest.md) says what is particular to HTTP. A "
    "running server shows the OpenAPI document at `/openapi.yaml` and a page to try it at `/docs`."
)


def rest_operations(contract: Contract, shown: Sequence[FileDescriptor]) -> str:
    """Return the page."""
    rows = ["| operation | does | RPC | scope |", "|-|-|-|-|"]
    for file in shown:
        for service in file.services_by_name.values():
            for method in service.methods:
                page = file.name.rsplit("/", 1)[-1].removesuffix(".proto")
                rpc = f"[{service.name}.{method.name}]({page}.md#{method.name.lower()})"
                does = contract.comment(method.full_name).split(". ", 1)[0].rstrip(".")
                scope = SCOPES.get(f"/{service.full_name}/{method.name}", "")
                rows += [
                    f"| `{binding.verb.upper()} {binding.path}` | {does} | {rpc} | `{scope}` |"
                    for binding in contract.bindings(method)
                ]
    return "\n\n".join([GENERATED, "# REST operations", INTRODUCTION, "\n".join(rows)]) + "\n"
