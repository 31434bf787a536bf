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

/** A moment. Throws InvalidRequest, naming the field, for what is none. */
export function writeDate(value: Date, field: string): Timestamp {
  const ms = typeof value?.getTime === "function" ? value.getTime() : Number.NaN;
  if (!(ms >= EARLIEST_MS && ms <= LATEST_MS)) {
    throw InvalidRequest.of(field, "is no moment between the years 1 and 9999; give a valid Date");
  }
  return timestampFromMs(ms);
}

/** A span of time in milliseconds. */
export function readMs(value: Duration): number {
  return durationMs(value);
}

/** A span of time in milliseconds. Throws InvalidRequest, naming the field, for what is none. */
export function writeMs(value: number, field: string): Duration {
  if (!Number.isFinite(value)) {
    throw InvalidRequest.of(field, `must be a number of milliseconds, not ${value}`);
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
  field: string,
  numbers: Readonly<Record<string, Value>>,
  name: string,
): Value {
  const found = Object.hasOwn(numbers, name) ? numbers[name] : undefined;
  if (found === undefined) {
    throw InvalidRequest.of(field, `"${name}" is none of ${Object.keys(numbers).join(", ")}`);
  }
  return found;
}

/** The largest number of a field of 32 bits. */
export const LARGEST_INT32 = 2 ** 31 - 1;

/** A list. Throws InvalidRequest for what is none, such as one string. */
export function writeList<Item>(value: readonly Item[], field: string): readonly Item[] {
  if (!Array.isArray(value)) {
    throw InvalidRequest.of(field, `must be an array, not ${kindOf(value)}`);
  }
  return value;
}

/** Texts by name. Throws InvalidRequest for anything else. */
export function writeMap(value: Readonly<Record<string, string>>, field: string): Record<string, string> {
  if (kindOf(value) !== "object") {
    throw InvalidRequest.of(field, `must be an object of strings, not ${kindOf(value)}`);
  }
  const wrong = Object.entries(value).find(([, text]) => typeof text !== "string");
  if (wrong !== undefined) {
    throw InvalidRequest.of(`${field}.${wrong[0]}`, `must be a string, not ${kindOf(wrong[1])}`);
  }
  return { ...value };
}

/** Throws InvalidRequest unless the value is an object with these members only: a misspelt one must not be lost. */
export function checkMembers(what: string, value: object, known: readonly string[]): void {
  if (kindOf(value) !== "object") {
    throw InvalidRequest.of(what, `must be an object, not ${kindOf(value)}`);
  }
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw InvalidRequest.of(unknown, `is no member of ${what}; there are ${known.join(", ")}`);
  }
}

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
}
