"""Every mutant of a file: where the edit is made, and how it reads.

Two kinds of code are changed: the bodies of functions, and the constants of a module. Annotations, decorators,
defaults, assertions and what is only there for the type checker are left alone.
"""

import ast
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tools.mutation.operators import negated, replacements

_MOST_TEXT = 110
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_CLOSED = {"annotation", "ctx", "op", "ops", "pattern", "format_spec"}
_SMALL = (
    *(ast.expr, ast.keyword, ast.comprehension, ast.Return, ast.Expr, ast.Raise),
    *(ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Delete),
)
_FOR_TYPES = {"TypeVar", "NewType", "ParamSpec", "cast", "getLogger", "get_logger"}


class Edit(NamedTuple):
    """What stands in `holder.field`, or at this place of it, gives way to `new`."""

    holder: ast.AST
    field: str
    place: int | None
    new: ast.AST

    def apply(self) -> ast.AST:
        """Makes the edit in the tree; the answer is what stood there."""
        if self.place is None:
            old: ast.AST = getattr(self.holder, self.field)
            setattr(self.holder, self.field, self.new)
            return old
        nodes = getattr(self.holder, self.field)
        old = nodes[self.place]
        nodes[self.place] = self.new
        return old


class Likeness(NamedTuple):
    """What tells a mutant from others for as long as its code stays as it is, wherever its lines move to."""

    file: str
    scope: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """One wrong edit. `scope` is the function that it is in; empty for a constant of the module."""

    likeness: Likeness
    line: int
    last_line: int
    edit: Edit
    tree: ast.Module

    def planted(self) -> ast.Module:
        """The tree with the edit in it. Only once: the tree is not put back."""
        self.edit.apply()
        return ast.fix_missing_locations(self.tree)

    def __str__(self) -> str:
        file, scope, before, after = self.likeness
        return f"{file}:{self.line} {scope or '(module)'}\n    - {before}\n    + {after}"


def mutants_of(root: Path, file: str) -> list[Mutant]:
    """All mutants of a source file, in the order of its lines."""
    tree = ast.parse((root / file).read_text())
    return sorted(_Walk(file, tree).found(), key=lambda mutant: mutant.line)


class _Walk:
    def __init__(self, file: str, tree: ast.Module) -> None:
        self._file = file
        self._tree = tree
        self._parents: list[ast.AST] = []

    def found(self) -> Iterator[Mutant]:
        for statement in self._tree.body:
            if isinstance(statement, ast.Assign | ast.AnnAssign) and _is_constant(statement):
                self._parents = [self._tree]
                if statement.value is not None:
                    yield from self._inside(statement, "value", None, statement.value, "")
            else:
                yield from self._definitions(statement, "")

    def _definitions(self, node: ast.AST, scope: str) -> Iterator[Mutant]:
        if isinstance(node, _FUNCTIONS):
            yield from self._function(node, scope)
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                yield from self._definitions(inner, f"{scope}{node.name}.")

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: str) -> Iterator[Mutant]:
        self._parents = [*self._parents, node]
        for index, statement in enumerate(node.body):
            if not _is_text(statement):
                yield from self._inside(node, "body", index, statement, f"{scope}{node.name}")
        self._parents.pop()

    def _inside(self, holder: ast.AST, field: str, index: int | None, node: ast.AST, scope: str) -> Iterator[Mutant]:
        if _is_left_alone(node):
            return
        if isinstance(node, _FUNCTIONS):
            yield from self._function(node, f"{scope}.")
            return
        for new in replacements(node):
            yield self._mutant(Edit(holder, field, index, new), node, scope)
        if field in {"test", "ifs"} and isinstance(node, ast.expr):
            for new in negated(node):
                yield self._mutant(Edit(holder, field, index, new), node, scope)
        self._parents.append(node)
        for name, place, inner in _children(node):
            yield from self._inside(node, name, place, inner, scope)
        self._parents.pop()

    def _mutant(self, edit: Edit, node: ast.AST, scope: str) -> Mutant:
        ast.copy_location(edit.new, node)
        around = self._around(edit)
        before = _text(around)
        old = edit.apply()
        after = _text(around if around is not old else edit.new)
        edit._replace(new=old).apply()
        line = getattr(node, "lineno", 1)
        likeness = Likeness(self._file, scope, before, after)
        return Mutant(likeness, line, getattr(node, "end_lineno", line), edit, self._tree)

    def _around(self, edit: Edit) -> ast.AST:
        """The largest piece of code around the edit that reads at a glance."""
        nodes = getattr(edit.holder, edit.field)
        around: ast.AST = nodes if edit.place is None else nodes[edit.place]
        for parent in reversed(self._parents):
            if isinstance(around, ast.stmt) or not _is_seen_with(parent, around) or len(_text(parent)) > _MOST_TEXT:
                break
            around = parent
        return around


def _children(node: ast.AST) -> Iterator[tuple[str, int | None, ast.AST]]:
    """The nodes in a node that are looked into: the field, the place in its list if it is one, the node."""
    for name, value in ast.iter_fields(node):
        if name in _CLOSED:
            continue
        if isinstance(value, ast.AST):
            yield name, None, value
        elif isinstance(value, list):
            yield from ((name, place, inner) for place, inner in enumerate(value) if isinstance(inner, ast.AST))


def _is_seen_with(parent: ast.AST, child: ast.AST) -> bool:
    if isinstance(parent, ast.If | ast.While):
        return parent.test is child
    return isinstance(parent, _SMALL)


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.If | ast.While):
        head = copy(node)
        head.body, head.orelse = [ast.Pass()], []
        return ast.unparse(ast.fix_missing_locations(head)).removesuffix("\n    pass")
    return " ".join(ast.unparse(node).split())


def _is_left_alone(node: ast.AST) -> bool:
    match node:
        case ast.Assert() | ast.ClassDef() | ast.Import() | ast.ImportFrom() | ast.arguments():
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(id="_log"))):
            return True
        case ast.Expr(value=ast.Call() as call):
            return _is_left_alone(call)
        case ast.Call(func=ast.Name(id=name)):
            return name in _FOR_TYPES
        case _:
            return False


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_constant(statement: ast.Assign | ast.AnnAssign) -> bool:
    """Whether it gives a name to a value; `A | B` and `A[B]` name a type."""
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    value = statement.value
    if value is None or isinstance(value, ast.Subscript) or (isinstance(value, ast.BinOp) and _is_union(value)):
        return False
    return all(isinstance(target, ast.Name) for target in targets)


def _is_union(value: ast.BinOp) -> bool:
    return isinstance(value.op, ast.BitOr)
