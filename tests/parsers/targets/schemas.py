"""The JSON Schemas of a package, and documents that are checked against them."""

import json
import tempfile
from pathlib import Path

import orjson

from aion.adapters.catalog.errors import ConfigurationInvalid
from aion.adapters.catalog.schemas import compile_schema

_OBJECT = {"type": "object", "properties": {"text": {"type": "string", "maxLength": 5}}, "additionalProperties": False}
SEEDS = (
    json.dumps(_OBJECT).encode() + b'\0{"text":"123456","more":1}',
    b'{"type":"object","properties":{"a":{"$ref":"#"}}}\0{"a":{"a":{}}}',
    b'{"type":"object","patternProperties":{"^(a+)+$":{}},"minProperties":1}\0{"aaaaaaaaaaaaaaaaaaaaaaaaaaaa!":1}',
    b'{"type":"object","$defs":{"x":{"enum":[1,null]}},"allOf":[{"$ref":"#/$defs/x"}]}\0{}',
)
REFUSALS = (ConfigurationInvalid,)
_ROOM = Path("/dev/shm") if Path("/dev/shm").is_dir() else None


def target(data: bytes) -> None:
    """A schema, and after a zero byte a document. One that is no JSON object never comes as far as here."""
    schema, _, document = data.partition(b"\0")
    with tempfile.NamedTemporaryFile(dir=_ROOM) as file:
        file.write(schema)
        file.flush()
        compiled = compile_schema(Path(file.name), "input.json")
    try:
        is_object = isinstance(orjson.loads(document), dict)
    except ValueError:
        return
    if is_object:
        compiled.violations(document, "params")
