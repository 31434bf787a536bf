"""Plants a mutant into the modules that this process has imported already; a fork of it does so, and then ends.

The code of living functions is exchanged, so that everybody who holds one of them has the mutant: who imported it by
name, what a decorator made of it, instances, closures. For a constant its module is run once more, apart, and what
came out otherwise than before is given to everybody who has the constant.
"""

import gc
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from enum import Enum
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

from tools.mutation.mutants import Mutant

_PLAIN: Final = (bool, int, float, str, bytes, timedelta, re.Pattern, type(None))


class Stillborn(Exception):
    """The module cannot even be imported with the mutant in it."""


class NotPlanted(Exception):
    """No living function took the mutant, or no constant changed: no test can meet it."""


def module_of(file: str) -> ModuleType:
    """The imported module of a source file. Raises NotPlanted when no test imports it."""
    name = "aion" + file.removeprefix("src").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    try:
        return sys.modules[name]
    except KeyError:
        raise NotPlanted(f"no test imports {name}") from None


def plant(mutant: Mutant) -> frozenset[str]:
    """Plants it; the answer is the names of changed constants, none for a function. Raises Stillborn, NotPlanted."""
    module = module_of(mutant.likeness.file)
    filename = str(module.__file__)
    code = compile(mutant.planted(), filename, "exec", dont_inherit=True)
    if mutant.likeness.scope:
        _exchange(filename, code)
        return frozenset()
    return _give_out(module, code)


def _exchange(filename: str, code: CodeType) -> None:
    wanted = _codes(code)
    planted = 0
    for function in gc.get_objects():
        if isinstance(function, FunctionType) and function.__code__.co_filename == filename:
            old = function.__code__
            new = wanted.get((old.co_qualname, old.co_firstlineno))
            if new is not None and new != old:
                if new.co_freevars != old.co_freevars:
                    raise Stillborn(f"{old.co_qualname} sees other variables around it")
                function.__code__ = new
                planted += 1
    if not planted:
        raise NotPlanted("no living function has this code")


def _codes(code: CodeType) -> Mapping[tuple[str, int], CodeType]:
    return {(inner.co_qualname, inner.co_firstlineno): inner for inner in _inner(code)}


def _inner(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _inner(constant)


def _give_out(module: ModuleType, code: CodeType) -> frozenset[str]:
    apart = ModuleType(module.__name__)
    apart.__dict__.update(__file__=module.__file__, __package__=module.__package__)
    try:
        exec(code, apart.__dict__)  # noqa: S102 - our own source, changed by ourselves
    except Exception as broken:
        raise Stillborn(repr(broken)) from broken
    old: dict[str, Any] = vars(module)
    changed: dict[str, tuple[Any, Any]] = {}
    for name, value in vars(apart).items():
        if not name.startswith("__") and name in old:
            with suppress(_NotPlain):
                after = _as_of(module, value)
                if after != old[name]:
                    changed[name] = old[name], after
    for other in list(sys.modules.values()):
        names = getattr(other, "__dict__", {})
        for name, (before, after) in changed.items():
            if names.get(name) is before:
                names[name] = after
    if not changed:
        raise NotPlanted("no constant has another value")
    return frozenset(changed)


class _NotPlain(Exception):
    """A value that is never equal to what it was when its module is run once more, such as a class."""


def _as_of(module: ModuleType, value: Any) -> Any:
    """The value with the module's own enums as everybody has them. Raises _NotPlain."""
    match value:
        case tuple() | list() | frozenset() | set() if type(value) in {tuple, list, frozenset, set}:
            return type(value)(_as_of(module, one) for one in value)
        case dict():
            return {_as_of(module, key): _as_of(module, one) for key, one in value.items()}
        case Enum() if type(value).__module__ == module.__name__:
            return getattr(module, type(value).__name__)[value.name]
        case Enum():
            return value
        case _ if isinstance(value, _PLAIN):
            return value
        case _:
            raise _NotPlain
