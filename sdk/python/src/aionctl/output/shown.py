"""One answer in the form that was asked for."""

from collections.abc import Callable
from typing import TypeVar

from aionctl.output.form import Form, write_document

Value = TypeVar("Value")


def show(value: Value, form: Form, table: Callable[[Value], None]) -> None:
    """Write a value as a table for people, or as a document for programs."""
    if form is Form.TABLE:
        table(value)
    else:
        write_document(value, form)
