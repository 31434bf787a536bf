/** Everything that can be done with schedules. */

import { create } from "@bufbuild/protobuf";
import type { Answer } from "./answers.js";
import type { Calls } from "./calls.js";
import { readSchedule, type Schedule, type ScheduleInput, writeSchedule } from "./contract/schedules.js";
import { readTask, type Task } from "./contract/tasks.js";
import { ScheduleSchema, ScheduleService, type Schedule as WireSchedule } from "./gen/aion/v1/schedules_pb.js";
import { TaskResultSchema } from "./gen/aion/v1/tasks_pb.js";
import type { CallOptions } from "./options.js";
import { type ListOptions, Pages, pageSizeOf } from "./pages.js";

/** How a schedule is triggered. */
export interface TriggerOptions extends CallOptions {
  /** Idempotency key: the same key gives the same task, for 24 hours. One is made when none is given. */
  requestId?: string | undefined;
}

/** Make, read, change, pause, trigger and delete schedules. */
export class Schedules {
  readonly #calls: Calls;

  /** @internal */
  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /** Makes a schedule; the same id with the same content is the same schedule. */
  create(schedule: ScheduleInput, options: CallOptions = {}): Answer<Schedule> {
    const request = () => ({ schedule: writeSchedule(schedule) });
    return this.#calls.unary(ScheduleService.method.createSchedule, request, options, stored);
  }

  /** Reads a schedule. Throws NotFound. */
  get(scheduleId: string, options: CallOptions = {}): Answer<Schedule> {
    return this.#calls.unary(ScheduleService.method.getSchedule, { scheduleId }, options, stored);
  }

  /** Iterate over the schedules, by id. */
  list(query: ListOptions = {}, options: CallOptions = {}): Pages<Schedule> {
    const read = async (pageToken: string) => {
      const request = { pageSize: pageSizeOf(query), pageToken };
      return await this.#calls.unary(ScheduleService.method.listSchedules, request, options, (page) => ({
        items: page.schedules.map(readSchedule),
        nextPageToken: page.nextPageToken,
      }));
    };
    return new Pages(read, query.limit);
  }

  /**
   * Replaces the schedule of that id. Throws ChangedMeanwhile when its `etag` is no longer the stored one. With an `etag`
   * it is not sent again when its outcome is unknown: its own change would refuse it. Read it then.
   */
  update(schedule: ScheduleInput, options: CallOptions = {}): Answer<Schedule> {
    const request = () => ({ scheduleId: schedule.scheduleId, schedule: writeSchedule(schedule) });
    return this.#calls.unary(ScheduleService.method.updateSchedule, request, options, stored, schedule.etag ?? "");
  }

  /** Stops it from firing; `note` says why. */
  pause(scheduleId: string, note = "", options: CallOptions = {}): Answer<Schedule> {
    return this.#calls.unary(ScheduleService.method.pauseSchedule, { scheduleId, note }, options, stored);
  }

  /** Lets it fire again; what passed while it was paused is skipped. */
  resume(scheduleId: string, options: CallOptions = {}): Answer<Schedule> {
    return this.#calls.unary(ScheduleService.method.resumeSchedule, { scheduleId }, options, stored);
  }

  /** Submits its task now, whatever its times, pause and overlap say. */
  trigger<Result = unknown>(scheduleId: string, options: TriggerOptions = {}): Answer<Task<Result>> {
    const { requestId = "", ...rest } = options;
    return this.#calls.unary(ScheduleService.method.triggerSchedule, { scheduleId, requestId }, rest, ({ task }) =>
      readTask<Result>(task ?? create(TaskResultSchema)),
    );
  }

  /** Deletes it; its tasks stay. Throws NotFound. */
  delete(scheduleId: string, options: CallOptions = {}): Answer<void> {
    return this.#calls.unary(ScheduleService.method.deleteSchedule, { scheduleId }, options, () => undefined);
  }
}

function stored({ schedule }: { readonly schedule?: WireSchedule | undefined }): Schedule {
  return readSchedule(schedule ?? create(ScheduleSchema));
}
