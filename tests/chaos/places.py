"""The failpoints of AION: which test breaks what at which, and which there are.

`found` reads the source, so that a new one is missed when no test uses it.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"
WHEN = ("before", "after")

SERVER = ("server.before_accept", "server.before_answer", "server.before_http_answer")
WORKER = (
    "worker.after_claim",
    "worker.before_engine",
    "worker.after_engine",
    "worker.before_append",
    "worker.after_append",
    "worker.before_settle",
    "worker.after_settle",
)
"""The steps of a worker, in the server's process or in one of its own."""

STORE = (
    "store.begin",
    "store.commit",
    *(
        f"store.{step}.{when}_commit"
        for step in (
            "accept",
            "claim",
            "append",
            "settle",
            "cancel",
            "renew",
            "reclaim",
            "reap",
            "delivered",
            "purge",
            "open",
        )
        for when in WHEN
    ),
)
"""What any load on a server comes by."""

HOST = (
    "host.before_run",
    "host.guest_yields",
    "host.after_events",
    "host.after_run",
    "host.before_reply",
    "host.after_reply",
)

WEBHOOKS = ("webhooks.before_send", "webhooks.after_send")
MODULES = ("modules.before_keep",)

ONLY_IN_MEMORY = frozenset({"read"})
"""Kinds of writes that a store in a file never makes."""


@cache
def found() -> set[str]:
    """Every failpoint that the source has, but for those of single writes."""
    return {name for tree in _trees(SOURCE, "failpoints.hit") for name in _hits(tree)}


@cache
def kinds_of_writes() -> set[str]:
    """Every kind of write that the store can make: each has a failpoint before and after its commit."""
    trees = list(_trees(SOURCE / "adapters" / "storage"))
    constants = {name: value for tree in trees for name, value in _constants(tree)}
    return {kind for tree in trees for kind in _kinds(tree, constants)} - ONLY_IN_MEMORY


def _trees(folder: Path, having: str = "") -> Iterator[ast.Module]:
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text()
        if having in text:
            yield ast.parse(text)


def _hits(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "failpoints.hit":
            (name,) = node.args
            if isinstance(name, ast.Constant):
                yield name.value
            else:
                assert ast.unparse(name) == "f'store.{job.name}.{when}'", f"a failpoint without a name: {name}"


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            value = node.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield node.target.id, value.value


def _kinds(tree: ast.Module, constants: dict[str, str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr not in ("submit", "_swept"):
            continue
        kind = node.args[0]
        if isinstance(kind, ast.Constant):
            yield kind.value
        elif isinstance(kind, ast.Name) and kind.id in constants:
            yield constants[kind.id]
        else:
            # The one that hands on what `_swept` was given.
            assert ast.unparse(kind) == "name", f"a kind of write without a name: {ast.unparse(node)}"
