/** Everything that can be done with tasks. */

import { create } from "@bufbuild/protobuf";
import type { Answer } from "./answers.js";
import { type BatchOptions, type BatchOutcome, submitBatch } from "./batch.js";
import type { Calls } from "./calls.js";
import { type Decision, readDecision } from "./contract/decisions.js";
import { type TaskState, writeTaskState } from "./contract/lifecycle.js";
import { readTask, type Task } from "./contract/tasks.js";
import { writeList } from "./convert.js";
import { about, InvalidRequest } from "./errors.js";
import { DecisionSchema } from "./gen/aion/v1/decisions_pb.js";
import { AionTasks, TaskRequestSchema, TaskResultSchema } from "./gen/aion/v1/tasks_pb.js";
import { uuid } from "./ids.js";
import { type CallOptions, checkCallOptions } from "./options.js";
import { hasEnded } from "./outcomes.js";
import { type ListOptions, Pages, pageSizeOf } from "./pages.js";
import { checkShape } from "./shape.js";
import { type TaskSpec, writeTaskSpec } from "./spec.js";
import { TaskStream } from "./streams.js";

/** Which tasks are listed, and how. */
export interface TaskQuery extends ListOptions {
  /** Only tasks in one of these states. */
  states?: readonly Exclude<TaskState, "UNKNOWN">[] | undefined;
  /** Only tasks of this intent. */
  intent?: string | undefined;
}

/** How a task is submitted. */
export interface SubmitOptions extends CallOptions {
  /** Lets the server answer when the task has ended, if that comes within so many milliseconds, at most 60 000. */
  waitMs?: number | undefined;
  /** Checks and decides as always, and accepts nothing: the answer has a decision and no state. */
  validateOnly?: boolean | undefined;
}

/** How a task is watched. */
export interface WatchOptions extends CallOptions {
  /** Only events after this offset; all by default. */
  afterOffset?: number | undefined;
}

/** How a task is done again. */
export interface RetryOptions extends CallOptions {
  /** The id of the new task; AION makes one by default. */
  newTaskId?: string | undefined;
  /** Idempotency key: the same key gives the same new task, for 24 hours. One is made when none is given. */
  requestId?: string | undefined;
  /** Checks and decides as always, and accepts nothing: the answer has a decision and no state. */
  validateOnly?: boolean | undefined;
}

/** How long `run` lets the submitting call itself wait for the end, before it watches instead. */
const SUBMIT_WAIT_MS = 30_000;

/**
 * Submit, run, stream and watch tasks; read, list, cancel, retry and explain them.
 *
 * Every method throws AionError for a refused call. A task that failed is no refused call: look at `task.error`, or call
 * `throwIfFailed(task)`. `Result` is what the caller knows of the intent's result; it is not checked here, the server
 * checks it against the intent's output schema.
 */
export class Tasks {
  readonly #calls: Calls;

  /** @internal */
  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /** Submits a task and answers as soon as it is accepted durably, or later with `waitMs`. */
  submit<Result = unknown>(spec: TaskSpec, options: SubmitOptions = {}): Answer<Task<Result>> {
    const { waitMs, validateOnly, ...rest } = options;
    const timeoutMs = options.timeoutMs ?? this.#calls.options.timeoutMs + (waitMs ?? 0);
    const request = () => writeTaskSpec(spec, { waitMs, validateOnly });
    return this.#calls.unary(AionTasks.method.submit, request, { ...rest, timeoutMs }, readTask<Result>);
  }

