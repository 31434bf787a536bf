/** Typed input as one JSON document, in which nothing is lost: JSON itself makes null of a NaN and {} of a Map. */

import { InvalidRequest } from "./errors.js";

/** The text of a document. Throws InvalidRequest, naming the place below the field, for what JSON has no form for. */
export function writeDocument(document: object, field: string): string {
  const places = new WeakMap<object, string>();
  return JSON.stringify(document, function (this: Record<string, unknown>, name: string, value: unknown) {
    const parent = places.get(this);
    const place = parent === undefined ? field : `${parent}.${name}`;
    const wrong = lostInJson(this[name], value);
    if (wrong !== undefined) {
      throw InvalidRequest.of(place, wrong);
    }
    if (typeof value === "object" && value !== null) {
      places.set(value, place);
    }
    return value;
  });
}

/** What is wrong with a value, which may have written itself by `toJSON` already. */
function lostInJson(given: unknown, value: unknown): string | undefined {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? undefined : `must be a finite number, not ${value}`;
    case "bigint":
    case "function":
    case "symbol":
      return noForm(typeof value);
    default:
      if (given instanceof Date && value === null) {
        return "must be a valid Date";
      }
      return value instanceof Map || value instanceof Set ? noForm(value.constructor.name) : undefined;
  }
}

function noForm(kind: string): string {
  return `a ${kind} has no form in JSON; give a number, a string, an array or a plain object`;
}
