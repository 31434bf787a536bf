"""The three files that an operator writes: `intents.yml`, `policies.yml` and `models.yml`.

A file that is not there says nothing, which is allowed. docs/reference-manifests.md explains each field.
"""

from datetime import timedelta
from typing import Annotated, Final, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from aion.adapters.catalog.names import IntentName, ModelName, ModuleName, ScopeName, TenantName
from aion.adapters.catalog.quantities import Expiry, MemoryBytes
from aion.adapters.catalog.strict_models import SchemaFiles, StrictModel
from aion.domain.caps import Caps
from aion.domain.money import MAX_BUDGET_MICROS
from aion.domain.routing import Privacy, Route

DEFAULT_EXPIRY: Final = timedelta(seconds=60)

MAX_WEIGHT: Final = 1_000_000

EngineReference = Annotated[str, Field(min_length=1, max_length=200)]


class EngineEntry(StrictModel):
    """One engine of an intent, or several versions of one; `weight` is its part in the draw among those that have one.

    0 means that it only stands in for others.
    """

    engine: EngineReference
    weight: Annotated[int, Field(ge=0, le=MAX_WEIGHT)] | None = None


def _as_a_mapping(entry: object) -> object:
    if isinstance(entry, str):
        return {"engine": entry}
    if isinstance(entry, dict):
        return entry
    raise ValueError("is neither an engine's name nor a mapping; write module:NAME or {engine: NAME, weight: 10}")


def _each_engine_once(entries: list[EngineEntry]) -> list[EngineEntry]:
    names = [entry.engine for entry in entries]
    repeated = next((name for at, name in enumerate(names) if name in names[:at]), None)
    if repeated is not None:
        raise ValueError(f"names {repeated} twice; keep one")
    return entries


NameOrEntry = Annotated[EngineEntry, BeforeValidator(_as_a_mapping)]


class IntentEntry(StrictModel):
    """One intent. Without `engines` every module that names the intent serves it; with it, exactly those.

    An `optional` one is not offered while none of its engines is installed; any other is then a mistake.
    """

    name: IntentName
    description: Annotated[str, Field(max_length=1000)] = ""
    engines: Annotated[list[NameOrEntry], Field(max_length=64), AfterValidator(_each_engine_once)] = Field(
        default_factory=list
    )
    default_expiry: Expiry = DEFAULT_EXPIRY
    schema_files: Annotated[SchemaFiles | None, Field(alias="schema")] = None
    optional: bool = False


class IntentsFile(StrictModel):
    """`intents.yml`."""

    # `intents:` with nothing below it is a file that awaits its first entry.
    intents: Annotated[
        list[IntentEntry], Field(max_length=1000), BeforeValidator(lambda given: [] if given is None else given)
    ] = Field(default_factory=list)


def _none_for_zero(given: object) -> object:
    return None if given == 0 and given is not False else given


class ModuleCaps(StrictModel):
    """The most that a tenant's attempts of modules may have. They cut a module's own limits; 0 is no cap."""

    memory: Annotated[MemoryBytes | None, BeforeValidator(_none_for_zero)] = None
    fuel: Annotated[int, Field(ge=0, le=10**15)] = 0
    timeout_ms: Annotated[int, Field(ge=0, le=3_600_000)] = 0
    concurrency: Annotated[int, Field(ge=0, le=10_000)] = 0

    def caps(self) -> Caps:
        """As the rest of AION knows them."""
        return Caps(self.memory or 0, self.fuel, timedelta(milliseconds=self.timeout_ms), self.concurrency)


class Defaults(StrictModel):
    """What holds for every tenant of whom nothing else is said: what an unset privacy means, and caps of modules."""

    privacy: Annotated[Privacy, Field(strict=False)] = Privacy.LOCAL_ONLY
    modules: ModuleCaps = ModuleCaps()


class TenantPolicy(StrictModel):
    """The same for one tenant. What is not said is as in the defaults; `modules` is taken whole."""

    privacy: Annotated[Privacy | None, Field(strict=False)] = None
    modules: ModuleCaps | None = None


class IntentPolicy(StrictModel):
    """What the operator decided for one intent, for everyone."""

    pin: EngineReference


class PoliciesFile(StrictModel):
    """`policies.yml`."""

    defaults: Defaults = Defaults()
    tenants: Annotated[dict[TenantName, TenantPolicy], Field(max_length=100_000)] = Field(default_factory=dict)
    intents: dict[IntentName, IntentPolicy] = Field(default_factory=dict)

    def privacy_of(self, tenant: str) -> Privacy:
        """What an unset privacy means for this tenant."""
        own = self.tenants.get(tenant)
        return own.privacy if own and own.privacy else self.defaults.privacy

    def caps_of(self, tenant: str) -> Caps:
        """What this tenant may have of a module."""
        own = self.tenants.get(tenant)
        return (own.modules if own and own.modules else self.defaults.modules).caps()

    @property
    def cap_fuel(self) -> bool:
        """Whether somebody's fuel is capped, so that every module must count it."""
        own = [tenant.modules for tenant in self.tenants.values() if tenant.modules]
        return any(caps.fuel for caps in (self.defaults.modules, *own))


class ModelEntry(StrictModel):
    """One model at a provider. `cost_micros` is what an attempt is expected to cost, `p95_ms` how long it
    takes.

    `p95_ms` counts until enough attempts were measured.
    """

    name: ModelName
    provider: ModuleName
    route: Annotated[Route, Field(strict=False)]
    cost_micros: Annotated[int, Field(ge=0, le=MAX_BUDGET_MICROS)] = 0
    p95_ms: Annotated[int, Field(ge=1, le=3_600_000)] | None = None
    required_scope: ScopeName | None = None

    @model_validator(mode="after")
    def _money_is_spent_at_providers(self) -> Self:
        if self.route is Route.API and "cost_micros" not in self.model_fields_set:
            raise ValueError(
                "needs cost_micros: a model behind an API costs money; write the micro-dollars of an attempt, or 0"
            )
        return self

    @property
    def p95(self) -> timedelta | None:
        """The declared latency."""
        return None if self.p95_ms is None else timedelta(milliseconds=self.p95_ms)


class ModelsFile(StrictModel):
    """`models.yml`."""

    models: Annotated[list[ModelEntry], Field(max_length=1000)] = Field(default_factory=list)
