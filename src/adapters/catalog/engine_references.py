"""What an engine's name in a file of the operator stands for, as facts for the router.

`module:NAME@VERSION` is one module, `module:NAME` all its installed versions, `model:NAME` an entry of
`models.yml`, and a plain NAME whichever of these exists. A module that is named but not installed stays a
candidate, refused with that reason: configuration and packages arrive at different times. A model that
`models.yml` lacks is a mistake.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from aion.adapters.catalog.names import precedence
from aion.adapters.catalog.operator_files import ModelEntry
from aion.adapters.catalog.packages import AgentPackage
from aion.domain.routing import EngineFacts, Route


class UnknownEngine(Exception):
    """A name that stands for nothing; the message says what it could have been."""


class EngineReferences:
    """Finds engines by the names that operators use."""

    def __init__(self, packages: Iterable[AgentPackage], models: Iterable[ModelEntry]) -> None:
        self._modules: dict[str, list[AgentPackage]] = {}
        for package in newest_first(packages):
            self._modules.setdefault(package.name, []).append(package)
        self._models: Mapping[str, ModelEntry] = {model.name: model for model in models}

    def find(self, reference: str) -> list[EngineFacts]:
        """The candidates behind a reference, newest version first; raises UnknownEngine."""
        kind, colon, name = reference.partition(":")
        if colon and kind == "module":
            return self._module(name)
        if colon and kind == "model":
            return [self._model(name)]
        return self._plain(reference)

    def _module(self, reference: str) -> list[EngineFacts]:
        name, at, version = reference.partition("@")
        if not name or (at and not version):
            raise UnknownEngine("is no engine; write module:NAME or module:NAME@VERSION")
        found = [package for package in self._modules.get(name, []) if not at or package.version == version]
        if not found:
            return [EngineFacts(f"module:{reference}", Route.LOCAL, installed=False)]
        return [module_facts(package) for package in found]

    def _model(self, name: str) -> EngineFacts:
        model = self._models.get(name)
        if model is None:
            raise UnknownEngine(f"is not in models.yml; add it there{_did_you_mean(name, self._models, 'model:')}")
        return model_facts(model)

    def _plain(self, name: str) -> list[EngineFacts]:
        is_module, is_model = name.partition("@")[0] in self._modules, name in self._models
        if is_module and is_model:
            raise UnknownEngine(f"is a module and a model; write module:{name} or model:{name}")
        if is_module:
            return self._module(name)
        if is_model:
            return [self._model(name)]
        known = [*self._modules, *self._models]
        raise UnknownEngine(f"is no installed module and no model of models.yml{_did_you_mean(name, known, '')}")


def newest_first(packages: Iterable[AgentPackage]) -> list[AgentPackage]:
    """By name, and the versions of one module from the newest to the oldest."""
    # Build metadata has no precedence; the version's text makes the order total.
    newest = sorted(packages, key=lambda package: (precedence(package.version), package.version), reverse=True)
    return sorted(newest, key=lambda package: package.name)


def module_facts(package: AgentPackage) -> EngineFacts:
    """A module as a candidate."""
    return EngineFacts(package.engine, Route.LOCAL, refusal=package.broken)


def model_facts(model: ModelEntry) -> EngineFacts:
    """A model as a candidate. No adapter here runs models, so that it is refused as not installed."""
    return EngineFacts(
        f"model:{model.name}",
        model.route,
        installed=False,
        required_scope=model.required_scope or "",
        p95=model.p95,
        cost_micros=model.cost_micros,
    )


def in_listed_order(engines: Iterable[EngineFacts]) -> Sequence[EngineFacts]:
    """Each engine once, at its first place, which becomes its preference: the operator chose the order."""
    first: dict[str, EngineFacts] = {}
    for engine in engines:
        first.setdefault(engine.name, engine)
    return [replace(engine, preference=at) for at, engine in enumerate(first.values())]


def side_by_side(packages: Iterable[AgentPackage]) -> Sequence[EngineFacts]:
    """Modules that nobody put in an order: a newer version before an older one, else money and latency choose."""
    older: dict[str, int] = {}
    found: list[EngineFacts] = []
    for package in newest_first(packages):
        older[package.name] = older.get(package.name, -1) + 1
        found.append(replace(module_facts(package), preference=older[package.name]))
    return found


def _did_you_mean(name: str, known: Iterable[str], prefix: str) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean {prefix}{close[0]}?" if close else ""
