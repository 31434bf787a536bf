// Generated from proto/ by `make generate`: do not edit.
//
// AION's task contract: what a client asks for, under which promise, and what came of it.

import { type MessageInitShape } from "@bufbuild/protobuf";
import { checkMembers, readDate, readJson, readMs, writeDate, writeMap, writeMs } from "../convert.js";
import { readSla, type Sla, type SlaInput, writeSla } from "../sla.js";
import { type Decision, readDecision } from "./decisions.js";
import { type Attempt, readAttempt, readTaskState, type TaskState } from "./lifecycle.js";
import * as wire from "../gen/aion/v1/tasks_pb.js";

/** A task that a client asks AION to run. */
export interface TaskRequest {
  /** The task's id, unique for the tenant; AION makes a UUIDv7 when it is empty. */
  readonly taskId: string;
  /** What to do, such as `summarize`. */
  readonly intent: string;
  /** The intent's input, as strings. Either this or `paramsJson`. */
  readonly params: Readonly<Record<string, string>>;
  /**
   * An engine to prefer among the eligible ones, such as `module:summarize@1.0.0`. `module:NAME@sha256:HEX`, with the
   * 64 hex digits of a module's digest, is more than a wish: the task runs these bytes or none.
   */
  readonly preferredEngine: string;
  /** `low`, `normal` or `high`; empty means `normal`. */
  readonly priority: "low" | "normal" | "high" | (string & {});
  /** The promise under which the task runs. */
  readonly sla: Sla | null;
  /** Labels that AION keeps and returns. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The intent's input as one JSON object. Either this or `params`. */
  readonly paramsJson: string;
  /** After this time the task ends TIMEOUT, queued or running; by default the intent says how long. */
  readonly expireTime: Date | null;
  /** Idempotency key (AIP-155): the same key and the same request give the same task, for 24 hours. */
  readonly requestId: string;
  /** How long to wait for the end before answering, at most 60 s; the answer is the task in its state at that time. */
  readonly waitMs: number | null;
  /** The task does not start before this time; it is accepted and waits. */
  readonly notBefore: Date | null;
  /**
   * How long the task may wait for its first attempt, from acceptance or from `notBefore`; then it ends TIMEOUT with
   * QUEUE_EXPIRED. Unset: until `expireTime`.
   */
  readonly maxQueueTimeMs: number | null;
  /** Check and decide as always, and accept nothing (AIP-163): the answer shows the decision and has no state. */
  readonly validateOnly: boolean;
}

/** @internal */
export function readTaskRequest(message: wire.TaskRequest): TaskRequest {
  return {
    taskId: message.taskId,
    intent: message.intent,
    params: { ...message.params },
    preferredEngine: message.preferredEngine,
    priority: message.priority,
    sla: message.sla === undefined ? null : readSla(message.sla),
    metadata: { ...message.metadata },
    paramsJson: message.paramsJson,
    expireTime: message.expireTime === undefined ? null : readDate(message.expireTime),
    requestId: message.requestId,
    waitMs: message.wait === undefined ? null : readMs(message.wait),
    notBefore: message.notBefore === undefined ? null : readDate(message.notBefore),
    maxQueueTimeMs: message.maxQueueTime === undefined ? null : readMs(message.maxQueueTime),
    validateOnly: message.validateOnly,
  };
}

