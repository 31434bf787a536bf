/** The promise of a task, with money as people write it: dollars here, whole micro-dollars on the wire. */

import type { MessageInitShape } from "@bufbuild/protobuf";
import { checkMembers, LARGEST_INT32 } from "./convert.js";
import { InvalidRequest } from "./errors.js";
import type * as wire from "./gen/aion/v1/tasks_pb.js";

/** Where a task's data may go. */
export type Privacy = "local-only" | "allow-api" | "hybrid" | (string & {});

/** The promise of one task; null means that nothing was said. */
export interface Sla {
  /** What the task may cost in US dollars; 0 means free engines only. */
  readonly budgetUsd: number | null;
  /** Promised latency in milliseconds, for routing and `promiseKept`; it never ends a task. */
  readonly p95Ms: number | null;
  /** Where the task's data may go. */
  readonly privacy: Privacy | null;
}

/** The promise that a task shall run under. */
export interface SlaInput {
  /** What the task may cost in US dollars, at most six decimals, such as `"0.01"`; 0 means free engines only. */
  readonly budgetUsd?: number | string | null | undefined;
  /** Promised latency in milliseconds, for routing and `promiseKept`; it never ends a task. */
  readonly p95Ms?: number | null | undefined;
  /** Where the task's data may go; the tenant's default when nothing is said. */
  readonly privacy?: Privacy | null | undefined;
}

const MICROS_PER_DOLLAR = 1_000_000;
const DECIMALS = 6;

/** @internal */
export function readSla(message: wire.SLA): Sla {
  const dollars = message.budgetUsd === 0 ? null : message.budgetUsd;
  return {
    budgetUsd: message.budgetMicros === undefined ? dollars : Number(message.budgetMicros) / MICROS_PER_DOLLAR,
    p95Ms: message.p95Ms === 0 ? null : message.p95Ms,
    privacy: message.privacy === "" ? null : message.privacy,
  };
}

/** @internal */
export function writeSla(sla: SlaInput): MessageInitShape<typeof wire.SLASchema> {
  checkMembers("sla", sla, ["budgetUsd", "p95Ms", "privacy"]);
  return {
    budgetMicros: sla.budgetUsd == null ? undefined : micros(sla.budgetUsd),
    p95Ms: sla.p95Ms == null ? undefined : wholeMs(sla.p95Ms),
    privacy: sla.privacy ?? undefined,
  };
}

/**
 * Dollars as whole micro-dollars, exactly. Throws InvalidRequest for what is not an amount of money.
 *
 * @internal
 */
export function micros(dollars: number | string): bigint {
  const found = /^(\d{1,12})(?:\.(\d{1,6}))?$/.exec(String(dollars));
  if (found === null) {
    const rule = `must be 0 or more dollars with at most ${DECIMALS} decimals, not ${dollars}`;
    throw InvalidRequest.of("sla.budget_usd", rule);
  }
  return BigInt(found[1] as string) * BigInt(MICROS_PER_DOLLAR) + BigInt((found[2] ?? "").padEnd(DECIMALS, "0"));
}

function wholeMs(value: number): number {
  if (!(Number.isInteger(value) && value >= 0 && value <= LARGEST_INT32)) {
    throw InvalidRequest.of(
      "sla.p95_ms",
      `must be a whole number of milliseconds, 0 to ${LARGEST_INT32}, not ${value}`,
    );
  }
  return value;
}
