"""What inputs and results must fit, by intent and by the engine that was chosen.

Schemas that the operator named in `intents.yml` hold for all engines of the intent. Else an input must fit the intent,
which has the schema of its first module, and the chosen module as well; a result is judged by the schema of the module
that made it. So versions with different schemas can stand side by side.
"""

from collections.abc import Iterable, Mapping
from functools import partial

from aion.adapters.catalog.binding import BoundIntent
from aion.adapters.catalog.packages import AgentPackage
from aion.adapters.catalog.schemas import CompiledSchema
from aion.ports.catalog import JudgeResult

_SHOWN = 5


class Contracts:
    """The schemas of one catalogue, ready to be asked for every task."""

    def __init__(self, bound: Mapping[str, BoundIntent], packages: Iterable[AgentPackage]) -> None:
        known = {package.engine: package for package in packages}
        self._of_modules: dict[str, JudgeResult] = {
            engine: partial(_problem, package.output_schema)
            for engine, package in known.items()
            if package.output_schema is not None
        }
        self._of_intents: dict[str, tuple[JudgeResult, bool]] = {
            name: (partial(_problem, intent.output_schema), intent.by_operator) for name, intent in bound.items()
        }
        self._pairs = [(name, engine.name) for name, intent in bound.items() for engine in intent.engines]
        self._inputs: dict[tuple[str, str], CompiledSchema] = {}
        for name, engine in self._pairs:
            own = known[engine].input_schema if engine in known else None
            if own is not None and not bound[name].by_operator and own.text != bound[name].input_schema.text:
                self._inputs[name, engine] = own

    def own_input(self, intent: str, engine: str) -> CompiledSchema | None:
        """What an input must fit besides the intent's schema, because this engine takes something else."""
        return self._inputs.get((intent, engine))

    def judge(self, intent: str, engine: str) -> JudgeResult | None:
        """What a result of this engine must fit; None when neither intent nor engine is known."""
        of_intent, by_operator = self._of_intents.get(intent, (None, False))
        return of_intent if by_operator else self._of_modules.get(engine, of_intent)

    def judges(self) -> dict[tuple[str, str], JudgeResult]:
        """The same for each engine of each intent."""
        return {pair: judge for pair in self._pairs if (judge := self.judge(*pair)) is not None}


def _problem(schema: CompiledSchema, document_json: str) -> str | None:
    violations = schema.violations(document_json, "result")
    return "; ".join(f"{found.field} {found.description}" for found in violations[:_SHOWN]) or None
