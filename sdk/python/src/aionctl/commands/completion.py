"""The completion of a shell."""

from enum import StrEnum
from typing import Annotated

import typer
from typer._completion_classes import completion_init
from typer._completion_shared import get_completion_script as script_of

from aionctl.option_values import one_of


class Shell(StrEnum):
    """The shells that there is a completion for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(
    shell: Annotated[Shell, typer.Argument(parser=one_of(Shell), metavar="|".join(Shell), help="The shell.")],
) -> None:
    """Write the completion of a shell to stdout: `source <(aionctl completion bash)`."""
    completion_init()
    typer.echo(script_of(prog_name="aionctl", complete_var="_AIONCTL_COMPLETE", shell=shell.value))
