"""What the docs say of the code is still there: files by their path, functions and classes by `path.py:Name.attribute`.

Where a page has named a class with its file, it may go on with `Name.attribute` alone, and that is looked for as well.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

INLINE_CODE = re.compile(r"`(?P<code>[^`\n]+)`")
FILE = re.compile(r"(?P<path>[\w.-]+(?:/[\w.-]+)+\.py)(?::(?P<name>[A-Za-z_][\w.]*))?")
ATTRIBUTE = re.compile(r"(?P<owner>[A-Z]\w*)\.(?P<attribute>\w+)")
ROOTS = ("", "src", "src/adapters", "sdk/python/src/aion_sdk")
"""Where a path may begin, seen from the root of the repository; or in the folder of its page."""


def unknown_code(tree: Path, page: Path) -> Iterator[str]:
    """Yield files that are not there, and names that are not in the file that they are said to be in."""
    roots = (page.parent, *(tree / root for root in ROOTS))
    homes: dict[str, Path] = {}
    for code in (match["code"] for match in INLINE_CODE.finditer(page.read_text())):
        if named := FILE.fullmatch(code):
            file = _found(roots, named["path"])
            if file is None:
                yield f"there is no {named['path']}"
            elif named["name"]:
                homes[named["name"].partition(".")[0]] = file
                if named["name"] not in _names(file):
                    yield f"{named['path']} has no {named['name']}"
        elif (bare := ATTRIBUTE.fullmatch(code)) and (home := homes.get(bare["owner"])) and code not in _names(home):
            yield f"{home.relative_to(tree)} has no {code}"


def _found(roots: Iterable[Path], path: str) -> Path | None:
    return next((place for root in roots if (place := root / path).is_file()), None)


@cache
def _names(file: Path) -> frozenset[str]:
    return frozenset(_defined(ast.parse(file.read_text()).body, ""))


def _defined(body: list[ast.stmt], within: str) -> Iterator[str]:
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield within + statement.name
        if isinstance(statement, ast.ClassDef):
            yield from _defined(statement.body, f"{within}{statement.name}.")
        targets = (
            statement.targets
            if isinstance(statement, ast.Assign)
            else [statement.target]
            if isinstance(statement, ast.AnnAssign)
            else []
        )
        yield from (within + target.id for target in targets if isinstance(target, ast.Name))
