"""The handlers of ScheduleService: decode, call the use case, encode."""

from dataclasses import dataclass
from typing import cast

from aion.adapters.rpc import task_messages
from aion.adapters.rpc.call import Admitted
from aion.adapters.rpc.schedule_messages import to_message, to_new, to_update
from aion.ports.usecases import UseCases
from aion.v1 import schedules_pb2


@dataclass(frozen=True, slots=True)
class ScheduleHandlers:
    """One method an RPC."""

    use_cases: UseCases

    async def create(self, call: Admitted) -> schedules_pb2.CreateScheduleResponse:
        """CreateSchedule."""
        command = to_new(cast("schedules_pb2.CreateScheduleRequest", call.request))
        schedule = await self.use_cases.schedules.create(call.caller, command)
        return schedules_pb2.CreateScheduleResponse(schedule=to_message(schedule))

    async def get(self, call: Admitted) -> schedules_pb2.GetScheduleResponse:
        """GetSchedule."""
        request = cast("schedules_pb2.GetScheduleRequest", call.request)
        schedule = await self.use_cases.schedules.get(call.caller, request.schedule_id)
        return schedules_pb2.GetScheduleResponse(schedule=to_message(schedule))

    async def list(self, call: Admitted) -> schedules_pb2.ListSchedulesResponse:
        """ListSchedules."""
        request = cast("schedules_pb2.ListSchedulesRequest", call.request)
        page = await self.use_cases.schedules.list(call.caller, request.page_size, request.page_token)
        return schedules_pb2.ListSchedulesResponse(
            schedules=[to_message(schedule) for schedule in page.schedules], next_page_token=page.next_page_token
        )

    async def update(self, call: Admitted) -> schedules_pb2.UpdateScheduleResponse:
        """UpdateSchedule."""
        command = to_update(cast("schedules_pb2.UpdateScheduleRequest", call.request))
        schedule = await self.use_cases.schedules.update(call.caller, command)
        return schedules_pb2.UpdateScheduleResponse(schedule=to_message(schedule))

    async def pause(self, call: Admitted) -> schedules_pb2.PauseScheduleResponse:
        """PauseSchedule."""
        request = cast("schedules_pb2.PauseScheduleRequest", call.request)
        schedule = await self.use_cases.schedules.pause(call.caller, request.schedule_id, request.note)
        return schedules_pb2.PauseScheduleResponse(schedule=to_message(schedule))

    async def resume(self, call: Admitted) -> schedules_pb2.ResumeScheduleResponse:
        """ResumeSchedule."""
        request = cast("schedules_pb2.ResumeScheduleRequest", call.request)
        schedule = await self.use_cases.schedules.resume(call.caller, request.schedule_id)
        return schedules_pb2.ResumeScheduleResponse(schedule=to_message(schedule))

    async def trigger(self, call: Admitted) -> schedules_pb2.TriggerScheduleResponse:
        """TriggerSchedule."""
        request = cast("schedules_pb2.TriggerScheduleRequest", call.request)
        submitted = await self.use_cases.schedules.trigger(call.caller, request.schedule_id, request.request_id)
        return schedules_pb2.TriggerScheduleResponse(
            task=task_messages.to_message(submitted.task, replayed=submitted.replayed)
        )

    async def delete(self, call: Admitted) -> schedules_pb2.DeleteScheduleResponse:
        """DeleteSchedule."""
        request = cast("schedules_pb2.DeleteScheduleRequest", call.request)
        await self.use_cases.schedules.delete(call.caller, request.schedule_id)
        return schedules_pb2.DeleteScheduleResponse()
