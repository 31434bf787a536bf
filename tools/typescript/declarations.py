"""Enums and messages as declarations of TypeScript."""

from dataclasses import dataclass, field

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from tools.openapi.contract import Contract, is_well_known
from tools.typescript.comments import Comments, wrapped
from tools.typescript.fields import Form, empty_of, form, map_shape, name_of, wire_name
from tools.typescript.naming import GENERIC, NEEDED, RENAMED, WIDTH, constant, left_out, place_of, type_name, value_name

OUTPUT_ONLY = 3  # google.api.FieldBehavior
INTERNAL = "/** @internal */"
NEVER_SENT = "Never sent."
NEWER = "A value that a newer server added reads as `UNKNOWN`."


@dataclass
class Source:
    """A file in the making: its lines, and the names that it imports as `module:name`."""

    lines: list[str] = field(default_factory=list)
    needs: set[str] = field(default_factory=set)

    def add(self, *lines: str) -> None:
        """Write lines."""
        self.lines += lines


class Declarations:
    """Writes the declarations of one contract."""

    def __init__(self, contract: Contract, comments: Comments) -> None:
        self._contract = contract
        self._comments = comments

    def enum(self, source: Source, enum: EnumDescriptor, *, on_wire: bool) -> None:
        """An enum as a union of strings and, when messages hold it, what reads and writes it."""
        name = type_name(enum)
        comment = {value.number: self._comments.text(f"{enum.full_name}.{value.name}") for value in enum.values}
        values = [value for value in enum.values if comment[value.number] != NEVER_SENT]
        said = self._comments.text(enum.full_name) + f" {NEWER}" * on_wire
        meanings = [f" * - `{value_name(value)}`: {comment[value.number]}" for value in values]
        source.add("/**", *(f" * {line}" for line in wrapped(said, WIDTH - 3)), " *", *meanings, " */")
        source.add(*_union(name, ['"UNKNOWN"'] * on_wire + [f'"{value_name(value)}"' for value in values]), "")
        if not on_wire:
            return
        numbers, names = f"{constant(name)}_NUMBERS", f"{constant(name)}_NAMES"
        known = [f"  {value_name(value)}: wire.{enum.name}.{value_name(value)}," for value in values]
        source.add(
            f'const {numbers}: Record<Exclude<{name}, "UNKNOWN">, wire.{enum.name}> = {{',
            *known,
            "};",
            f"const {names} = namesByNumber({numbers});",
            "",
            INTERNAL,
            f"export function read{name}(value: wire.{enum.name}): {name} {{",
            f'  return {names}.get(value) ?? "UNKNOWN";',
            "}",
            "",
            INTERNAL,
            f"export function write{name}(value: {name}, field: string): wire.{enum.name} {{",
            f"  return numberOf(field, {numbers}, value);",
            "}",
            "",
        )
        source.needs |= {"wire:" + enum.name, "convert.js:namesByNumber", "convert.js:numberOf"}

    def received(self, source: Source, message: Descriptor) -> None:
        """A message that the server sends: an interface, and the function that reads it."""
        name = type_name(message)
        generic = next((GENERIC[key] for key in GENERIC if key.startswith(f"{message.name}.")), "")
        parameter, argument = (f"<{generic} = unknown>", f"<{generic}>") if generic else ("", "")
        source.add(*self._comments.block(message.full_name), f"export interface {name}{parameter} {{")
        reads = []
        for one in self._fields(message):
            shape, read, needs = self._received(one)
            source.needs |= set(needs)
            source.add(*self._comments.block(one.full_name, "  "))
            source.add(f"  readonly {name_of(self._contract, one)}: {shape};")
            reads.append(f"    {name_of(self._contract, one)}: {read},")
        signature = f"read{name}{parameter}(message: wire.{message.name}): {name}{argument}"
        source.add("}", "", INTERNAL, f"export function {signature} {{")
        source.add("  return {", *reads, "  };", "}", "")
        source.needs.add(f"wire:{message.name}")

    def sent(self, source: Source, message: Descriptor) -> None:
        """A message that clients send: an interface, and the function that writes it."""
        name = type_name(message)
        source.add(*self._comments.block(message.full_name), f"export interface {name}Input {{")
        writes = []
        for one in self._fields(message):
            if OUTPUT_ONLY in (self._contract.option(one, "google.api.field_behavior") or []):
                continue
            member, (shape, write, needs) = name_of(self._contract, one), self._sent(one)
            required = self._contract.required(one) or place_of(one) in NEEDED
            source.needs |= set(needs)
            source.add(*self._comments.block(one.full_name, "  "))
            nothing = " | null | undefined" if one.has_presence else " | undefined"
            source.add(f"  {member}: {shape};" if required else f"  {member}?: {shape}{nothing};")
            value = f"input.{member}"
            written = write.format(value)
            if not required and one.has_presence:
                written = f"{value} == null ? undefined : {written}"
            elif not required and written != value:
                written = f"{value} === undefined ? undefined : {written}"
            writes.append(f"    {wire_name(one)}: {written},")
        # What was read may be changed and written again, so what only the server sets is a member, too.
        members = f"{constant(name)}_MEMBERS"
        known = [f'"{name_of(self._contract, one)}"' for one in self._fields(message)]
        source.add("}", "", INTERNAL, f"export const {members} = [", *(f"  {one}," for one in known), "];")
        source.add(
            "",
            INTERNAL,
            f"export function write{name}(input: {name}Input): MessageInitShape<typeof wire.{message.name}Schema> {{",
        )
        what = name[0].lower() + name[1:]
        source.add(f'  checkMembers("{what}", input, {members});', "  return {", *writes, "  };", "}", "")
        needs_of_all = {"@bufbuild/protobuf:type MessageInitShape", "convert.js:checkMembers"}
        source.needs |= {f"wire:{message.name}", *needs_of_all}

    def _fields(self, message: Descriptor) -> list[FieldDescriptor]:
        return [one for one in message.fields if not left_out(one)]

    def _received(self, one: FieldDescriptor) -> tuple[str, str, tuple[str, ...]]:
        value = f"message.{wire_name(one)}"
        if (shape := map_shape(one)) is not None:
            return shape, f"{{ ...{value} }}", ()
        made = form(self._contract, one, sent=False)
        needs = tuple(need for need in made.needs if ":write" not in need)
        if one.is_repeated:
            return f"readonly {_grouped(made.shape)}[]", _each(value, made.read), needs
        if one.message_type is not None and (self._contract.required(one) or _always(one)):
            empty, more = empty_of(one.message_type)
            return made.shape, made.read.format(f"{value} ?? {empty}"), (*needs, *more)
        return *_optional(one, made, value), needs

    def _sent(self, one: FieldDescriptor) -> tuple[str, str, tuple[str, ...]]:
        if (shape := map_shape(one)) is not None:
            return shape, f'writeMap({{0}}, "{one.name}")', ("convert.js:writeMap",)
        made = form(self._contract, one, sent=True)
        needs = tuple(need for need in made.needs if ":read" not in need)
        if one.is_repeated:
            listed = f'writeList({{0}}, "{one.name}")'
            return f"readonly {_grouped(made.shape)}[]", _each(listed, made.write), (*needs, "convert.js:writeList")
        return made.shape, made.write, needs


def _optional(one: FieldDescriptor, made: Form, value: str) -> tuple[str, str]:
    read = made.read.format(value)
    if not one.has_presence:
        return made.shape, read
    return f"{made.shape} | null", f"{value} ?? null" if read == value else f"{value} === undefined ? null : {read}"


def _always(one: FieldDescriptor) -> bool:
    # An answer's own thing, such as the webhook of CreateWebhookResponse.
    answer = place_of(one).partition(".")[0]
    ours = one.message_type is not None and not is_well_known(one.message_type)
    return answer.endswith("Response") and answer in RENAMED and ours


def _each(value: str, made: str) -> str:
    return f"[...{value}]" if made == "{0}" else f"{value}.map((item) => {made.format('item')})"


def _grouped(shape: str) -> str:
    return f"({shape})" if "|" in shape else shape


def _union(name: str, values: list[str]) -> list[str]:
    one_line = f"export type {name} = {' | '.join(values)};"
    if len(one_line) <= WIDTH:
        return [one_line]
    return [f"export type {name} =", *(f"  | {value}" for value in values[:-1]), f"  | {values[-1]};"]
