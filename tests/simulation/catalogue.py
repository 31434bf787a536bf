"""The catalogue of a simulated server: three intents, three modules that differ in how often they are tried again."""

from collections.abc import Sequence
from datetime import timedelta

from aion.domain.caps import NO_CAPS, Caps
from aion.domain.errors import InputSchemaViolation, IntentNotFound
from aion.domain.routing import EngineFacts, Privacy, Route
from aion.ports.catalog import IntentFacts, JudgeResult, ModuleFacts

EXPIRY = timedelta(seconds=12)
RETRIES = {"once": 0, "twice": 1, "thrice": 2}
OFTEN = "thrice"


def engine_of(name: str) -> str:
    """The candidate's name of a module."""
    return f"module:{name}@1.0.0"


def _module(name: str, retries: int) -> ModuleFacts:
    return ModuleFacts(
        name=name,
        version="1.0.0",
        digest=f"sha256:{name:0<64}",
        intents=(name,),
        license="Apache-2.0",
        timeout=timedelta(seconds=1.5),
        retries=retries,
        memory_bytes=1 << 20,
        fuel=0,
    )


MODULES = {engine_of(name): _module(name, retries) for name, retries in RETRIES.items()}


def _intent(name: str, *engines: str) -> IntentFacts:
    return IntentFacts(name, name, "{}", "{}", engines, EXPIRY)


_INTENTS = {
    **{name: _intent(name, engine_of(name)) for name in RETRIES},
    "either": _intent("either", *MODULES),
}

_CANDIDATES = {
    name: tuple(
        EngineFacts(engine, Route.LOCAL, digest=MODULES[engine].digest, weight=1 if len(intent.engines) > 1 else None)
        for engine in intent.engines
    )
    for name, intent in _INTENTS.items()
}

INTENTS = tuple(_INTENTS)


class SimulatedCatalogue:
    """As much of the Catalog port as accepting and running tasks needs."""

    policy_version = "simulated"

    def intent(self, name: str) -> IntentFacts:
        if name not in _INTENTS:
            raise IntentNotFound(f"there is no intent {name}")
        return _INTENTS[name]

    def candidates(self, intent: str) -> Sequence[EngineFacts]:
        return _CANDIDATES[intent]

    def module(self, engine: str) -> ModuleFacts | None:
        return MODULES.get(engine)

    def default_privacy(self, tenant: str) -> Privacy:
        return Privacy.LOCAL_ONLY

    def caps(self, tenant: str) -> Caps:
        return NO_CAPS

    def check_input(self, intent: str, document_json: str) -> None:
        if "refuse me" in document_json:
            raise InputSchemaViolation("the input says that it is to be refused")

    def check_engine_input(self, intent: str, engine: str, document_json: str) -> None:
        """Modules take what their intent takes."""

    def engine_meant(self, reference: str) -> str:
        return reference

    def judge(self, intent: str, engine: str) -> JudgeResult | None:
        return lambda said: None if said.startswith("{") else "the result must be an object"


class NoLatency:
    """The LatencyBook that never knows enough."""

    def observe(self, engine: str, latency: timedelta) -> None:
        """Routing by latency has tests of its own."""

    def p95(self, engine: str) -> timedelta | None:
        return None
