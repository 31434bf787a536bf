"""Commands that are imported when they are called, so that naming them, helping and completing cost nothing.

The SDK and grpc take most of the time that aionctl needs to start; `--help`, `completion` and `context` use neither.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup


@dataclass(frozen=True, slots=True)
class Lazy:
    """A command or a group of commands: its name, where it is, and the first line of its help."""

    name: str
    place: str
    help: str

    def stand_in(self) -> TyperCommand:
        """Return what is listed in place of the command."""
        return TyperCommand(self.name, help=self.help)

    def load(self) -> Any:
        """Return the command itself."""
        module, _, attribute = self.place.partition(":")
        found: typer.Typer | Callable[..., None] = getattr(importlib.import_module(module), attribute)
        if not isinstance(found, typer.Typer):
            alone = typer.Typer(add_completion=False, rich_markup_mode=None)
            alone.command(self.name)(found)
            found = alone
        command = typer.main.get_command(found)
        command.name = self.name
        return command


class LazyGroup(TyperGroup):
    """A group whose commands are imported when one of them is called."""

    lazy: ClassVar[tuple[Lazy, ...]] = ()

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self._places = {lazy.name: lazy for lazy in self.lazy}
        for lazy in self.lazy:
            self.add_command(lazy.stand_in())

    def load(self, name: str) -> Any:
        """Return a command itself."""
        return self._places[name].load()

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that is called."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, self.load(name) if name in self._places else command, rest
