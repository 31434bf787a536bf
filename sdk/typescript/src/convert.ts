/** Values of the wire as values of JavaScript, and back: the only place that knows protobuf's own types. */

import {
  type Duration,
  durationFromMs,
  durationMs,
  type Timestamp,
  timestampDate,
  timestampFromMs,
  timestampMs,
} from "@bufbuild/protobuf/wkt";
import { InvalidRequest } from "./errors.js";

/** The years 1 to 9999: what a Timestamp can hold. */
const EARLIEST_MS = -62_135_596_800_000;
const LATEST_MS = 253_402_300_799_999;

/** A moment, to the millisecond. */
export function readDate(value: Timestamp): Date {
  const ms = timestampMs(value);
  return ms >= EARLIEST_MS && ms <= LATEST_MS ? timestampDate(value) : new Date(Number.NaN);
}

/** A moment. Throws InvalidRequest for what is none. */
export function writeDate(value: Date): Timestamp {
  const ms = value.getTime();
  if (!(ms >= EARLIEST_MS && ms <= LATEST_MS)) {
    throw InvalidRequest.of("time", "is no moment between the years 1 and 9999; give a valid Date");
  }
  return timestampFromMs(ms);
}

/** A span of time in milliseconds. */
export function readMs(value: Duration): number {
  return durationMs(value);
}

/** A span of time in milliseconds. Throws InvalidRequest for what is none. */
export function writeMs(value: number): Duration {
  if (!Number.isFinite(value)) {
    throw InvalidRequest.of("duration", `must be a number of milliseconds, not ${value}`);
  }
  return durationFromMs(value);
}

/** A JSON document; null when there is none. The caller says of which type it is. */
export function readJson<T>(text: string): T | null {
  return text === "" ? null : (JSON.parse(text) as T);
}

/** The names of an enum's values by their numbers. */
export function namesByNumber<Name extends string>(numbers: Record<Name, number>): ReadonlyMap<number, Name> {
  const names = Object.keys(numbers) as Name[];
  return new Map(names.map((name) => [numbers[name], name]));
}

/** The number of an enum's value. Throws InvalidRequest for a name that cannot be sent, such as `UNKNOWN`. */
export function numberOf<Value extends number>(
  kind: string,
  numbers: Readonly<Record<string, Value>>,
  name: string,
): Value {
  const found = Object.hasOwn(numbers, name) ? numbers[name] : undefined;
  if (found === undefined) {
    throw InvalidRequest.of(kind, `"${name}" is none of ${Object.keys(numbers).join(", ")}`);
  }
  return found;
}
