"""Why each setting is as it is: the text that stands below its field, for whoever writes it down.

Read from the source when it is asked for: pydantic would read it at every start, a twentieth of what that takes.
"""

import ast
import inspect
from collections.abc import Iterator

from aion.app.settings import Settings


def reasons(kind: type[Settings]) -> dict[str, str]:
    """The docstring of each field of these settings; of a field that is set again below, the last."""
    found: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        if issubclass(each, Settings):
            found.update(_stated_in(each))
    return found


def _stated_in(kind: type[Settings]) -> Iterator[tuple[str, str]]:
    (stated,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(stated, ast.ClassDef)
    for field, below in zip(stated.body, stated.body[1:], strict=False):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, inspect.cleandoc(text)
            case _:
                continue
