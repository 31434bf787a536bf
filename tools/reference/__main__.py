"""Answers one plugin request: Markdown pages for docs/reference.

One page a file of the contract, one of the REST operations and one of every error reason.
"""

from collections.abc import Iterator

from google.protobuf.compiler import plugin_pb2
from google.protobuf.descriptor import FileDescriptor

from tools.openapi.contract import Contract, ContractUnfit
from tools.plugins.answering import answer
from tools.reference.error_catalogue import error_catalogue
from tools.reference.pages import contract_page
from tools.reference.rest_operations import rest_operations

LEFT_OUT = ("aion/v1/options.proto", "aion/v1/errors.proto")
"""The one is for generators, the other has a page of its own kind."""


def pages(request: plugin_pb2.CodeGeneratorRequest) -> Iterator[tuple[str, str]]:
    """Yield the pages by file name."""
    contract = Contract(request.proto_file)
    files: list[FileDescriptor] = [contract.file(name) for name in sorted(request.file_to_generate)]
    shown = [file for file in files if file.name not in LEFT_OUT]
    for file in shown:
        yield page_name(file), contract_page(contract, file, shown)
    yield "rest-operations.md", rest_operations(contract, shown)
    yield "errors.md", error_catalogue(contract)


def page_name(file: FileDescriptor) -> str:
    """Return the page of a contract file: `tasks.md` for aion/v1/tasks.proto."""
    return file.name.rsplit("/", 1)[-1].removesuffix(".proto") + ".md"


if __name__ == "__main__":
    answer(lambda request: dict(pages(request)), ContractUnfit)
