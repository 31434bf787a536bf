"""Options that many commands share, written once.

A command says which of its arguments a donor supplies; the donor's own parameters become options of the command.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from aionctl.output.form import Form
from aionctl.reporting import reported
from aionctl.session import Session


def supplied_by(**donors: Callable[..., Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a command whose named arguments are built by donors, in this order, from options of the donors."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        own = {
            name: parameter for name, parameter in inspect.signature(function).parameters.items() if name not in donors
        }
        borrowed = {name: inspect.signature(donor).parameters for name, donor in donors.items()}

        @functools.wraps(function)
        def command(**given: Any) -> None:
            as_json = given.get("output") is Form.JSON
            supplied: dict[str, Any] = {}
            with reported(key_given=True, as_json=as_json):
                for name, donor in donors.items():
                    supplied[name] = donor(**{option: given.pop(option) for option in borrowed[name]})
            key_given = any(isinstance(one, Session) and one.settings["api_key"] for one in supplied.values())
            with reported(key_given=key_given, as_json=as_json):
                function(**supplied, **given)

        parameters = [*own.values(), *(p for options in borrowed.values() for p in options.values())]
        keyword_only = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in parameters]
        vars(command).pop("__wrapped__")
        vars(command)["__signature__"] = inspect.Signature(keyword_only)
        command.__annotations__ = {p.name: p.annotation for p in parameters}
        return command

    return decorate
