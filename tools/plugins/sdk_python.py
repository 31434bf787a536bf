"""The protoc plugin that writes what the Python SDK takes from the contract beside its messages: the paths of the RPCs,
which of them may be repeated, and the stable reasons of errors with their meaning.
"""

import re
import textwrap
from collections.abc import Iterator

from google.protobuf import descriptor_pb2
from google.protobuf.compiler import plugin_pb2

from tools.openapi.contract import Contract, ContractUnfit
from tools.plugins.answering import GenerationFailed, answer
from tools.repetition import DOCS, repetition, words

PACKAGE = "aion.v1"
LINE = 121
"""Characters of a line with its end."""
REASONS = "ErrorReason"
PREFIX = "ERROR_REASON_"
UNSET = "UNSPECIFIED"
HEADER = '"""{doc}\n\nGenerated from proto/aion/v1 by `make generate`: do not edit.\n"""\n'
REASONS_DOC = "What `AionError.reason`, `Failure.code` and `Attempt.error_code` say; values are only added."
ENUM_VALUE = 2
"""The number of EnumDescriptorProto.value, which paths of comments name."""
ENUM_TYPE = 5
"""The number of FileDescriptorProto.enum_type."""


def constant(name: str) -> str:
    """Return the name of an RPC as a constant: `StatusById` becomes STATUS_BY_ID."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()


def methods(contract: Contract, files: list[descriptor_pb2.FileDescriptorProto]) -> str:
    """Return the module of the RPCs' paths, and of what may be done again."""
    rpcs = [
        rpc
        for file in files
        for service in contract.file(file.name).services_by_name.values()
        for rpc in service.methods
    ]
    lines: dict[str, str] = {}
    for rpc in rpcs:
        name = constant(rpc.name)
        if name in lines:
            raise GenerationFailed(f"two RPCs are called {rpc.name}")
        lines[name] = f'{name} = "/{rpc.containing_service.full_name}/{rpc.name}"\n'
    paths = {name: [constant(rpc.name) for rpc in found] for name, found in repetition(contract, rpcs).sets.items()}
    quoted = {name: [f'"{word}"' for word in found] for name, found in words().items()}
    sets = "".join(_set(name, values) for name, values in (paths | quoted).items())
    return (
        HEADER.format(doc="The paths of the contract's RPCs, and which of them may be repeated.")
        + "\n"
        + ("".join(lines.values()) + "\n" + sets)
    )


def _set(name: str, values: list[str]) -> str:
    one_line = f"{name} = frozenset({{{', '.join(values)}}})\n"
    rows = "".join(f"        {value},\n" for value in values)
    code = one_line if len(one_line) <= LINE else f"{name} = frozenset(\n    {{\n{rows}    }}\n)\n"
    return f'{code}"""{DOCS[name]}"""\n'


def reasons(files: list[descriptor_pb2.FileDescriptorProto]) -> str:
    """Return the module of the reasons."""
    for file in files:
        for index, enum in enumerate(file.enum_type):
            if enum.name == REASONS:
                values = "\n".join(_values(file, index, enum))
                head = HEADER.format(doc="Why AION says no: the stable reasons of refused calls and of failed tasks.")
                return (
                    f"{head}\nfrom enum import StrEnum\n\n\nclass {REASONS}(StrEnum):\n"
                    f'    """{REASONS_DOC}"""\n\n'
                    f"{values}"
                )
    raise GenerationFailed(f"the contract has no enum {REASONS}")


def _values(
    file: descriptor_pb2.FileDescriptorProto, index: int, enum: descriptor_pb2.EnumDescriptorProto
) -> Iterator[str]:
    comments = {tuple(place.path): place.leading_comments for place in file.source_code_info.location}
    for number, value in enumerate(enum.value):
        name = value.name.removeprefix(PREFIX)
        if name == UNSET:
            continue
        words = " ".join(comments.get((ENUM_TYPE, index, ENUM_VALUE, number), "").split())
        if not words:
            raise GenerationFailed(f"{value.name} has no comment")
        yield f'    {name} = "{name}"\n' + textwrap.indent(textwrap.fill(f'"""{words}"""', 114), "    ") + "\n"


def generate(request: plugin_pb2.CodeGeneratorRequest) -> dict[str, str]:
    """Return every file by its name."""
    files = [file for file in request.proto_file if file.package == PACKAGE]
    return {
        "__init__.py": '"""What follows from proto/aion/v1 by `make generate`: nothing here is edited."""\n',
        "methods.py": methods(Contract(request.proto_file), files),
        "reasons.py": reasons(files),
    }


if __name__ == "__main__":
    answer(generate, GenerationFailed, ContractUnfit)
