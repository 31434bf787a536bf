"""Answers one plugin request: a file of TypeScript for each of the contract's, and the table of its methods."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from google.protobuf.compiler import plugin_pb2
from google.protobuf.descriptor import Descriptor, FileDescriptor, MethodDescriptor

from tools.openapi.contract import Contract, ContractUnfit, is_map, is_well_known
from tools.plugins.answering import answer
from tools.repetition import DOCS, repetition, words
from tools.typescript.comments import Comments
from tools.typescript.declarations import Declarations, Source
from tools.typescript.naming import BY_HAND, RECEIVED_BY_HAND, RENAMED, SENT_BY_HAND, WIDTH, left_out

PACKAGE = "aion.v1"
HEAD = "// Generated from proto/ by `make generate`: do not edit."
WHOLE_REQUESTS = {"TaskRequest"}
"""Requests that are things of their own, not the envelope of a call."""


def generate(request: plugin_pb2.CodeGeneratorRequest) -> dict[str, str]:
    """Return the files by name."""
    contract = Contract(request.proto_file)
    files = [contract.file(name) for name in sorted(request.file_to_generate)]
    files = [file for file in files if file.package == PACKAGE]
    methods = [rpc for file in files for service in file.services_by_name.values() for rpc in service.methods]
    received = set(_things(_closure(rpc.output_type for rpc in methods)))
    sent = set(_things(_closure(rpc.input_type for rpc in methods)))
    enums = {field.enum_type.full_name for message in _all(methods) for field in message.fields if field.enum_type}
    comments = Comments(contract, files)
    declarations = Declarations(contract, comments)
    written = {}
    for file in files:
        source = Source()
        for enum in file.enum_types_by_name.values():
            declarations.enum(source, enum, on_wire=enum.full_name in enums)
        for message in file.message_types_by_name.values():
            if message.full_name in received and message.name not in RECEIVED_BY_HAND:
                declarations.received(source, message)
            if message.full_name in sent and (message.name in WHOLE_REQUESTS or message.name not in SENT_BY_HAND):
                declarations.sent(source, message)
        if source.lines:
            name = file.name.rpartition("/")[2].removesuffix(".proto")
            written[f"{name}.ts"] = _text(comments, file, source)
    return written | {"methods.ts": _methods(contract, methods)}


def _closure(roots: Iterable[Descriptor]) -> dict[str, Descriptor]:
    found: dict[str, Descriptor] = {}
    waiting = list(roots)
    while waiting:
        message = waiting.pop()
        if message.full_name in found or message.name in BY_HAND or is_well_known(message):
            continue
        found[message.full_name] = message
        waiting += [f.message_type for f in message.fields if f.message_type and not is_map(f) and not left_out(f)]
    return found


def _things(messages: dict[str, Descriptor]) -> Iterator[str]:
    for full_name, message in messages.items():
        envelope = message.name.endswith(("Request", "Response")) or message.name == "TaskId"
        if message.file.package == PACKAGE and (
            not envelope or message.name in RENAMED or message.name in WHOLE_REQUESTS
        ):
            yield full_name


def _all(methods: list[MethodDescriptor]) -> list[Descriptor]:
    everything = _closure([rpc.output_type for rpc in methods] + [rpc.input_type for rpc in methods])
    by_hand = [
        m for message in everything.values() for f in message.fields if (m := f.message_type) and m.name in BY_HAND
    ]
    return [*everything.values(), *by_hand]


def _text(comments: Comments, file: FileDescriptor, source: Source) -> str:
    own = file.name.rpartition("/")[2].removesuffix(".proto")
    by_module: dict[str, set[str]] = defaultdict(set)
    for need in source.needs:
        module, _, name = need.partition(":")
        if module not in {"wire", f"{own}.js"}:
            by_module[module].add(name)
    lines = [HEAD, "//", *comments.head(file), ""]
    for module in sorted(by_module, key=lambda module: (not module.startswith("@"), _place(module))):
        names = sorted(by_module[module], key=lambda name: name.removeprefix("type ").lower())
        lines.append(f'import {{ {", ".join(names)} }} from "{_place(module)}";')
    if any(need.startswith("wire:") for need in source.needs):
        lines.append(f'import * as wire from "../gen/aion/v1/{own}_pb.js";')
    return "\n".join([*lines, *[""] * bool(source.needs), *source.lines]).rstrip() + "\n"


def _place(module: str) -> str:
    if module.startswith(("@", ".")):
        return module
    return "../convert.js" if module == "convert.js" else f"./{module}"


def _methods(contract: Contract, methods: list[MethodDescriptor]) -> str:
    rows = {
        name: [f"{rpc.containing_service.full_name}.{rpc.name}" for rpc in found]
        for name, found in repetition(contract, methods).sets.items()
    }
    lines = [HEAD, ""]
    for name, values in (rows | words()).items():
        lines += [f"/** {DOCS[name].replace('request_id', 'requestId')} */", *_set(name, values), ""]
    return "\n".join(lines)


def _set(name: str, values: Sequence[str]) -> list[str]:
    opened = f"export const {name}: ReadonlySet<string> = new Set(["
    quoted = [f'"{value}"' for value in values]
    one_line = f"{opened}{', '.join(quoted)}]);"
    return [one_line] if len(one_line) <= WIDTH else [opened, *(f"  {value}," for value in quoted), "]);"]


if __name__ == "__main__":
    answer(generate, ContractUnfit)