  /**
   * Submits a task and answers when it has ended, failed or not. Without `timeoutMs` it waits as long as the task lives:
   * every task has an expire time, and outlasts a restart of the server as a stream does (`maxReconnects`). Throws
   * DeadlineExceeded when the time is up before; the task goes on, and the error has its `taskId` and `idempotencyKey`.
   */
  async run<Result = unknown>(spec: TaskSpec, options: CallOptions = {}): Promise<Task<Result>> {
    checkCallOptions(options);
    const began = performance.now();
    const { timeoutMs } = options;
    // Half of the time: the answer says which task it is, and must be here before the time is up.
    const waitMs = timeoutMs === undefined ? SUBMIT_WAIT_MS : Math.min(SUBMIT_WAIT_MS, Math.floor(timeoutMs / 2));
    const submission = writeTaskSpec(keyed(spec), { waitMs });
    const attemptMs = this.#calls.options.timeoutMs + waitMs;
    const bounds = { limit: this.#calls.reconnects(options), timeoutMs, attemptMs, repeatable: true };
    const { submit } = AionTasks.method;
    const task = await this.#calls.lasting(submit, submission, options, readTask<Result>, bounds);
    if (hasEnded(task)) {
      return task;
    }
    const left = timeoutMs === undefined ? undefined : Math.max(1, timeoutMs - (performance.now() - began));
    const watching = { ...options, timeoutMs: left, afterOffset: task.lastOffset };
    try {
      return await this.watch<Result>(task.taskId, watching).result();
    } catch (thrown) {
      throw about(thrown, task.taskId, submission.requestId ?? "");
    }
  }

  /** Submits a task; iterate over its events. Nothing is sent before the first one is asked for. */
  stream<Result = unknown>(spec: TaskSpec, options: CallOptions = {}): TaskStream<Result> {
    const submission = create(TaskRequestSchema, writeTaskSpec(keyed(spec)));
    checkShape(TaskRequestSchema, submission);
    return new TaskStream<Result>(this.#calls, { submission }, options);
  }

  /** Iterate over the events of a task after an offset, from its start by default, until its end. */
  watch<Result = unknown>(taskId: string, options: WatchOptions = {}): TaskStream<Result> {
    const { afterOffset = 0, ...rest } = options;
    if (!(Number.isSafeInteger(afterOffset) && afterOffset >= 0)) {
      throw InvalidRequest.of("after_offset", `must be a whole number, 0 or more, not ${afterOffset}`);
    }
    return new TaskStream<Result>(this.#calls, { taskId, afterOffset }, rest);
  }

  /** Reads a task. Throws NotFound. */
  get<Result = unknown>(taskId: string, options: CallOptions = {}): Answer<Task<Result>> {
    return this.#calls.unary(AionTasks.method.statusById, { taskId }, options, readTask<Result>);
  }

  /** Iterate over the tasks, newest first. They come without result, attempts and decision. */
  list(query: TaskQuery = {}, options: CallOptions = {}): Pages<Task> {
    const read = async (pageToken: string) => {
      const pageSize = pageSizeOf(query, ["states", "intent"]);
      const states = writeList(query.states ?? [], "states").map((state) => writeTaskState(state, "states"));
      const request = { pageSize, pageToken, states, intent: query.intent ?? "" };
      return await this.#calls.unary(AionTasks.method.listTasks, request, options, ({ tasks, nextPageToken }) => ({
        items: tasks.map((task) => readTask(task)),
        nextPageToken,
      }));
    };
    return new Pages(read, query.limit);
  }

  /** Asks to end a task and answers with it as it is then; a task that has ended stays as it is. */
  cancel<Result = unknown>(taskId: string, options: CallOptions = {}): Answer<Task<Result>> {
    return this.#calls.unary(AionTasks.method.cancel, { taskId }, options, ({ task }) =>
      readTask<Result>(task ?? create(TaskResultSchema)),
    );
  }

  /** Submits a new task with the input and the promise of an ended one; `retryOf` of the new one names it. */
  retry<Result = unknown>(taskId: string, options: RetryOptions = {}): Answer<Task<Result>> {
    const { newTaskId = "", requestId = "", validateOnly = false, ...rest } = options;
    const request = { taskId, newTaskId, requestId, validateOnly };
    return this.#calls.unary(AionTasks.method.retry, request, rest, readTask<Result>);
  }

  /** Submits any number of tasks; each is accepted or refused on its own, the outcomes are in their order. */
  async batch<Result = unknown>(
    specs: Iterable<TaskSpec>,
    options: BatchOptions = {},
  ): Promise<BatchOutcome<Result>[]> {
    return await submitBatch<Result>(this.#calls, specs, options);
  }

  /** Reads why a task runs where it runs: every candidate with its reasons. */
  explain(taskId: string, options: CallOptions = {}): Answer<Decision> {
    return this.#calls.unary(AionTasks.method.explainDecision, { taskId }, options, ({ decision }) =>
      readDecision(decision ?? create(DecisionSchema)),
    );
  }
}

/** The task under an idempotency key; what is no task is left to whoever writes it. */
function keyed(spec: TaskSpec): TaskSpec {
  return typeof spec === "object" && spec !== null ? { ...spec, requestId: spec.requestId || uuid() } : spec;
}
