/** Everything that can be done with tasks. */

import { create } from "@bufbuild/protobuf";
import type { Answer } from "./answers.js";
import { type BatchOptions, type BatchOutcome, submitBatch } from "./batch.js";
import type { Calls } from "./calls.js";
import { type Decision, readDecision } from "./contract/decisions.js";
import { type TaskState, writeTaskState } from "./contract/lifecycle.js";
import { readTask, type Task } from "./contract/tasks.js";
import { DecisionSchema } from "./gen/aion/v1/decisions_pb.js";
import { AionTasks, TaskResultSchema } from "./gen/aion/v1/tasks_pb.js";
import { uuid } from "./ids.js";
import type { CallOptions } from "./options.js";
import { hasEnded } from "./outcomes.js";
import { type ListOptions, Pages } from "./pages.js";
import { type TaskSpec, writeTaskSpec } from "./spec.js";
import { TaskStream } from "./streams.js";

/** Which tasks are listed, and how. */
export interface TaskQuery extends ListOptions {
  /** Only tasks in one of these states. */
  states?: readonly Exclude<TaskState, "UNKNOWN">[] | undefined;
  /** Only tasks of this intent. */
  intent?: string | undefined;
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

  /**
   * Submits a task and answers as soon as it is accepted durably; `waitMs` (at most 60 000) lets the server answer when
   * it has ended, if that comes first.
   */
  submit<Result = unknown>(spec: TaskSpec, options: CallOptions = {}): Answer<Task<Result>> {
    const timeoutMs = options.timeoutMs ?? this.#calls.options.timeoutMs + (spec.waitMs ?? 0);
    const request = () => writeTaskSpec(spec);
    return this.#calls.unary(AionTasks.method.submit, request, { ...options, timeoutMs }, readTask<Result>);
  }

  /**
   * Submits a task and answers when it has ended, failed or not. Without `timeoutMs` it waits as long as the task lives:
   * every task has an expire time. Throws DeadlineExceeded when the time is up before; the task goes on.
   */
  async run<Result = unknown>(spec: TaskSpec, options: CallOptions = {}): Promise<Task<Result>> {
    const began = performance.now();
    const { timeoutMs = Number.POSITIVE_INFINITY } = options;
    const waitMs = Math.min(SUBMIT_WAIT_MS, Math.floor(timeoutMs * 0.9));
    const task = await this.submit<Result>({ ...spec, waitMs }, options);
    if (hasEnded(task) || spec.validateOnly === true) {
      return task;
    }
    const left = options.timeoutMs === undefined ? undefined : Math.max(1, timeoutMs - (performance.now() - began));
    const watching = { ...options, timeoutMs: left, afterOffset: task.lastOffset };
    return await this.watch<Result>(task.taskId, watching).result();
  }

  /** Submits a task; iterate over its events. Nothing is sent before the first one is asked for. */
  stream<Result = unknown>(spec: TaskSpec, options: CallOptions = {}): TaskStream<Result> {
    const submission = writeTaskSpec({ ...spec, requestId: spec.requestId || uuid() });
    return new TaskStream<Result>(this.#calls, { submission }, options);
  }

  /** Iterate over the events of a task after an offset, from its start by default, until its end. */
  watch<Result = unknown>(taskId: string, options: WatchOptions = {}): TaskStream<Result> {
    const { afterOffset = 0, ...rest } = options;
    return new TaskStream<Result>(this.#calls, { taskId, afterOffset }, rest);
  }

  /** Reads a task. Throws NotFound. */
  get<Result = unknown>(taskId: string, options: CallOptions = {}): Answer<Task<Result>> {
    return this.#calls.unary(AionTasks.method.statusById, { taskId }, options, readTask<Result>);
  }

  /** Iterate over the tasks, newest first. They come without result, attempts and decision. */
  list(query: TaskQuery = {}, options: CallOptions = {}): Pages<Task> {
    const read = async (pageToken: string) => {
      const states = (query.states ?? []).map((state) => writeTaskState(state));
      const request = { pageSize: query.pageSize ?? 0, pageToken, states, intent: query.intent ?? "" };
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
    const { newTaskId = "", requestId = "", ...rest } = options;
    return this.#calls.unary(AionTasks.method.retry, { taskId, newTaskId, requestId }, rest, readTask<Result>);
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
