"""What an engine's name in a file of the operator stands for, as facts for the router.

`module:NAME@VERSION` is one module, `module:NAME@RANGE` the newest version within the range that can run,
`module:NAME@sha256:HEX` the one with these bytes, `module:NAME` all its installed versions, `model:NAME` an entry of
`models.yml`, and a plain NAME whichever of these exists. A module that is named but not installed stays a candidate,
refused with that reason: configuration and packages arrive at different times. A model that `models.yml` lacks is a
mistake.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from aion.adapters.catalog.installed_modules import InstalledModules, newest_first
from aion.adapters.catalog.operator_files import EngineEntry, ModelEntry
from aion.adapters.catalog.packages import AgentPackage
from aion.domain.routing import EngineFacts, Route


class UnknownEngine(Exception):
    """A name that stands for nothing; the message says what it could have been."""


class EngineReferences:
    """Finds engines by the names that operators use."""

    def __init__(self, packages: Iterable[AgentPackage], models: Iterable[ModelEntry]) -> None:
        self._modules = InstalledModules(packages)
        self._models: Mapping[str, ModelEntry] = {model.name: model for model in models}

    def find(self, entry: EngineEntry) -> list[EngineFacts]:
        """The candidates behind an entry, newest version first, with their weights; raises UnknownEngine.

        Of several versions the newest that can run has the entry's weight, the others stand in for it.
        """
        found = self._named(entry.engine)
        if entry.weight is None:
            return found
        bearer = next((engine.name for engine in found if not engine.refusal), found[0].name)
        return [replace(engine, weight=entry.weight if engine.name == bearer else 0) for engine in found]

    def _named(self, reference: str) -> list[EngineFacts]:
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
        found = list(self._modules.versions(name))
        if at:
            try:
                chosen = self._modules.choose(name, version)
            except ValueError as cause:
                raise UnknownEngine(str(cause)) from cause
            found = [chosen] if chosen else []
        if not found:
            return [EngineFacts(f"module:{reference}", Route.LOCAL, installed=False)]
        return [module_facts(package) for package in found]

    def _model(self, name: str) -> EngineFacts:
        model = self._models.get(name)
        if model is None:
            raise UnknownEngine(f"is not in models.yml; add it there{_did_you_mean(name, self._models, 'model:')}")
        return model_facts(model)

    def _plain(self, name: str) -> list[EngineFacts]:
        is_module, is_model = bool(self._modules.versions(name.partition("@")[0])), name in self._models
        if is_module and is_model:
            raise UnknownEngine(f"is a module and a model; write module:{name} or model:{name}")
        if is_module:
            return self._module(name)
        if is_model:
            return [self._model(name)]
        known = [*self._modules.names, *self._models]
        raise UnknownEngine(f"is no installed module and no model of models.yml{_did_you_mean(name, known, '')}")


def module_facts(package: AgentPackage) -> EngineFacts:
    """A module as a candidate."""
    return EngineFacts(package.engine, Route.LOCAL, refusal=package.broken, digest=package.digest)


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
    """Each engine once, at its first place, which becomes its preference: the operator chose the order.

    An engine behind several entries has the sum of their weights.
    """
    first: dict[str, EngineFacts] = {}
    for engine in engines:
        earlier = first.setdefault(engine.name, engine)
        if earlier is not engine and engine.weight is not None:
            first[engine.name] = replace(earlier, weight=(earlier.weight or 0) + engine.weight)
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
