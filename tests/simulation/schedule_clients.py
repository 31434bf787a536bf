"""What clients do with schedules in a simulated world: make, pause, resume and trigger them."""

from aion.domain.errors import Exhausted, ScheduleNotFound
from aion.domain.schedules import CatchUp, Definition, Overlap, TaskTemplate
from aion.ports.schedule_usecases import ScheduleCommand
from tests.simulation.asking import TENANTS, Asker, GaveUp
from tests.simulation.catalogue import INTENTS
from tests.simulation.clients import Action


class ScheduleClients:
    """Clients that have a clock submit. `made` holds the schedules whose making was answered."""

    def __init__(self, asker: Asker) -> None:
        self.made: dict[tuple[str, str], None] = {}
        self._asker = asker
        self._chance = asker.chance
        self._wanted: dict[tuple[str, str], None] = {}

    def actions(self) -> dict[Action, float]:
        """What a client may do next, and how often it does."""
        return {self.make: 4, self.change: 3}

    async def make(self) -> None:
        tenant, schedule_id = key = self._chance.one_of(TENANTS), f"every-{self._chance.whole(1, 2)}"
        if key in self._wanted:
            return
        self._wanted[key] = None
        definition = Definition(
            f"@every {self._chance.whole(2, 5)}s",
            TaskTemplate(self._chance.one_of(INTENTS), {"text": "on time"}),
            overlap=self._chance.one_of(tuple(Overlap)),
            catch_up=self._chance.one_of(tuple(CatchUp)),
        )
        command = ScheduleCommand(schedule_id, definition, schedule_id.encode())
        try:
            await self._asker.ask(tenant, lambda server, caller: server.create_schedule(caller, command))
        except GaveUp:
            return
        self.made[key] = None

    async def change(self) -> None:
        if not self.made:
            return
        tenant, schedule_id = self._chance.one_of(tuple(self.made))
        trigger = self._asker.name("trigger")
        try:
            match self._chance.one_of(("pause", "resume", "trigger")):
                case "pause":
                    await self._pause(tenant, schedule_id)
                case "resume":
                    await self._asker.ask(tenant, lambda server, caller: server.resume_schedule(caller, schedule_id))
                case _:
                    await self._asker.ask(
                        tenant, lambda server, caller: server.trigger_schedule(caller, schedule_id, trigger)
                    )
        except (Exhausted, GaveUp):
            return

    async def pause_all(self) -> None:
        """Ends the firing, so that a world can come to rest."""
        for tenant, schedule_id in self._wanted:
            try:
                await self._pause(tenant, schedule_id)
            except ScheduleNotFound:
                if (tenant, schedule_id) in self.made:
                    self._asker.history.wrong.append(f"the schedule {schedule_id} of {tenant} is gone")

    async def _pause(self, tenant: str, schedule_id: str) -> None:
        await self._asker.ask(tenant, lambda server, caller: server.pause_schedule(caller, schedule_id, "a rest"))
