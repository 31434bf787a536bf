"""The small wrong edits: what may stand in the place of a node of Python's syntax.

Each one is an error that people make: a bound off by one, a condition turned round, a step forgotten, a value dropped.
Texts for people are left alone: a test of their wording would only repeat them. So is what is written to the log.
"""

import ast
from collections.abc import Iterator

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "and_": "or_", "or_": "and_"}


def replacements(node: ast.AST) -> Iterator[ast.AST]:
    """Every wrong edit of this node alone; none of them shares a node that it changes with the original."""
    match node:
        case ast.Compare():
            yield from _other_comparisons(node)
        case ast.BoolOp(op=operator, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _ARITHMETIC:
            yield ast.BinOp(left, _ARITHMETIC[type(operator)](), right)
        case ast.Constant(value=value):
            yield from map(ast.Constant, _other_values(value))
        case ast.Call():
            yield from _other_calls(node)
        case ast.Name(id=name) if name in _NAMES:
            yield ast.Name(_NAMES[name], ast.Load())
        case ast.stmt():
            yield from _other_statements(node)
        case _:
            return


def negated(condition: ast.expr) -> Iterator[ast.expr]:
    """The opposite of a condition that is a bare value; comparisons have edits of their own."""
    if not isinstance(condition, ast.Compare | ast.BoolOp | ast.Constant | ast.UnaryOp):
        yield ast.UnaryOp(ast.Not(), condition)


def _other_comparisons(comparison: ast.Compare) -> Iterator[ast.Compare]:
    ops = comparison.ops
    for index, operator in enumerate(ops):
        for other in _COMPARISONS[type(operator)]:
            yield ast.Compare(comparison.left, [*ops[:index], other(), *ops[index + 1 :]], comparison.comparators)


def _other_values(value: object) -> Iterator[bool | int | float | str | bytes]:
    match value:
        case bool():
            yield not value
        case int() | float():
            yield value + 1
        case str() if not any(character.isspace() for character in value):
            yield f"XX{value}XX"
        case bytes():
            yield b"XX" + value
        case _:
            return  # None, an ellipsis, a text for people


def _other_calls(call: ast.Call) -> Iterator[ast.Call]:
    for index, keyword in enumerate(call.keywords):
        if keyword.arg is not None:
            yield ast.Call(call.func, call.args, [*call.keywords[:index], *call.keywords[index + 1 :]])
    if isinstance(call.func, ast.Attribute) and call.func.attr == "where" and len(call.args) > 1:
        for index in range(len(call.args)):
            yield ast.Call(call.func, [*call.args[:index], *call.args[index + 1 :]], call.keywords)


def _other_statements(statement: ast.stmt) -> Iterator[ast.stmt]:
    nothing = ast.Constant(None)
    match statement:
        case ast.Expr(value=ast.Call() | ast.Await()) | ast.Raise() | ast.Delete():
            yield ast.Pass()
        case ast.Return(value=ast.expr() as value) if not _is_plain(value):
            yield ast.Return(nothing)
        case ast.Assign(targets=[ast.Name() | ast.Attribute()] as targets, value=value) if not _is_plain(value):
            yield ast.Assign(targets, nothing)
        case ast.AnnAssign(target=target, value=ast.expr() as value) if not _is_plain(value):
            yield ast.Assign([target], nothing)
        case ast.AugAssign(target=target, op=operator, value=value) if type(operator) in _ARITHMETIC:
            yield ast.AugAssign(target, _ARITHMETIC[type(operator)](), value)
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()
        case _:
            return  # nothing that a statement is by itself


def _is_plain(value: ast.expr) -> bool:
    """Whether it is a constant, which has edits of its own: None for False changes nothing as a rule."""
    return isinstance(value, ast.Constant)
