/** The log of a task: dense offsets from 1 on, and one text that is the fold of its events. */

import type { ErrorReason } from "./contract/errors.js";
import { readEventKind } from "./contract/events.js";
import { readDate, readJson } from "./convert.js";
import type { TaskEvent as WireEvent } from "./gen/aion/v1/events_pb.js";

/** What every event says. */
export interface EventFacts {
  /** Its place in the task's log. */
  readonly offset: number;
  /** The attempt that wrote it; 0 when no attempt did. */
  readonly attempt: number;
  /** When it was committed. */
  readonly createTime: Date | null;
}

/** A piece of text; the text of a task is the fold of its tokens and resets. */
export interface TokenEvent extends EventFacts {
  readonly kind: "TOKEN";
  readonly text: string;
}

/** A JSON snapshot that replaces the one before. */
export interface PartialEvent extends EventFacts {
  readonly kind: "PARTIAL";
  readonly data: unknown;
}

/** A line of the engine's log. */
export interface LogEvent extends EventFacts {
  readonly kind: "LOG";
  readonly text: string;
}

/** Everything from `discardFrom` on is void: a new attempt begins. */
export interface ResetEvent extends EventFacts {
  readonly kind: "RESET";
  readonly discardFrom: number;
}

/** The task ended OK; `data` is its result. */
export interface DoneEvent<Result = unknown> extends EventFacts {
  readonly kind: "DONE";
  readonly data: Result;
}

/** The task ended ERROR, TIMEOUT or CANCELED. */
export interface ErrorEvent extends EventFacts {
  readonly kind: "ERROR";
  readonly reason: ErrorReason | (string & {});
}

/** What a newer server says and this SDK does not know. */
export interface UnknownEvent extends EventFacts {
  readonly kind: "UNKNOWN";
}

/** One event of a task's log; `kind` says which. */
export type TaskEvent<Result = unknown> =
  | TokenEvent
  | PartialEvent
  | LogEvent
  | ResetEvent
  | DoneEvent<Result>
  | ErrorEvent
  | UnknownEvent;

/** The text that these events make: tokens in order, without what a RESET made void. */
export function textOf(events: Iterable<TaskEvent>): string {
  const fold = new TextFold();
  for (const event of events) {
    fold.add(event);
  }
  return fold.text;
}

/** Whether the log ends with this event. */
export function isLast(event: TaskEvent): boolean {
  return event.kind === "DONE" || event.kind === "ERROR";
}

/**
 * The text of the events so far.
 *
 * @internal
 */
export class TextFold {
  #pieces: { readonly offset: number; readonly text: string }[] = [];

  /** Takes the next event of the log. */
  add(event: TaskEvent): void {
    if (event.kind === "TOKEN") {
      this.#pieces.push(event);
    } else if (event.kind === "RESET") {
      this.#pieces = this.#pieces.filter(({ offset }) => offset < event.discardFrom);
    }
  }

  /** The text up to the last event that was added. */
  get text(): string {
    return this.#pieces.map(({ text }) => text).join("");
  }
}

/**
 * An event off the wire.
 *
 * @internal
 */
export function readEvent<Result>(event: WireEvent): TaskEvent<Result> {
  const facts: EventFacts = {
    offset: Number(event.offset),
    attempt: event.attempt,
    createTime: event.createTime === undefined ? null : readDate(event.createTime),
  };
  const kind = readEventKind(event.kind);
  switch (kind) {
    case "TOKEN":
    case "LOG":
      return { kind, ...facts, text: event.text };
    case "PARTIAL":
      return { kind, ...facts, data: readJson(event.dataJson) };
    case "RESET":
      return { kind, ...facts, discardFrom: Number(event.discardFrom) };
    case "DONE":
      return { kind, ...facts, data: readJson<Result>(event.dataJson) as Result };
    case "ERROR":
      return { kind, ...facts, reason: event.text };
    case "UNKNOWN":
      return { kind, ...facts };
  }
}
