"""Commands for modules: list, show."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from aionctl.borrowed import supplied_by
from aionctl.output import modules
from aionctl.output.shown import show
from aionctl.session import Session, session


class ListedByDefault(TyperGroup):
    """Without a command it lists; options then belong to the list."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what stands behind `aionctl modules`."""
        if not args or (args[0].startswith("-") and args[0] not in self.get_help_option_names(ctx)):
            args = ["list", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(cls=ListedByDefault, help="What is installed, and how it is called.", add_completion=False)


@app.command("list")
@supplied_by(session=session)
def list_modules(session: Session) -> None:
    """List the installed modules; `aionctl modules` alone does so, too."""
    show(list(session.client.catalog.modules()), session.form, modules.show_modules)


@app.command("show")
@supplied_by(session=session)
def show_module(
    session: Session,
    module: Annotated[
        str,
        typer.Argument(
            metavar="NAME[@VERSION]", help="A module; VERSION is one, a range such as ^1.2, or sha256: and a digest."
        ),
    ],
) -> None:
    """Show a module: its facts, what it takes and gives, its limits, and a call to start from."""
    name, _, version = module.removeprefix("module:").partition("@")
    described = session.client.catalog.module(name, version)
    show(described, session.form, modules.show_module)
