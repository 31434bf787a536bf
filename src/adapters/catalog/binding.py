"""Which engines serve which intent: what the operator wrote, and what modules say of themselves.

The rules, in the order in which they apply:
1. an intent of `intents.yml` with `engines` is served by exactly those, in that order;
2. an intent of `intents.yml` without them is served by every module whose manifest names it;
3. an intent that only manifests name is served by every module that names it.

Of modules that nobody put in an order, a newer version of one comes before an older one, pre-releases last; between
modules, money and latency choose.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from aion.adapters.catalog.documents import Document
from aion.adapters.catalog.engine_references import (
    EngineReferences,
    UnknownEngine,
    in_listed_order,
    side_by_side,
)
from aion.adapters.catalog.errors import ConfigurationInvalid, Problem
from aion.adapters.catalog.files import is_inside
from aion.adapters.catalog.operator_files import (
    DEFAULT_EXPIRY,
    IntentEntry,
    IntentsFile,
    ModelsFile,
    PoliciesFile,
)
from aion.adapters.catalog.packages import AgentPackage
from aion.adapters.catalog.schemas import CompiledSchema, anything, compile_schema
from aion.adapters.catalog.strict_models import SchemaFiles
from aion.domain.routing import EngineFacts, digest_of, is_named
from aion.ports.catalog import IntentFacts

Schemas = tuple[CompiledSchema, CompiledSchema]

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Declared:
    """Everything that was read: the operator's files, where they stand, and the packages."""

    folder: Path
    intents: IntentsFile
    intents_document: Document
    policies: PoliciesFile
    policies_document: Document
    models: ModelsFile
    packages: tuple[AgentPackage, ...]


@dataclass(frozen=True, slots=True)
class BoundIntent:
    """An intent, its candidates in the operator's order, and the schemas that its documents must fit.

    `by_operator`: the schemas are files that the operator named, and hold whatever modules say of themselves.
    """

    facts: IntentFacts
    engines: tuple[EngineFacts, ...]
    input_schema: CompiledSchema
    output_schema: CompiledSchema
    by_operator: bool = False


def bind(declared: Declared) -> Mapping[str, BoundIntent]:
    """All intents by name; raises ConfigurationInvalid with everything that does not fit together."""
    return _Binding(declared).bind()


