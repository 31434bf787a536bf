"""One file of the contract as a page: its services with their methods, its messages with their fields, its enums."""

from collections.abc import Iterator, Sequence

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor, FileDescriptor, MethodDescriptor

from aion.adapters.rpc.methods import SCOPES
from aion.domain.identity import WORKERS_SERVE
from tools.openapi.contract import Contract, is_map
from tools.reference.rules import rules_in_words

GENERATED = "<!-- Generated from proto/ by `make generate`: do not edit. -->\n"
SCALARS = {
    number: name.removeprefix("TYPE_").lower() for name, number in vars(FieldDescriptor).items() if name[:5] == "TYPE_"
}


def contract_page(contract: Contract, file: FileDescriptor, shown: Sequence[FileDescriptor]) -> str:
    """Return the page of one file; `shown` are the files that links may lead to."""
    title = file.name.rsplit("/", 1)[-1].removesuffix(".proto").capitalize()
    parts = [
        GENERATED,
        f"# {title}",
        contract.header_comment(file),
        f"Package `{file.package}`, file `proto/{file.name}`.",
    ]
    for service in file.services_by_name.values():
        parts += [f"## {service.name}", contract.comment(service.full_name)]
        for method in service.methods:
            parts += _method(contract, method, shown)
    for message in file.message_types_by_name.values():
        parts += _message(contract, message, shown)
    for enum in file.enum_types_by_name.values():
        parts += _enum(contract, enum)
    return "\n\n".join(part for part in parts if part).rstrip() + "\n"


def _method(contract: Contract, method: MethodDescriptor, shown: Sequence[FileDescriptor]) -> Iterator[str]:
    yield f"### {method.name}"
    yield contract.comment(method.full_name)
    answer = _link(method.output_type, shown)
    stream = "a stream of " if method.server_streaming else ""
    path = f"/{method.containing_service.full_name}/{method.name}"
    lines = [f"- takes {_link(method.input_type, shown)}, answers {stream}{answer}"]
    lines += [f"- REST: `{binding.verb.upper()} {binding.path}`" for binding in contract.bindings(method)]
    lines.append(f"- scope: `{SCOPES.get(path, WORKERS_SERVE)}`")
    yield "\n".join(lines)


def _message(contract: Contract, message: Descriptor, shown: Sequence[FileDescriptor]) -> Iterator[str]:
    yield f"## {message.name}"
    yield contract.comment(message.full_name)
    if not message.fields:
        return
    rows = ["| field | type | meaning |", "|-|-|-|"]
    for field in message.fields:
        rules = rules_in_words(contract.rules(field), required=contract.required(field))
        meaning = _cell(contract.comment(field.full_name)) + (f" *{_cell(rules)}*" if rules else "")
        rows.append(f"| `{field.name}` | {_type(field, shown)} | {meaning} |")
    yield "\n".join(rows)


def _enum(contract: Contract, enum: EnumDescriptor) -> Iterator[str]:
    yield f"## {enum.name}"
    yield contract.comment(enum.full_name)
    rows = ["| value | number | meaning |", "|-|-|-|"]
    rows += [
        f"| `{value.name}` | {value.number} | {_cell(contract.comment(f'{enum.full_name}.{value.name}'))} |"
        for value in enum.values
    ]
    yield "\n".join(rows)


def _type(field: FieldDescriptor, shown: Sequence[FileDescriptor]) -> str:
    if is_map(field):
        assert field.message_type is not None, "a map has an entry type"
        key, value = (field.message_type.fields_by_name[name] for name in ("key", "value"))
        return f"map of {_type(key, shown)} to {_type(value, shown)}"
    named = field.message_type or field.enum_type
    name = _link(named, shown) if named else SCALARS[field.type]
    if field.is_repeated:
        return f"list of {name}"
    return f"optional {name}" if field.has_presence and not named else name


def _link(named: Descriptor | EnumDescriptor, shown: Sequence[FileDescriptor]) -> str:
    if named.file.name in {file.name for file in shown}:
        page = named.file.name.rsplit("/", 1)[-1].removesuffix(".proto")
        return f"[{named.name}]({page}.md#{named.name.lower()})"
    return f"`{named.full_name}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
