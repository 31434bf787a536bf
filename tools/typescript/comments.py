"""Comments of the contract as TSDoc: wrapped, and naming fields as TypeScript names them."""

import re
import textwrap
from collections import defaultdict

from google.protobuf.descriptor import FileDescriptor

from tools.openapi.contract import Contract
from tools.typescript.naming import WIDTH, camel, member_name

NAME = re.compile(r"`[a-z][a-z0-9_.]*[a-z0-9]`")


class Comments:
    """The comments of one contract."""

    def __init__(self, contract: Contract, files: list[FileDescriptor]) -> None:
        self._contract = contract
        fields = [f for file in files for message in file.message_types_by_name.values() for f in message.fields]
        self._names = {field.name: member_name(field, contract.json_form(field).name) for field in fields}
        self._members: dict[str, set[str]] = defaultdict(set)
        for one in fields:
            if one.message_type is not None:
                self._members[one.name] |= set(one.message_type.fields_by_name)

    def text(self, full_name: str) -> str:
        """The comment of something as one line."""
        return NAME.sub(self._renamed, self._contract.comment(full_name))

    def head(self, file: FileDescriptor) -> list[str]:
        """What opens the file, as lines of comment."""
        return [f"// {line}" for line in wrapped(self._contract.header_comment(file), WIDTH - 3)]

    def block(self, full_name: str, indent: str = "") -> list[str]:
        """The comment of something as the lines of one TSDoc block."""
        said = self.text(full_name)
        if not said:
            return []
        one_line = f"{indent}/** {said} */"
        if len(one_line) <= WIDTH:
            return [one_line]
        lines = [f"{indent} * {line}" for line in wrapped(said, WIDTH - len(indent) - 3)]
        return [f"{indent}/**", *lines, f"{indent} */"]

    def _renamed(self, found: re.Match[str]) -> str:
        words = found.group().strip("`").split(".")
        if len(words) > 1 and words[1] not in self._members.get(words[0], {words[1]}):
            return found.group()  # a word of its own, such as the event `task.timeout`
        return "`" + ".".join(self._names.get(word) or camel(word) for word in words) + "`"


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines; no word is broken."""
    return textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False)
