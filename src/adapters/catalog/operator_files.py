"""The three files that an operator writes: `intents.yml`, `policies.yml` and `models.yml`.

A file that is not there says nothing, which is allowed. docs/reference-manifests.md explains each field.
"""

from datetime import timedelta
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from aion.adapters.catalog.names import IntentName, ModelName, ModuleName, ScopeName, TenantName
from aion.adapters.catalog.quantities import Expiry
from aion.adapters.catalog.strict_models import Distinct, SchemaFiles, StrictModel
from aion.domain.money import MAX_BUDGET_MICROS
from aion.domain.routing import Privacy, Route

DEFAULT_EXPIRY: Final = timedelta(seconds=60)

EngineReference = Annotated[str, Field(min_length=1, max_length=128)]


class IntentEntry(StrictModel):
    """One intent. Without `engines` every module that names the intent serves it; with it, exactly those.

    An `optional` one is not offered while none of its engines is installed; any other is then a mistake.
    """

    name: IntentName
    description: Annotated[str, Field(max_length=1000)] = ""
    engines: Annotated[list[EngineReference], Field(max_length=64), Distinct] = Field(default_factory=list)
    default_expiry: Expiry = DEFAULT_EXPIRY
    schema_files: Annotated[SchemaFiles | None, Field(alias="schema")] = None
    optional: bool = False


class IntentsFile(StrictModel):
    """`intents.yml`."""

    intents: Annotated[list[IntentEntry], Field(max_length=1000)] = Field(default_factory=list)


class PrivacyChoice(StrictModel):
    """What an unset privacy means."""

    privacy: Annotated[Privacy, Field(strict=False)] = Privacy.LOCAL_ONLY


class IntentPolicy(StrictModel):
    """What the operator decided for one intent, for everyone."""

    pin: EngineReference


class PoliciesFile(StrictModel):
    """`policies.yml`."""

    defaults: PrivacyChoice = PrivacyChoice()
    tenants: Annotated[dict[TenantName, PrivacyChoice], Field(max_length=100_000)] = Field(default_factory=dict)
    intents: dict[IntentName, IntentPolicy] = Field(default_factory=dict)


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