/** A task that a client asks AION to run. */
export interface TaskRequestInput {
  /** The task's id, unique for the tenant; AION makes a UUIDv7 when it is empty. */
  taskId?: string | undefined;
  /** What to do, such as `summarize`. */
  intent: string;
  /** The intent's input, as strings. Either this or `paramsJson`. */
  params?: Readonly<Record<string, string>> | undefined;
  /**
   * An engine to prefer among the eligible ones, such as `module:summarize@1.0.0`. `module:NAME@sha256:HEX`, with the
   * 64 hex digits of a module's digest, is more than a wish: the task runs these bytes or none.
   */
  preferredEngine?: string | undefined;
  /** `low`, `normal` or `high`; empty means `normal`. */
  priority?: "low" | "normal" | "high" | (string & {}) | undefined;
  /** The promise under which the task runs. */
  sla?: SlaInput | null | undefined;
  /** Labels that AION keeps and returns. */
  metadata?: Readonly<Record<string, string>> | undefined;
  /** The intent's input as one JSON object. Either this or `params`. */
  paramsJson?: string | undefined;
  /** After this time the task ends TIMEOUT, queued or running; by default the intent says how long. */
  expireTime?: Date | null | undefined;
  /** Idempotency key (AIP-155): the same key and the same request give the same task, for 24 hours. */
  requestId?: string | undefined;
  /** How long to wait for the end before answering, at most 60 s; the answer is the task in its state at that time. */
  waitMs?: number | null | undefined;
  /** The task does not start before this time; it is accepted and waits. */
  notBefore?: Date | null | undefined;
  /**
   * How long the task may wait for its first attempt, from acceptance or from `notBefore`; then it ends TIMEOUT with
   * QUEUE_EXPIRED. Unset: until `expireTime`.
   */
  maxQueueTimeMs?: number | null | undefined;
  /** Check and decide as always, and accept nothing (AIP-163): the answer shows the decision and has no state. */
  validateOnly?: boolean | undefined;
}

/** @internal */
export const TASK_REQUEST_MEMBERS = [
  "taskId",
  "intent",
  "params",
  "preferredEngine",
  "priority",
  "sla",
  "metadata",
  "paramsJson",
  "expireTime",
  "requestId",
  "waitMs",
  "notBefore",
  "maxQueueTimeMs",
  "validateOnly",
];

/** @internal */
export function writeTaskRequest(input: TaskRequestInput): MessageInitShape<typeof wire.TaskRequestSchema> {
  checkMembers("taskRequest", input, TASK_REQUEST_MEMBERS);
  return {
    taskId: input.taskId,
    intent: input.intent,
    params: input.params === undefined ? undefined : writeMap(input.params, "params"),
    preferredEngine: input.preferredEngine,
    priority: input.priority,
    sla: input.sla == null ? undefined : writeSla(input.sla),
    metadata: input.metadata === undefined ? undefined : writeMap(input.metadata, "metadata"),
    paramsJson: input.paramsJson,
    expireTime: input.expireTime == null ? undefined : writeDate(input.expireTime, "expire_time"),
    requestId: input.requestId,
    wait: input.waitMs == null ? undefined : writeMs(input.waitMs, "wait"),
    notBefore: input.notBefore == null ? undefined : writeDate(input.notBefore, "not_before"),
    maxQueueTime: input.maxQueueTimeMs == null ? undefined : writeMs(input.maxQueueTimeMs, "max_queue_time"),
    validateOnly: input.validateOnly,
  };
}

/** What a task consumed. */
export interface Usage {
  /** From acceptance, or from the request's `notBefore`, to the end, in milliseconds. */
  readonly latencyMs: number;
  /** TOKEN events that were written, whatever their length: no count of a model's tokens. */
  readonly tokens: number;
  /** Cost in US dollars. */
  readonly costUsd: number;
  /** Cost in micro-dollars; the authority. */
  readonly costMicros: number;
  /** WASM fuel of the last attempt. */
  readonly fuel: number;
}

/** @internal */
export function readUsage(message: wire.Usage): Usage {
  return {
    latencyMs: Number(message.latencyMs),
    tokens: Number(message.tokens),
    costUsd: message.costUsd,
    costMicros: Number(message.costMicros),
    fuel: Number(message.fuel),
  };
}

/** Which engine runs the task, and why. */
export interface Engine {
  /** `local`, `api` or `hybrid`. */
  readonly route: string;
  /** `ai-router` or `policy-override`. */
  readonly chosenBy: string;
  /** A sentence for people. */
  readonly reason: string;
  /** The engine's name, such as `module:summarize@1.0.0`. */
  readonly name: string;
}

