"""One short digest of everything that can change a decision, stored with each decision."""

import hashlib
from collections.abc import Mapping
from typing import Final

import orjson

from aion.adapters.catalog.binding import BoundIntent, Declared

_HEX_DIGITS: Final = 16


def policy_version(declared: Declared, bound: Mapping[str, BoundIntent]) -> str:
    """The same for the same configuration, however its files are laid out or commented."""
    meaning = {
        "intents": {
            name: [
                [(engine.name, engine.preference, engine.weight) for engine in intent.engines],
                intent.facts.pinned_engine,
                intent.facts.default_expiry.total_seconds(),
                intent.input_schema.text,
                intent.output_schema.text,
            ]
            for name, intent in bound.items()
        },
        "modules": {
            package.engine: [
                package.digest,
                package.broken,
                package.timeout.total_seconds(),
                package.retries,
                package.memory_bytes,
                package.fuel,
                sorted(package.host_permissions),
                package.concurrency,
                package.deterministic,
                package.input_schema.text if package.input_schema else "",
                package.output_schema.text if package.output_schema else "",
            ]
            for package in declared.packages
        },
        "models": {model.name: model.model_dump(mode="json") for model in declared.models.models},
        "policies": declared.policies.model_dump(mode="json"),
    }
    text = orjson.dumps(meaning, option=orjson.OPT_SORT_KEYS)
    return f"sha256:{hashlib.sha256(text).hexdigest()[:_HEX_DIGITS]}"
