"""The Catalog port over files: read once, bound once, then only looked up."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from aion.adapters.catalog.binding import BoundIntent, Declared, bind
from aion.adapters.catalog.contracts import Contracts
from aion.adapters.catalog.installed_modules import InstalledModules, newest_first
from aion.adapters.catalog.packages import AgentPackage
from aion.adapters.catalog.policy_version import policy_version
from aion.domain.caps import Caps
from aion.domain.errors import FieldViolation, InputSchemaViolation, IntentNotFound, ModuleNotFound, ValidationFailed
from aion.domain.routing import EngineFacts, Privacy
from aion.ports.catalog import Catalog, IntentFacts, JudgeResult, LatencyBook, ModuleDescription, ModuleFacts

INPUT_FIELD = "params"
"""What violations of an input are named below, whether it came as `params` or `params_json`."""


def _first_and_how_many(violations: Sequence[FieldViolation]) -> str:
    """The first violation in words, and how many others the error lists."""
    first, *others = violations
    return f"{first.field} {first.description}{f' (and {len(others)} more)' if others else ''}"


class _Candidates:
    """The candidates of one intent with their measured latency; made anew only when a measurement changed."""

    __slots__ = ("_current", "_declared", "_latency", "_measured")

    def __init__(self, declared: tuple[EngineFacts, ...], latency: LatencyBook) -> None:
        self._declared = declared
        self._latency = latency
        self._current = declared
        self._measured = [engine.p95 for engine in declared]

    def __call__(self) -> tuple[EngineFacts, ...]:
        measured = [self._latency.p95(engine.name) or engine.p95 for engine in self._declared]
        if measured != self._measured:
            pairs = zip(self._declared, measured, strict=True)
            self._current = tuple(replace(engine, p95=p95) for engine, p95 in pairs)
            self._measured = measured
        return self._current


class FileCatalog:
    """Intents, modules and models as the operator's files and the packages' manifests declare them."""

    def __init__(self, declared: Declared, latency: LatencyBook) -> None:
        """Binds intents to engines; raises ConfigurationInvalid when they do not fit together."""
        self._declared = declared
        self._latency = latency
        self._bound = bind(declared)
        self._intents = tuple(bound.facts for bound in self._bound.values())
        self._packages = tuple(newest_first(declared.packages))
        self._modules = {package.engine: package.facts() for package in self._packages}
        self._installed = InstalledModules(self._packages)
        self._candidates = {name: _Candidates(bound.engines, latency) for name, bound in self._bound.items()}
        self._caps = {tenant: declared.policies.caps_of(tenant) for tenant in declared.policies.tenants}
        self._default_caps = declared.policies.defaults.modules.caps()
        self._policy_version = policy_version(declared, self._bound)
        self._contracts = Contracts(self._bound, declared.packages)

    @property
    def policy_version(self) -> str:
        """Digest of everything that can change a decision."""
        return self._policy_version

    def intent(self, name: str) -> IntentFacts:
        """Raises IntentNotFound, naming close matches."""
        return self._find(name).facts

    def intents(self) -> Sequence[IntentFacts]:
        """All intents, by name."""
        return self._intents

    def modules(self) -> Sequence[ModuleFacts]:
        """All modules, by name and from the newest version to the oldest, broken ones too."""
        return tuple(self._modules.values())

    def module(self, engine: str) -> ModuleFacts | None:
        """The module behind a candidate name, or None when it is not a module or not there."""
        return self._modules.get(engine)

    def describe_module(self, name: str, version: str) -> ModuleDescription:
        """A module by its name, and a version, a range, or a digest. Raises ModuleNotFound and ValidationFailed."""
        try:
            package = self._installed.choose(name, version)
        except ValueError as cause:
            raise ValidationFailed(
                f"version {version[:64]} {cause}", violations=(FieldViolation("version", str(cause)),)
            ) from cause
        installed = self._installed.versions(name)
        if package is None:
            raise _module_not_found(name, version, self._installed)
        return ModuleDescription(
            facts=package.facts(),
            input_schema_json=package.input_schema.text if package.input_schema else "",
            output_schema_json=package.output_schema.text if package.output_schema else "",
            examples=package.examples,
            versions=tuple(each.version for each in installed),
        )

    def packages(self) -> Sequence[AgentPackage]:
        """The packages that an engine can load: all that are not broken."""
        return tuple(package for package in self._packages if not package.broken)

    def candidates(self, intent: str) -> Sequence[EngineFacts]:
        """The engines bound to this intent, eligible or not, in the operator's order, with their recent p95."""
        self._find(intent)
        return self._candidates[intent]()

    def default_privacy(self, tenant: str) -> Privacy:
        """What an unset privacy means for this tenant; local-only unless the operator said otherwise."""
        return self._declared.policies.privacy_of(tenant)

    def caps(self, tenant: str) -> Caps:
        """What this tenant may have of a module at most."""
        return self._caps.get(tenant, self._default_caps)

    @property
    def caps_fuel(self) -> bool:
        """Whether somebody's fuel is capped, so that every module must count it."""
        return self._declared.policies.cap_fuel

    def check_input(self, intent: str, document_json: str) -> None:
        """Checks an input by the intent's schema; raises InputSchemaViolation, which names at most 20 fields."""
        violations = self._find(intent).input_schema.violations(document_json, INPUT_FIELD)
        if violations:
            raise InputSchemaViolation(
                f"the input does not fit {intent}: {_first_and_how_many(violations)}", violations=violations
            )

    def check_engine_input(self, intent: str, engine: str, document_json: str) -> None:
        """Checks an input by the schema of the module that was chosen; raises InputSchemaViolation that names it."""
        schema = self._contracts.own_input(intent, engine)
        if schema is not None and (violations := schema.violations(document_json, INPUT_FIELD)):
            raise InputSchemaViolation(
                f"the input fits {intent}, but not {engine}, which was chosen for it: "
                f"{_first_and_how_many(violations)}",
                violations=violations,
                facts={"engine": engine},
            )

    def engine_meant(self, reference: str) -> str:
        """What a client's name of an engine stands for; raises ValidationFailed for what cannot stand for any."""
        try:
            return self._installed.meant(reference)
        except ValueError as cause:
            raise ValidationFailed(
                f"preferred_engine {reference[:128]} {cause}",
                violations=(FieldViolation("preferred_engine", str(cause)),),
            ) from cause

    def judge(self, intent: str, engine: str) -> JudgeResult | None:
        """What a result of this engine must fit; None when neither intent nor engine is known."""
        return self._contracts.judge(intent, engine)

    def judges(self) -> dict[tuple[str, str], JudgeResult]:
        """The same for each engine of each intent."""
        return self._contracts.judges()

    def files(self) -> frozenset[Path]:
        """The files that configuration and manifests name, whether they are there or not."""
        of_packages = {path for package in self._declared.packages for path in package.files}
        entries = [entry.schema_files for entry in self._declared.intents.intents if entry.schema_files]
        named = {self._declared.folder / name for files in entries for name in (files.input, files.output)}
        return frozenset(of_packages | named)

    def with_broken(self, reasons: Mapping[str, str]) -> "FileCatalog":
        """This catalogue, knowing that these engines cannot run: what an engine found when it prepared its
        modules.
        """
        packages = tuple(
            replace(package, broken=package.broken or reasons.get(package.engine, ""))
            for package in self._declared.packages
        )
        return FileCatalog(replace(self._declared, packages=packages), self._latency)

    def keeping(self, served: "FileCatalog") -> "FileCatalog":
        """This catalogue with packages of an earlier one where its own, of the same engine or in the same folder, are
        broken: what served goes on serving until its successor can.
        """
        whole = {package.engine: package for package in served.packages()}
        placed = {package.folder: package for package in served.packages()}
        packages: dict[str, AgentPackage] = {}
        for package in self._declared.packages:
            kept = whole.get(package.engine) if package.broken else None
            packages[package.engine] = kept or package
            if package.broken and kept is None and (before := placed.get(package.folder)):
                packages.setdefault(before.engine, before)
        return FileCatalog(replace(self._declared, packages=tuple(packages.values())), self._latency)

    def _find(self, name: str) -> BoundIntent:
        bound = self._bound.get(name)
        if bound is None:
            close = get_close_matches(name, self._bound, n=3)
            meant = f"did you mean {' or '.join(close)}?" if close else "list the intents to see what there is"
            raise IntentNotFound(
                f"there is no intent {name[:64]}; {meant}",
                violations=(FieldViolation("intent", f"must be an intent of this server; {meant}"),),
                facts={"intent": name[:64]},
            )
        return bound


def _module_not_found(name: str, version: str, installed: InstalledModules) -> ModuleNotFound:
    versions = [package.version for package in installed.versions(name)]
    if versions:
        shown = ", ".join(versions[:5]) + (f" and {len(versions) - 5} more" if len(versions) > 5 else "")
        return ModuleNotFound(
            f"no installed version of {name} is {version[:128]}; there are {shown}",
            violations=(FieldViolation("version", f"must fit an installed version: {shown}"),),
            facts={"module": name, "versions": shown},
        )
    close = get_close_matches(name, installed.names, n=3)
    meant = f"did you mean {' or '.join(close)}?" if close else "list the modules to see what there is"
    return ModuleNotFound(
        f"there is no module {name[:64]}; {meant}",
        violations=(FieldViolation("name", f"must be an installed module; {meant}"),),
        facts={"module": name[:64]},
    )


if TYPE_CHECKING:
    _: type[Catalog] = FileCatalog
