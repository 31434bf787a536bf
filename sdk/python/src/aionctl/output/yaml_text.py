"""YAML that is as harmless for a terminal as JSON is: what may fool one is spelled out, between double quotes."""

from typing import Any

import yaml

from aionctl.safe_text import UNSAFE, visible_json


class _Dumper(yaml.SafeDumper):
    """Puts texts with unsafe characters between double quotes, where they may be spelled out as in JSON."""


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if UNSAFE.search(text) else None)


_Dumper.add_representer(str, _text)


def yaml_text(document: Any) -> str:
    """Return one YAML document with its beginning marked."""
    return visible_json(yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, explicit_start=True))
