/**
 * Where a stream of events stands, and what to ask for next; without a network.
 *
 * A stream that was cut resumes after the last offset that it gave out, so that no event comes twice and none is missed.
 * Before the task is known to be accepted, the same submission is sent again: its request id makes no second task.
 */

import type { MessageInitShape } from "@bufbuild/protobuf";
import { readTask, type Task } from "./contract/tasks.js";
import { Unavailable } from "./errors.js";
import { isLast, readEvent, type TaskEvent, TextFold } from "./events.js";
import type { TaskRequestSchema, TaskResult, WatchResponse } from "./gen/aion/v1/tasks_pb.js";
import { hasEnded } from "./outcomes.js";

/** What opens a stream: a submission, or a task that is there. */
export type Opening =
  | { readonly submission: MessageInitShape<typeof TaskRequestSchema> }
  | { readonly taskId: string; readonly afterOffset: number };

/** The state of one stream over all its connections. */
export class Cursor<Result> {
  taskId = "";
  lastOffset = 0;
  task: Task<Result> | undefined;
  /** The last event was given out. */
  drained = false;
  /** The ended task is known, and none of its events is missing. */
  ended = false;
  readonly #submission: MessageInitShape<typeof TaskRequestSchema> | undefined;
  readonly #fold = new TextFold();

  constructor(opening: Opening) {
    if ("submission" in opening) {
      this.#submission = opening.submission;
    } else {
      this.taskId = opening.taskId;
      this.lastOffset = opening.afterOffset;
    }
  }

  /** The text that the events of this stream make so far. */
  get text(): string {
    return this.#fold.text;
  }

  /** The submission that opens the next connection; undefined when the task is known and is watched. */
  get submission(): MessageInitShape<typeof TaskRequestSchema> | undefined {
    return this.taskId === "" ? this.#submission : undefined;
  }

  /** Takes a message of Stream; its event if that is new. Throws Unavailable when an event is missing. */
  streamed(message: TaskResult): TaskEvent<Result> | undefined {
    const task = readTask<Result>(message);
    if (this.taskId === "") {
      this.taskId = task.taskId;
      this.task = task;
    }
    return this.#take(message.event && readEvent<Result>(message.event), task);
  }

  /**
   * Takes a message of Watch, one step an event; each step gives its event if that is new. It throws Unavailable when an
   * event is missing.
   */
  watched({ event, moreEvents, task }: WatchResponse): readonly (() => TaskEvent<Result> | undefined)[] {
    const all = event === undefined ? [undefined] : [event, ...moreEvents];
    return all.map((one, index) => () => {
      const ended = index === all.length - 1 && task !== undefined ? readTask<Result>(task) : undefined;
      return this.#take(one && readEvent<Result>(one), ended);
    });
  }

  /** Takes the task as it is now; true when it ended and none of its events is missing. */
  settle(task: Task<Result>): boolean {
    if (hasEnded(task) && (this.drained || this.lastOffset >= task.lastOffset)) {
      this.task = task;
      this.ended = true;
    }
    return this.ended;
  }

  #take(event: TaskEvent<Result> | undefined, task: Task<Result> | undefined): TaskEvent<Result> | undefined {
    const fresh = event !== undefined && this.#isNew(event) ? event : undefined;
    // Beside any other event a message shows the task in part, or as it was then.
    if (task !== undefined && (event === undefined || (isLast(event) && task.lastOffset >= event.offset))) {
      this.settle(task);
    }
    return fresh;
  }

  #isNew(event: TaskEvent<Result>): boolean {
    if (event.offset <= this.lastOffset) {
      return false;
    }
    if (event.offset !== this.lastOffset + 1) {
      const gap = `from event ${this.lastOffset} to ${event.offset}`;
      throw new Unavailable(`the stream went ${gap}; it begins again after the first`);
    }
    this.lastOffset = event.offset;
    this.drained = isLast(event);
    this.#fold.add(event);
    return true;
  }
}
