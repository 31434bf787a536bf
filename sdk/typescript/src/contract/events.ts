// Generated from proto/ by `make generate`: do not edit.
//
// The durable, offset-addressed log of one task.

import { namesByNumber, numberOf } from "../convert.js";
import * as wire from "../gen/aion/v1/events_pb.js";

/**
 * What an event says. A value that a newer server added reads as `UNKNOWN`.
 *
 * - `TOKEN`: A piece of text; the text of a task is the fold of its tokens and resets.
 * - `PARTIAL`: A JSON snapshot that replaces the one before.
 * - `LOG`: A line of the engine's log.
 * - `RESET`: Everything from `discardFrom` on is void: a new attempt begins.
 * - `DONE`: The task ended OK.
 * - `ERROR`: The task ended ERROR, TIMEOUT or CANCELED.
 */
export type EventKind = "UNKNOWN" | "TOKEN" | "PARTIAL" | "LOG" | "RESET" | "DONE" | "ERROR";

const EVENT_KIND_NUMBERS: Record<Exclude<EventKind, "UNKNOWN">, wire.EventKind> = {
  TOKEN: wire.EventKind.TOKEN,
  PARTIAL: wire.EventKind.PARTIAL,
  LOG: wire.EventKind.LOG,
  RESET: wire.EventKind.RESET,
  DONE: wire.EventKind.DONE,
  ERROR: wire.EventKind.ERROR,
};
const EVENT_KIND_NAMES = namesByNumber(EVENT_KIND_NUMBERS);

/** @internal */
export function readEventKind(value: wire.EventKind): EventKind {
  return EVENT_KIND_NAMES.get(value) ?? "UNKNOWN";
}

/** @internal */
export function writeEventKind(value: EventKind, field: string): wire.EventKind {
  return numberOf(field, EVENT_KIND_NUMBERS, value);
}
