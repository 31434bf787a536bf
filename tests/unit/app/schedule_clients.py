"""Those who define and trigger schedules, and a desk whose catalogue has what they schedule."""

from contextlib import asynccontextmanager

from aion.adapters.cron import CronCalendar
from aion.app.usecases.deciding import Decider
from aion.app.usecases.schedules import CreateSchedule, DefinitionCheck, TriggerSchedule, UpdateSchedule
from aion.app.usecases.submit_task import AcceptTask
from aion.domain.identity import Caller, Identity
from aion.ports.schedule_usecases import ScheduleCommand
from tests.manual_clock import CountingEntropy
from tests.sample_schedules import definition
from tests.unit.app.schedule_desk import schedule_desk
from tests.unit.catalog.operators import Operator


def check(desk):
    """The check over all that would accept the task: store, catalogue, decision."""
    catalog = desk.catalog
    accept = AcceptTask(
        desk.store, catalog, Decider(catalog), desk.clock, CountingEntropy(), None, max_pending=0, observe=_accepted
    )
    return DefinitionCheck(accept, CronCalendar())


def _accepted(task):
    raise AssertionError(f"{task.task_id} was accepted")


def caller(tenant="acme", principal="service", scopes=("intent:*:run", "tasks:write")):
    return Caller(Identity(tenant, principal, frozenset(scopes)), "request-1")


def command(schedule_id="nightly", etag="", mark=b"mark", **changes):
    return ScheduleCommand(schedule_id, definition(**changes), mark, etag)


@asynccontextmanager
async def desk_with_a_catalog(folder):
    """A desk, and its catalogue in this folder: `summarize` by a module, `ask` by a model."""
    operator = Operator(folder)
    operator.install()
    operator.write("models.yml", "models: [{name: m, provider: p, route: api, cost_micros: 9}]\n")
    operator.write("any.json", '{"type": "object"}')
    operator.write(
        "intents.yml",
        "intents:\n- {name: summarize}\n- {name: ask, engines: [m], schema: {input: any.json, output: any.json}}\n",
    )
    async with schedule_desk() as opened:
        opened.catalog = operator.load()
        yield opened


def creates(desk, most=10):
    return CreateSchedule(desk.store.schedules, check(desk), desk.clock, CountingEntropy(), most)


def updates(desk):
    return UpdateSchedule(desk.store.schedules, check(desk), desk.clock)


def triggers(desk):
    return TriggerSchedule(desk.store.schedules, desk.submit)
