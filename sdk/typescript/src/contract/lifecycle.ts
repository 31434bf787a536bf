// Generated from proto/ by `make generate`: do not edit.
//
// The states of a task and of its attempts.

import { namesByNumber, numberOf, readDate } from "../convert.js";
import * as wire from "../gen/aion/v1/lifecycle_pb.js";

/**
 * Where a task is in its life. PENDING -> RUNNING -> OK | ERROR | TIMEOUT | CANCELED; RUNNING -> PENDING when a lease
 * is lost or the attempt is retried. A terminal state never changes. A value that a newer server added reads as
 * `UNKNOWN`.
 *
 * - `PENDING`: Accepted durably, waits for a worker.
 * - `RUNNING`: A worker holds its lease.
 * - `OK`: Ended with a result.
 * - `ERROR`: Ended with an error.
 * - `TIMEOUT`: Ended because a time limit passed.
 * - `CANCELED`: Ended because somebody canceled it.
 */
export type TaskState = "UNKNOWN" | "PENDING" | "RUNNING" | "OK" | "ERROR" | "TIMEOUT" | "CANCELED";

const TASK_STATE_NUMBERS: Record<Exclude<TaskState, "UNKNOWN">, wire.TaskState> = {
  PENDING: wire.TaskState.PENDING,
  RUNNING: wire.TaskState.RUNNING,
  OK: wire.TaskState.OK,
  ERROR: wire.TaskState.ERROR,
  TIMEOUT: wire.TaskState.TIMEOUT,
  CANCELED: wire.TaskState.CANCELED,
};
const TASK_STATE_NAMES = namesByNumber(TASK_STATE_NUMBERS);

/** @internal */
export function readTaskState(value: wire.TaskState): TaskState {
  return TASK_STATE_NAMES.get(value) ?? "UNKNOWN";
}

/** @internal */
export function writeTaskState(value: TaskState, field: string): wire.TaskState {
  return numberOf(field, TASK_STATE_NUMBERS, value);
}

/**
 * How one attempt ended. A value that a newer server added reads as `UNKNOWN`.
 *
 * - `RUNNING`: It runs.
 * - `OK`: The engine answered with a valid result.
 * - `FAILED`: The work failed.
 * - `TIMEOUT`: The work passed its time limit.
 * - `CANCELED`: It was canceled.
 * - `LOST`: The host or the lease was lost; says nothing about the work.
 */
export type AttemptOutcome = "UNKNOWN" | "RUNNING" | "OK" | "FAILED" | "TIMEOUT" | "CANCELED" | "LOST";

const ATTEMPT_OUTCOME_NUMBERS: Record<Exclude<AttemptOutcome, "UNKNOWN">, wire.AttemptOutcome> = {
  RUNNING: wire.AttemptOutcome.RUNNING,
  OK: wire.AttemptOutcome.OK,
  FAILED: wire.AttemptOutcome.FAILED,
  TIMEOUT: wire.AttemptOutcome.TIMEOUT,
  CANCELED: wire.AttemptOutcome.CANCELED,
  LOST: wire.AttemptOutcome.LOST,
};
const ATTEMPT_OUTCOME_NAMES = namesByNumber(ATTEMPT_OUTCOME_NUMBERS);

/** @internal */
export function readAttemptOutcome(value: wire.AttemptOutcome): AttemptOutcome {
  return ATTEMPT_OUTCOME_NAMES.get(value) ?? "UNKNOWN";
}

/** @internal */
export function writeAttemptOutcome(value: AttemptOutcome, field: string): wire.AttemptOutcome {
  return numberOf(field, ATTEMPT_OUTCOME_NUMBERS, value);
}

/** One try to run a task in one engine. */
export interface Attempt {
  /** 1 for the first. */
  readonly number: number;
  /** The candidate that ran it, such as `module:summarize@1.0.0`. */
  readonly engine: string;
  /** How it ended. */
  readonly outcome: AttemptOutcome;
  /** When a worker took it. */
  readonly startTime: Date | null;
  /** When it ended; unset while it runs. */
  readonly endTime: Date | null;
  /** The reason of its failure (a name of ErrorReason without its prefix); empty when it did not fail. */
  readonly errorCode: string;
  /** What happened, for people. */
  readonly errorMessage: string;
  /** WASM fuel that it burnt, about one unit per instruction; 0 when the engine has none. */
  readonly fuel: number;
  /**
   * Digest of the bytes that ran, `sha256:` and 64 hex digits, known when the attempt ends, and from its beginning when
   * the task is pinned to it; empty when nobody said it: the engine has none, or its worker was lost.
   */
  readonly digest: string;
}

/** @internal */
export function readAttempt(message: wire.Attempt): Attempt {
  return {
    number: message.number,
    engine: message.engine,
    outcome: readAttemptOutcome(message.outcome),
    startTime: message.startTime === undefined ? null : readDate(message.startTime),
    endTime: message.endTime === undefined ? null : readDate(message.endTime),
    errorCode: message.errorCode,
    errorMessage: message.errorMessage,
    fuel: Number(message.fuel),
    digest: message.digest,
  };
}
