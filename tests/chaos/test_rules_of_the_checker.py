"""No rule of the checker is left out: a test in `test_checker*.py` plants what it speaks of."""

import ast
import inspect
import re
from importlib import import_module
from pathlib import Path

from tests.chaos import checker


def sentences_of_the_checker():
    """What each rule says, as a pattern."""
    for node in ast.walk(ast.parse(inspect.getsource(checker))):
        if isinstance(node, ast.Yield):
            assert isinstance(node.value, ast.JoinedStr), ast.unparse(node)
            parts = (re.escape(part.value) if isinstance(part, ast.Constant) else ".*" for part in node.value.values)
            yield "".join(parts)


def modules_that_plant():
    """The modules whose tests plant what the checker must catch."""
    files = sorted(Path(__file__).parent.glob("test_checker*.py"))
    return [import_module(f"tests.chaos.{file.stem}") for file in files]


def planted(modules):
    """Every test of these modules, with each of its parameters."""
    for name, test in (item for module in modules for item in vars(module).items()):
        if name.startswith("test_"):
            marks = [mark for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
            for names, values in (mark.args for mark in marks):
                for value in values:
                    yield test, dict(zip(names, value, strict=True)) if isinstance(names, tuple) else {names: value}
            if not marks:
                yield test, {}


def test_every_rule_of_the_checker_has_its_planted_violation(monkeypatch):
    said = []
    modules = modules_that_plant()
    for module in modules:
        monkeypatch.setattr(module, "the_one", lambda broken, _: said.extend(broken))
    for test, arguments in planted(modules):
        test(**arguments)
    patterns = list(sentences_of_the_checker())
    assert len(patterns) > 30
    silent = [pattern for pattern in patterns if not any(re.fullmatch(pattern, sentence) for sentence in said)]
    assert not silent
