"""Modules as tables for people: the list, and one with its schemas and a call that can be pasted."""

import sys
from collections.abc import Iterable
from typing import Any

from aion_sdk import Module, ModuleDescription, ModuleHealth
from aionctl.output.cells import console, duration, facts, rows, short_digest
from aionctl.output.example_call import example_call
from aionctl.output.schema_fields import fields_of
from aionctl.safe_text import visible_line

MEBIBYTE = 1 << 20
WIDEST_CELL = 60
"""Schemas say sentences, and lists of words: in one line each, a table would be too wide to read."""


def show_modules(modules: Iterable[Module]) -> None:
    """Show the installed module versions."""
    found = [
        (
            f"{m.name}@{m.version}",
            m.health.value,
            ", ".join(m.intents),
            m.kind.value.lower(),
            duration(m.timeout),
            short_digest(m.digest),
            m.license,
            m.health_reason,
        )
        for m in modules
    ]
    rows(("MODULE", "HEALTH", "INTENTS", "KIND", "TIME LIMIT", "DIGEST", "LICENCE", "WHY"), found)


def show_module(described: ModuleDescription) -> None:
    """Show one module: facts, input, output, a call."""
    module = described.module
    others = [version for version in described.versions if version != module.version]
    facts([*_facts(module), *_limits(module), ("other versions", ", ".join(others))])
    _show_schema("INPUT", described.input_schema)
    _show_schema("OUTPUT", described.output_schema)
    call = example_call(described)
    if call and module.health is not ModuleHealth.BROKEN:
        console().print()
        sys.stdout.write(f"a call to start from:\n\n  {visible_line(call)}\n")


def _facts(module: Module) -> list[tuple[str, str]]:
    return [
        ("module", f"module:{module.name}@{module.version}"),
        ("about", module.description),
        ("health", module.health.value),
        ("why", module.health_reason),
        ("intents", ", ".join(module.intents)),
        ("digest", module.digest),
        ("kind", module.kind.value.lower()),
        ("deterministic", "yes: the same input gives the same result and burns the same fuel" * module.deterministic),
        ("granted", ", ".join(module.host_permissions)),
        ("licence", module.license),
        ("authors", ", ".join(module.authors)),
    ]


def _limits(module: Module) -> list[tuple[str, str]]:
    return [
        ("time limit", duration(module.timeout)),
        ("memory limit", f"{module.memory_bytes / MEBIBYTE:g} MiB" if module.memory_bytes else ""),
        ("fuel limit", f"{module.fuel:,}" if module.fuel else "none"),
        ("at once", f"{module.concurrency} in one process" if module.concurrency else ""),
        ("retries", f"{module.retries} after failures of the work" if module.retries else ""),
    ]


def _show_schema(title: str, schema: Any) -> None:
    console().print()
    found = [
        (
            "  " * field.depth + field.name,
            field.type,
            "yes" if field.required else "",
            field.default,
            field.limits,
            field.about,
        )
        for field in fields_of(schema)
    ]
    if not found:
        sys.stdout.write(f"{title}: any object\n")
        return
    rows((title, "TYPE", "REQUIRED", "DEFAULT", "LIMITS", "MEANING"), found, widest_cell=WIDEST_CELL)
