"""The Catalog port over a catalogue that may be replaced while the process runs: `aion dev` reads modules anew.

It also knows which modules are still being compiled: they say so, and stand behind every other engine of their intent.
Whoever asks gets the answer of one whole catalogue; between two questions it may be another one. Each stays as it is,
so what was taken from it before remains right for whoever took it.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aion.adapters.catalog.file_catalog import FileCatalog
from aion.domain.caps import Caps
from aion.domain.routing import EngineFacts, Privacy
from aion.ports.catalog import Catalog, IntentFacts, JudgeResult, ModuleDescription, ModuleFacts

_MEGABYTE = 10**6


@dataclass(frozen=True, slots=True)
class _Compiling:
    """Since when, and how much there is to compile."""

    since: float
    wasm_bytes: int

    def progress(self, now: float) -> str:
        """In words. How far a compiler is it does not say."""
        return f"compiling, since {now - self.since:.0f} s, {self.wasm_bytes / _MEGABYTE:.1f} MB"


class LiveCatalog:
    """Answers as the catalogue that it serves now."""

    def __init__(self, served: FileCatalog, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._served = served
        self._gone: dict[tuple[str, str], JudgeResult] = {}
        self._monotonic = monotonic
        self._compiling: dict[str, _Compiling] = {}
        self._behind: dict[str, tuple[Sequence[EngineFacts], Sequence[EngineFacts]]] = {}

    def compiling(self, engine: str, wasm_bytes: int) -> None:
        """From now on this module is being compiled."""
        self._compiling[engine] = _Compiling(self._monotonic(), wasm_bytes)
        self._behind.clear()

    def compiled(self, engine: str, problem: str) -> None:
        """It is not any more: it can run, or there is a problem. Raises ConfigurationInvalid when then nothing fits."""
        del self._compiling[engine]
        self._behind.clear()
        if problem:
            self.served = self._served.with_broken({engine: problem})

    @property
    def served(self) -> FileCatalog:
        """The catalogue that answers. Assigning another one replaces it, all of it at once."""
        return self._served

    @served.setter
    def served(self, catalog: FileCatalog) -> None:
        # Tasks that were decided for a module which is gone still end: the engine keeps its bytes as well.
        self._gone = {**self._gone, **self._served.judges()}
        self._served = catalog

    @property
    def policy_version(self) -> str:
        """Digest of everything that can change a decision."""
        return self._served.policy_version

    def intent(self, name: str) -> IntentFacts:
        """Raises IntentNotFound, naming close matches."""
        return self._served.intent(name)

    def intents(self) -> Sequence[IntentFacts]:
        """All intents, by name."""
        return self._served.intents()

    def modules(self) -> Sequence[ModuleFacts]:
        """All modules, by name and version, broken ones too."""
        facts = self._served.modules()
        return tuple(map(self._with_progress, facts)) if self._compiling else facts

    def module(self, engine: str) -> ModuleFacts | None:
        """The module behind a candidate name, or None when it is not a module or not there."""
        facts = self._served.module(engine)
        return self._with_progress(facts) if facts and self._compiling else facts

    def describe_module(self, name: str, version: str) -> ModuleDescription:
        """A module by its name, and a version, a range, or a digest. Raises ModuleNotFound and ValidationFailed."""
        described = self._served.describe_module(name, version)
        return replace(described, facts=self._with_progress(described.facts)) if self._compiling else described

    def candidates(self, intent: str) -> Sequence[EngineFacts]:
        """The engines bound to this intent, eligible or not, in the operator's order."""
        declared = self._served.candidates(intent)
        if not self._compiling:
            return declared
        # The same answer must be the same object: decisions are remembered by it.
        known = self._behind.get(intent)
        if known is None or known[0] is not declared:
            changed = tuple(self._put_behind(engine) for engine in declared)
            known = self._behind[intent] = (declared, changed)
        return known[1]

    def _put_behind(self, engine: EngineFacts) -> EngineFacts:
        return replace(engine, weight=0) if engine.name in self._compiling else engine

    def _with_progress(self, facts: ModuleFacts) -> ModuleFacts:
        compiling = self._compiling.get(facts.engine)
        return replace(facts, preparing=compiling.progress(self._monotonic())) if compiling else facts

    def default_privacy(self, tenant: str) -> Privacy:
        """What an unset privacy means for this tenant."""
        return self._served.default_privacy(tenant)

    def caps(self, tenant: str) -> Caps:
        """What this tenant's attempts of a module may have at most."""
        return self._served.caps(tenant)

    def check_input(self, intent: str, document_json: str) -> None:
        """Checks an input against the intent's schema; raises InputSchemaViolation that names every field."""
        self._served.check_input(intent, document_json)

    def check_engine_input(self, intent: str, engine: str, document_json: str) -> None:
        """Checks an input by the schema of the module that was chosen; raises InputSchemaViolation."""
        self._served.check_engine_input(intent, engine, document_json)

    def engine_meant(self, reference: str) -> str:
        """What a client's name of an engine stands for; raises ValidationFailed."""
        return self._served.engine_meant(reference)

    def judge(self, intent: str, engine: str) -> JudgeResult | None:
        """What a result of this engine must fit; of a module that went, what it had to fit when it was there."""
        return self._served.judge(intent, engine) or self._gone.get((intent, engine))


if TYPE_CHECKING:
    _: type[Catalog] = LiveCatalog
