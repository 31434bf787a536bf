// Generated from proto/ by `make generate`: do not edit.
//
// Tasks that a clock submits.

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { checkMembers, namesByNumber, numberOf, readDate, readMs, writeDate, writeMs } from "../convert.js";
import { TaskRequestSchema } from "../gen/aion/v1/tasks_pb.js";
import { type TaskSpec, writeTaskSpec } from "../spec.js";
import { readTaskRequest, type TaskRequest } from "./tasks.js";
import * as wire from "../gen/aion/v1/schedules_pb.js";

/**
 * What happens to times that passed while nobody could fire: AION was down, or the schedule's turn came late. A value
 * that a newer server added reads as `UNKNOWN`.
 *
 * - `UNSPECIFIED`: Means LATEST.
 * - `LATEST`: The latest missed time fires once, the others are skipped.
 * - `ALL`: Every missed time within `catchUpWindowMs` fires, oldest first.
 * - `NONE`: Missed times are skipped.
 */
export type CatchUp = "UNKNOWN" | "UNSPECIFIED" | "LATEST" | "ALL" | "NONE";

const CATCH_UP_NUMBERS: Record<Exclude<CatchUp, "UNKNOWN">, wire.CatchUp> = {
  UNSPECIFIED: wire.CatchUp.UNSPECIFIED,
  LATEST: wire.CatchUp.LATEST,
  ALL: wire.CatchUp.ALL,
  NONE: wire.CatchUp.NONE,
};
const CATCH_UP_NAMES = namesByNumber(CATCH_UP_NUMBERS);

/** @internal */
export function readCatchUp(value: wire.CatchUp): CatchUp {
  return CATCH_UP_NAMES.get(value) ?? "UNKNOWN";
}

/** @internal */
export function writeCatchUp(value: CatchUp, field: string): wire.CatchUp {
  return numberOf(field, CATCH_UP_NUMBERS, value);
}

/**
 * What happens when the task of the time before has not ended. A value that a newer server added reads as `UNKNOWN`.
 *
 * - `UNSPECIFIED`: Means SKIP.
 * - `SKIP`: This time is skipped.
 * - `ALLOW`: Both run.
 * - `CANCEL`: The task of the time before is canceled, this one is submitted.
 */
export type Overlap = "UNKNOWN" | "UNSPECIFIED" | "SKIP" | "ALLOW" | "CANCEL";

const OVERLAP_NUMBERS: Record<Exclude<Overlap, "UNKNOWN">, wire.Overlap> = {
  UNSPECIFIED: wire.Overlap.UNSPECIFIED,
  SKIP: wire.Overlap.SKIP,
  ALLOW: wire.Overlap.ALLOW,
  CANCEL: wire.Overlap.CANCEL,
};
const OVERLAP_NAMES = namesByNumber(OVERLAP_NUMBERS);

/** @internal */
export function readOverlap(value: wire.Overlap): Overlap {
  return OVERLAP_NAMES.get(value) ?? "UNKNOWN";
}

/** @internal */
export function writeOverlap(value: Overlap, field: string): wire.Overlap {
  return numberOf(field, OVERLAP_NUMBERS, value);
}

/** A task that is submitted again and again. */
export interface Schedule {
  /**
   * Its id, unique for the tenant. It must be set to create one; in an update it may be empty, or equal to the
   * request's.
   */
  readonly scheduleId: string;
  /**
   * When: five cron fields (minute, hour, day of month, month, day of week) such as `30 6 * * MON-FRI`, or `@hourly`,
   * `@daily`, `@weekly`, `@monthly`, `@yearly`; or a span such as `@every 90s` (s, m, h, d), whose times are its whole
   * multiples since 1970 in UTC. Beyond what every cron has, `L` as day of month is the last one and `LW` the last
   * weekday; a day of week may be the last or the nth of its month: `5L` is the last Friday, `MON#1` the first Monday.
   */
  readonly cron: string;
  /**
   * The IANA time zone that `cron` is read in, such as `Europe/Paris`; empty means UTC. A wall-clock time that a change
   * to summer time skips fires when the clocks have changed; one that the change back repeats fires once.
   */
  readonly timeZone: string;
  /** What is submitted. `taskId`, `requestId`, `waitMs`, `expireTime`, `notBefore` and `validateOnly` must be unset. */
  readonly task: TaskRequest;
  /** What happens to missed times. */
  readonly catchUp: CatchUp;
  /**
   * How far back missed times are looked for, at least the ten seconds within which a time is not missed; unset means
   * one hour.
   */
  readonly catchUpWindowMs: number | null;
  /** What happens when the task of the time before has not ended. */
  readonly overlap: Overlap;
  /** It fires nothing while it is paused. */
  readonly paused: boolean;
  /** A word to people on why it is paused. */
  readonly pauseNote: string;
  /** It fires only from this time on; unset: at once. */
  readonly startTime: Date | null;
  /** It fires only before this time; unset: for ever. */
  readonly endTime: Date | null;
  /** Output: when it was made. */
  readonly createTime: Date | null;
  /** Output: when it was last changed by a client. */
  readonly updateTime: Date | null;
  /** Output: when it fires next; unset while it is paused or when it is over. */
  readonly nextFireTime: Date | null;
  /** Output: the time that fired last. */
  readonly lastFireTime: Date | null;
  /** Output: the task that was submitted last. */
  readonly lastTaskId: string;
  /** Output: how many tasks it has submitted. */
  readonly fired: number;
  /** Output: how many times were skipped, by overlap, by catch-up or because the submission was refused. */
  readonly skipped: number;
  /** Output: why the last time did not become a task; empty when it did. */
  readonly lastRefusal: string;
  /** Grows with every change by a client; an update that names an older one is refused (AIP-154). */
  readonly etag: string;
}