/** @internal */
export function readEngine(message: wire.Engine): Engine {
  return {
    route: message.route,
    chosenBy: message.chosenBy,
    reason: message.reason,
    name: message.name,
  };
}

/** Why a task failed. */
export interface Failure {
  /** A name of ErrorReason without its prefix. */
  readonly code: string;
  /** What happened and what to do, for people. */
  readonly message: string;
}

/** @internal */
export function readFailure(message: wire.Error): Failure {
  return {
    code: message.code,
    message: message.message,
  };
}

/** A task: what was asked, where it is, what came of it. */
export interface Task<Result = unknown> {
  /** The task's id. */
  readonly taskId: string;
  /** What was asked for. */
  readonly intent: string;
  /** Which engine runs it, and why. */
  readonly engine: Engine | null;
  /** The result, a JSON document; empty until the task ended OK. */
  readonly result: Result | null;
  /** What it consumed. */
  readonly usage: Usage | null;
  /** Why it failed; unset unless it did. */
  readonly error: Failure | null;
  /** Where it is in its life; the authority. */
  readonly state: TaskState;
  /** When it was accepted. */
  readonly createTime: Date | null;
  /** When its last attempt that had its turn began. */
  readonly startTime: Date | null;
  /** When it ended. */
  readonly endTime: Date | null;
  /** After this time it ends TIMEOUT. */
  readonly expireTime: Date | null;
  /** Its attempts so far, oldest first. Left out of lists. */
  readonly attempts: readonly Attempt[];
  /** Why it runs where it runs. Left out of lists. */
  readonly decision: Decision | null;
  /** The offset of the last event in its log. */
  readonly lastOffset: number;
  /** This answer repeats an earlier acceptance: same key or id, same request. */
  readonly replayed: boolean;
  /** Whether `sla.p95Ms` was kept; unset without such a promise or before the end. */
  readonly promiseKept: boolean | null;
  /** The labels of the request. */
  readonly metadata: Readonly<Record<string, string>>;
  /** `low`, `normal` or `high`. */
  readonly priority: string;
  /** Somebody asked to cancel it while it ran. */
  readonly cancelRequested: boolean;
  /** It does not start before this time; unset when it may start at once. A pause before a retry shows here, too. */
  readonly notBefore: Date | null;
  /**
   * Without a first attempt by this time it ends TIMEOUT; unset without such a promise. It moves when the server's
   * clock is set.
   */
  readonly queueExpireTime: Date | null;
  /** The task that this one does again; empty when it is no retry. */
  readonly retryOf: string;
  /** The schedule that made it; empty when a client did. */
  readonly scheduleId: string;
}

/** @internal */
export function readTask<Result = unknown>(message: wire.TaskResult): Task<Result> {
  return {
    taskId: message.taskId,
    intent: message.intent,
    engine: message.engine === undefined ? null : readEngine(message.engine),
    result: readJson<Result>(message.resultJson),
    usage: message.usage === undefined ? null : readUsage(message.usage),
    error: message.error === undefined ? null : readFailure(message.error),
    state: readTaskState(message.state),
    createTime: message.createTime === undefined ? null : readDate(message.createTime),
    startTime: message.startTime === undefined ? null : readDate(message.startTime),
    endTime: message.endTime === undefined ? null : readDate(message.endTime),
    expireTime: message.expireTime === undefined ? null : readDate(message.expireTime),
    attempts: message.attempts.map((item) => readAttempt(item)),
    decision: message.decision === undefined ? null : readDecision(message.decision),
    lastOffset: Number(message.lastOffset),
    replayed: message.replayed,
    promiseKept: message.promiseKept ?? null,
    metadata: { ...message.metadata },
    priority: message.priority,
    cancelRequested: message.cancelRequested,
    notBefore: message.notBefore === undefined ? null : readDate(message.notBefore),
    queueExpireTime: message.queueExpireTime === undefined ? null : readDate(message.queueExpireTime),
    retryOf: message.retryOf,
    scheduleId: message.scheduleId,
  };
}