class _Binding:
    """Binds one intent after the other and collects problems, so that all of them are told at once."""

    def __init__(self, declared: Declared) -> None:
        self._declared = declared
        self._references = EngineReferences(declared.packages, declared.models.models)
        self._packages = {package.engine: package for package in declared.packages}
        self._bound: dict[str, BoundIntent] = {}
        self._problems: list[Problem] = []

    def bind(self) -> Mapping[str, BoundIntent]:
        declared_at: dict[str, int] = {}
        for at, entry in enumerate(self._declared.intents.intents):
            if entry.name in declared_at:
                self._problem(at, "name", f"{entry.name} is intents[{declared_at[entry.name]}] already; keep one")
                continue
            declared_at[entry.name] = at
            self._bind_entry(at, entry)
        for name in sorted({name for package in self._declared.packages for name in package.intents}):
            if name not in declared_at:
                engines = self._modules_for(name)
                schemas = self._schemas_of_modules(engines) or (anything(), anything())
                self._add(name, "", DEFAULT_EXPIRY, engines, schemas)
        for name in self._declared.policies.intents:
            self._check_pin(name, known=name in self._bound or name in declared_at)
        if self._problems:
            raise ConfigurationInvalid(self._problems)
        return dict(sorted(self._bound.items()))

    def _bind_entry(self, at: int, entry: IntentEntry) -> None:
        engines = self._listed(at, entry) if entry.engines else self._modules_for(entry.name)
        if entry.optional and not any(engine.installed for engine in engines):
            return
        if not engines:
            if not entry.engines:
                what = "has no engines and no installed module names this intent; list engines or install a module"
                self._problem(at, "engines", what)
            return
        schemas = self._schemas_of_files(at, entry.schema_files) if entry.schema_files else None
        if schemas is None and entry.schema_files is None:
            schemas = self._schemas_of_modules(engines)
            if schemas is None and not any(engine.name in self._packages for engine in engines):
                what = "is missing, and no engine of this intent is an installed module to take it from; name files"
                self._problem(at, "schema", what)
                return
        self._add(
            entry.name,
            entry.description,
            entry.default_expiry,
            engines,
            schemas or (anything(), anything()),
            by_operator=entry.schema_files is not None,
        )

    def _listed(self, at: int, entry: IntentEntry) -> Sequence[EngineFacts]:
        self._refuse_misleading_weights(at, entry)
        found: list[EngineFacts] = []
        for place, listed in enumerate(entry.engines):
            try:
                found.extend(self._references.find(listed))
            except UnknownEngine as cause:
                self._problem(at, ("engines", place), f"{listed.engine} {cause}")
        return in_listed_order(found)

    def _refuse_misleading_weights(self, at: int, entry: IntentEntry) -> None:
        """Whoever weighs only some means a share of all, and would give away everything: the rest only stands in."""
        weights = [listed.weight for listed in entry.engines]
        given = [place for place, weight in enumerate(weights) if weight is not None]
        if not given or len(given) == len(weights):
            return
        if len(given) == 1:
            what = "is the only weight, so that this engine would get every task; give the others weights as well"
            self._problem(at, ("engines", given[0], "weight"), what)
        elif None in weights[: given[-1]]:
            what = "is missing before engines with a weight, so that these would get every task; give it one, or 0"
            self._problem(at, ("engines", weights.index(None), "weight"), what)

    def _modules_for(self, intent: str) -> Sequence[EngineFacts]:
        return side_by_side(package for package in self._declared.packages if intent in package.intents)

    def _schemas_of_files(self, at: int, files: SchemaFiles) -> Schemas | None:
        compiled: list[CompiledSchema] = []
        for side, name in (("input", files.input), ("output", files.output)):
            path = self._declared.folder / name
            if not is_inside(path, self._declared.folder):
                self._problem(at, ("schema", side), f"{name} leaves the configuration's folder; name a file inside it")
                continue
            try:
                compiled.append(compile_schema(path, str(path)))
            except ConfigurationInvalid as cause:
                self._problems.extend(cause.problems)
        return (compiled[0], compiled[1]) if len(compiled) == 2 else None

    def _schemas_of_modules(self, engines: Sequence[EngineFacts]) -> Schemas | None:
        """Those of the first module in order that can run, else of the first that at least has some."""
        packages = [self._packages[engine.name] for engine in engines if engine.name in self._packages]
        for package in sorted(packages, key=lambda package: bool(package.broken)):
            if package.input_schema is not None and package.output_schema is not None:
                return package.input_schema, package.output_schema
        return None

    def _add(
        self,
        name: str,
        description: str,
        expiry: timedelta,
        engines: Sequence[EngineFacts],
        schemas: Schemas,
        *,
        by_operator: bool = False,
    ) -> None:
        policy = self._declared.policies.intents.get(name)
        facts = IntentFacts(
            name=name,
            description=description or self._described_by(engines) or _served_by(engines),
            input_schema_json=schemas[0].text,
            output_schema_json=schemas[1].text,
            engines=tuple(engine.name for engine in engines),
            default_expiry=expiry,
            pinned_engine=policy.pin if policy else "",
        )
        self._bound[name] = BoundIntent(facts, tuple(engines), *schemas, by_operator)

    def _described_by(self, engines: Sequence[EngineFacts]) -> str:
        """What the first module that describes itself says."""
        packages = (self._packages.get(engine.name) for engine in engines)
        return next((package.description for package in packages if package and package.description), "")

    def _check_pin(self, intent: str, known: bool) -> None:
        document, pin = self._declared.policies_document, self._declared.policies.intents[intent].pin
        if not known:
            what = "is no intent of intents.yml or of an installed module; correct or remove it"
            self._problems.append(document.problem(("intents", intent), what))
        elif intent in self._bound:
            engines = self._bound[intent].facts.engines
            digest = digest_of(pin)
            # Other bytes than those that are installed refuse tasks; the package may come later than the policy.
            if not any(is_named(name, pin.removesuffix(f"@{digest}")) for name in engines):
                what = f"{pin} is not an engine of {intent}; choose one of {', '.join(engines)}"
                self._problems.append(document.problem(("intents", intent, "pin"), what))
            elif digest and not _DIGEST.fullmatch(digest):
                what = f"{digest} is not a digest; write sha256: and 64 hex digits, as `aionctl modules` shows them"
                self._problems.append(document.problem(("intents", intent, "pin"), what))

    def _problem(self, at: int, field: str | tuple[str | int, ...], message: str) -> None:
        steps = field if isinstance(field, tuple) else (field,)
        self._problems.append(self._declared.intents_document.problem(("intents", at, *steps), message))


def _served_by(engines: Sequence[EngineFacts]) -> str:
    names = dict.fromkeys(engine.name.partition("@")[0] for engine in engines)
    return f"Served by {', '.join(names)}."
