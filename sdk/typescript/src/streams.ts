/// <reference lib="esnext.disposable" preserve="true" />
/** The events of one task, over as many connections as it takes. */

import type { Calls } from "./calls.js";
import { Connected } from "./connected.js";
import { readTask, type Task } from "./contract/tasks.js";
import { Cursor, type Opening } from "./cursor.js";
import { about, ConfigurationError, EventsExpired, Unavailable } from "./errors.js";
import type { TaskEvent } from "./events.js";
import { AionTasks } from "./gen/aion/v1/tasks_pb.js";
import { type CallOptions, checkCallOptions } from "./options.js";
import { Retries } from "./retry.js";
import { errorOf } from "./status.js";

/** The contract's bound on the events of one message of Watch. */
const MOST_EVENTS = 64;

/**
 * Iterate over it for the events, each once and in order; it reconnects by itself.
 *
 * Leaving it early (`break`) disconnects and never ends the task; iterating again, `text` or `result` go on where it was
 * left. Nothing is sent before the first event is asked for.
 */
export class TaskStream<Result = unknown> implements AsyncIterableIterator<TaskEvent<Result>> {
  readonly #calls: Calls;
  readonly #cursor: Cursor<Result>;
  readonly #options: CallOptions;
  readonly #headers: Headers;
  readonly #retries: Retries;
  #connection: Connected<() => TaskEvent<Result> | undefined> | undefined;
  #closed = false;
  #turn: Promise<unknown> = Promise.resolve();

  /** @internal */
  constructor(calls: Calls, opening: Opening, options: CallOptions) {
    checkCallOptions(options);
    this.#calls = calls;
    this.#cursor = new Cursor(opening);
    this.#options = options;
    this.#headers = calls.headers(options);
    const { timeoutMs } = options;
    this.#retries = new Retries(calls.options, { limit: calls.reconnects(options), timeoutMs, repeatable: true });
  }

  /** The task's id; empty until the server has accepted it. */
  get taskId(): string {
    return this.#cursor.taskId;
  }

  /** The task as it was last seen; the ended one after the last event. */
  get task(): Task<Result> | undefined {
    return this.#cursor.task;
  }

  /** The offset of the last event that was given out: where `watch` can go on. */
  get lastOffset(): number {
    return this.#cursor.lastOffset;
  }

  /** The text that the events so far make. */
  get currentText(): string {
    return this.#cursor.text;
  }

  /** Reads on to the end; the text that all events of this stream make. */
  async text(): Promise<string> {
    await this.#drain();
    return this.#cursor.text;
  }

  /** Reads on to the end; the ended task, failed or not. */
  async result(): Promise<Task<Result>> {
    try {
      await this.#drain();
    } catch (error) {
      if (error instanceof EventsExpired) {
        return await this.#get();
      }
      throw error;
    }
    if (this.task === undefined || !this.#cursor.ended) {
      throw new Unavailable("the stream was closed before its task ended");
    }
    return this.task;
  }

  /** Ends the stream for good; the task goes on. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#disconnect();
  }

  /** The next event; several that are asked for at once come one after the other. */
  next(): Promise<IteratorResult<TaskEvent<Result>, undefined>> {
    const next = this.#turn.then(() => this.#next());
    this.#turn = next.catch(() => undefined); // whoever asked learns of it
    return next;
  }

  async #next(): Promise<IteratorResult<TaskEvent<Result>, undefined>> {
    try {
      return await this.#following();
    } catch (thrown) {
      throw about(thrown, this.taskId, this.#cursor.submission?.requestId ?? "");
    }
  }

  async #following(): Promise<IteratorResult<TaskEvent<Result>, undefined>> {
    while (!this.#cursor.ended && !this.#closed) {
      this.#options.signal?.throwIfAborted();
      try {
        const event = await this.#read();
        if (event !== undefined) {
          this.#retries.progress();
          return { done: false, value: event };
        }
      } catch (thrown) {
        this.#disconnect();
        if (this.#closed) {
          break;
        }
        if (thrown instanceof ConfigurationError) {
          throw thrown;
        }
        this.#calls.throwIfGivenUp(this.#options.signal);
        const error = errorOf(thrown, this.#headers.get("x-request-id") ?? "");
        await this.#calls.pause(this.#retries.delayAfter(error), this.#options.signal);
      }
    }
    this.#disconnect();
    return { done: true, value: undefined };
  }

  /** Disconnects; the next iteration goes on after the last event. */
  async return(): Promise<IteratorResult<TaskEvent<Result>, undefined>> {
    this.#disconnect();
    return { done: true, value: undefined };
  }

  /** Closes it at the end of its block: `await using stream = client.tasks.stream(...)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #drain(): Promise<void> {
    while ((await this.next()).done !== true);
  }

  async #read(): Promise<TaskEvent<Result> | undefined> {
    if (this.#connection === undefined && !this.#cursor.drained) {
      this.#connection = this.#connect();
    }
    const connection = this.#connection;
    const message = await connection?.read(this.#options.signal);
    if (message !== undefined) {
      return message();
    }
    await this.#look();
    return undefined;
  }

  #connect(): Connected<() => TaskEvent<Result> | undefined> {
    const { submission, taskId, lastOffset } = this.#cursor;
    const timeoutMs = this.#retries.timeLeft();
    return new Connected(async (signal) => {
      if (submission !== undefined) {
        const opened = await this.#calls.stream(AionTasks.method.stream, submission, this.#headers, signal, timeoutMs);
        return each(opened.message, (message) => [() => this.#cursor.streamed(message)]);
      }
      const request = { taskId, afterOffset: BigInt(lastOffset), maxEvents: MOST_EVENTS };
      const opened = await this.#calls.stream(AionTasks.method.watch, request, this.#headers, signal, timeoutMs);
      return each(opened.message, (message) => this.#cursor.watched(message));
    }, this.#calls.options.idleTimeoutMs);
  }

  /** The server ended the stream; that is the end only if the task says so too. */
  async #look(): Promise<void> {
    this.#disconnect();
    if (this.taskId !== "" && this.#cursor.settle(await this.#get())) {
      return;
    }
    throw new Unavailable("the stream ended before its task did");
  }

  async #get(): Promise<Task<Result>> {
    const options = { ...this.#options, timeoutMs: this.#retries.timeLeft() };
    return await this.#calls.unary(AionTasks.method.statusById, { taskId: this.taskId }, options, readTask<Result>);
  }

  #disconnect(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }
}

async function* each<From, To>(
  items: AsyncIterable<From>,
  make: (item: From) => readonly To[],
): AsyncGenerator<To, void> {
  for await (const item of items) {
    yield* make(item);
  }
}
