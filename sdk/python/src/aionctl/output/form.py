"""The forms of an answer, and how one is written to stdout."""

import json
import sys
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from aionctl.output.plain import plain
from aionctl.safe_text import visible_json


class Form(StrEnum):
    """`table` for people, `json` and `yaml` for programs."""

    TABLE = "table"
    JSON = "json"
    YAML = "yaml"


def write_document(value: Any, form: Form) -> None:
    """Write one JSON or YAML document."""
    if form is Form.YAML:
        from aionctl.output.yaml_text import yaml_text

        text = yaml_text(plain(value))
    else:
        text = visible_json(json.dumps(plain(value), indent=2, ensure_ascii=False)) + "\n"
    sys.stdout.write(text)


def write_each(values: Iterable[Any], form: Form) -> None:
    """Write values as they come: one JSON object a line, or one YAML document each."""
    for value in values:
        if form is Form.YAML:
            write_document(value, form)
        else:
            sys.stdout.write(visible_json(json.dumps(plain(value), ensure_ascii=False)) + "\n")
        sys.stdout.flush()
