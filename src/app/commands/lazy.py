"""Commands that are imported when they are called.

gRPC, connexion and the store's libraries take most of the time that `aion` needs to start, and few commands use all
three.
"""

import gc
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup


@dataclass(frozen=True, slots=True)
class Lazy:
    """A command, or a group of commands: its name, its `module:attribute`, and the line that lists it."""

    name: str
    place: str
    help: str

    def load(self) -> Any:
        """The command itself."""
        module, _, attribute = self.place.partition(":")
        with without_collecting():
            found: typer.Typer | Callable[..., None] = getattr(importlib.import_module(module), attribute)
        if isinstance(found, typer.Typer):
            group = typer.main.get_command(found)
            group.name = self.name
            return group
        alone = typer.Typer(add_completion=False)
        alone.command(self.name)(found)
        return typer.main.get_command(alone)


@contextmanager
def without_collecting() -> Iterator[None]:
    """While the block runs, no garbage is looked for.

    What is imported and set up stays: to walk it again and again would find nothing, and takes a fifth of a start.
    """
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


class LazyGroup(TyperGroup):
    """Lists its commands by their lines; imports the one that is called."""

    lazy: ClassVar[tuple[Lazy, ...]] = ()

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self._places = {lazy.name: lazy for lazy in self.lazy}
        for lazy in self.lazy:
            self.add_command(TyperCommand(lazy.name, help=lazy.help))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is called, with what follows it."""
        name, command, rest = super().resolve_command(ctx, args)
        lazy = self._places.get(name) if name else None
        return name, lazy.load() if lazy else command, rest