/** @internal */
export function readSchedule(message: wire.Schedule): Schedule {
  return {
    scheduleId: message.scheduleId,
    cron: message.cron,
    timeZone: message.timeZone,
    task: readTaskRequest(message.task ?? create(TaskRequestSchema)),
    catchUp: readCatchUp(message.catchUp),
    catchUpWindowMs: message.catchUpWindow === undefined ? null : readMs(message.catchUpWindow),
    overlap: readOverlap(message.overlap),
    paused: message.paused,
    pauseNote: message.pauseNote,
    startTime: message.startTime === undefined ? null : readDate(message.startTime),
    endTime: message.endTime === undefined ? null : readDate(message.endTime),
    createTime: message.createTime === undefined ? null : readDate(message.createTime),
    updateTime: message.updateTime === undefined ? null : readDate(message.updateTime),
    nextFireTime: message.nextFireTime === undefined ? null : readDate(message.nextFireTime),
    lastFireTime: message.lastFireTime === undefined ? null : readDate(message.lastFireTime),
    lastTaskId: message.lastTaskId,
    fired: Number(message.fired),
    skipped: Number(message.skipped),
    lastRefusal: message.lastRefusal,
    etag: message.etag,
  };
}

/** A task that is submitted again and again. */
export interface ScheduleInput {
  /**
   * Its id, unique for the tenant. It must be set to create one; in an update it may be empty, or equal to the
   * request's.
   */
  scheduleId: string;
  /**
   * When: five cron fields (minute, hour, day of month, month, day of week) such as `30 6 * * MON-FRI`, or `@hourly`,
   * `@daily`, `@weekly`, `@monthly`, `@yearly`; or a span such as `@every 90s` (s, m, h, d), whose times are its whole
   * multiples since 1970 in UTC. Beyond what every cron has, `L` as day of month is the last one and `LW` the last
   * weekday; a day of week may be the last or the nth of its month: `5L` is the last Friday, `MON#1` the first Monday.
   */
  cron: string;
  /**
   * The IANA time zone that `cron` is read in, such as `Europe/Paris`; empty means UTC. A wall-clock time that a change
   * to summer time skips fires when the clocks have changed; one that the change back repeats fires once.
   */
  timeZone?: string | undefined;
  /** What is submitted. `taskId`, `requestId`, `waitMs`, `expireTime`, `notBefore` and `validateOnly` must be unset. */
  task: TaskSpec;
  /** What happens to missed times. */
  catchUp?: CatchUp | undefined;
  /**
   * How far back missed times are looked for, at least the ten seconds within which a time is not missed; unset means
   * one hour.
   */
  catchUpWindowMs?: number | null | undefined;
  /** What happens when the task of the time before has not ended. */
  overlap?: Overlap | undefined;
  /** It fires nothing while it is paused. */
  paused?: boolean | undefined;
  /** A word to people on why it is paused. */
  pauseNote?: string | undefined;
  /** It fires only from this time on; unset: at once. */
  startTime?: Date | null | undefined;
  /** It fires only before this time; unset: for ever. */
  endTime?: Date | null | undefined;
  /** Grows with every change by a client; an update that names an older one is refused (AIP-154). */
  etag?: string | undefined;
}

/** @internal */
export const SCHEDULE_MEMBERS = [
  "scheduleId",
  "cron",
  "timeZone",
  "task",
  "catchUp",
  "catchUpWindowMs",
  "overlap",
  "paused",
  "pauseNote",
  "startTime",
  "endTime",
  "createTime",
  "updateTime",
  "nextFireTime",
  "lastFireTime",
  "lastTaskId",
  "fired",
  "skipped",
  "lastRefusal",
  "etag",
];

/** @internal */
export function writeSchedule(input: ScheduleInput): MessageInitShape<typeof wire.ScheduleSchema> {
  checkMembers("schedule", input, SCHEDULE_MEMBERS);
  return {
    scheduleId: input.scheduleId,
    cron: input.cron,
    timeZone: input.timeZone,
    task: writeTaskSpec(input.task),
    catchUp: input.catchUp === undefined ? undefined : writeCatchUp(input.catchUp, "catch_up"),
    catchUpWindow: input.catchUpWindowMs == null ? undefined : writeMs(input.catchUpWindowMs, "catch_up_window"),
    overlap: input.overlap === undefined ? undefined : writeOverlap(input.overlap, "overlap"),
    paused: input.paused,
    pauseNote: input.pauseNote,
    startTime: input.startTime == null ? undefined : writeDate(input.startTime, "start_time"),
    endTime: input.endTime == null ? undefined : writeDate(input.endTime, "end_time"),
    etag: input.etag,
  };
}
