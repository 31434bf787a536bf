// Generated from proto/ by `make generate`: do not edit.
//
// Why a task runs where it runs.

import { namesByNumber, numberOf, readDate } from "../convert.js";
import * as wire from "../gen/aion/v1/decisions_pb.js";

/**
 * Why a candidate may not run a task. A value that a newer server added reads as `UNKNOWN`.
 *
 * - `UNSPECIFIED`: Not refused.
 * - `PRIVACY`: The task's privacy forbids that its data leaves for this engine.
 * - `PERMISSION`: The caller or the engine lacks a permission.
 * - `UNHEALTHY`: The module is broken, quarantined or disabled.
 * - `DEADLINE`: Not enough time is left until the task's expire time.
 * - `BUDGET`: The expected cost is over the task's budget.
 * - `ENGINE_NOT_INSTALLED`: No adapter for this kind of engine is installed here.
 * - `LATENCY`: Its measured latency is over the promised one.
 * - `DIGEST`: The task is pinned to the digest of other bytes.
 */
export type RefusalReason =
  | "UNKNOWN"
  | "UNSPECIFIED"
  | "PRIVACY"
  | "PERMISSION"
  | "UNHEALTHY"
  | "DEADLINE"
  | "BUDGET"
  | "ENGINE_NOT_INSTALLED"
  | "LATENCY"
  | "DIGEST";

const REFUSAL_REASON_NUMBERS: Record<Exclude<RefusalReason, "UNKNOWN">, wire.RefusalReason> = {
  UNSPECIFIED: wire.RefusalReason.UNSPECIFIED,
  PRIVACY: wire.RefusalReason.PRIVACY,
  PERMISSION: wire.RefusalReason.PERMISSION,
  UNHEALTHY: wire.RefusalReason.UNHEALTHY,
  DEADLINE: wire.RefusalReason.DEADLINE,
  BUDGET: wire.RefusalReason.BUDGET,
  ENGINE_NOT_INSTALLED: wire.RefusalReason.ENGINE_NOT_INSTALLED,
  LATENCY: wire.RefusalReason.LATENCY,
  DIGEST: wire.RefusalReason.DIGEST,
};
const REFUSAL_REASON_NAMES = namesByNumber(REFUSAL_REASON_NUMBERS);

/** @internal */
export function readRefusalReason(value: wire.RefusalReason): RefusalReason {
  return REFUSAL_REASON_NAMES.get(value) ?? "UNKNOWN";
}

/** @internal */
export function writeRefusalReason(value: RefusalReason, field: string): wire.RefusalReason {
  return numberOf(field, REFUSAL_REASON_NUMBERS, value);
}

/** One engine that could have run the task, and what was thought of it. */
export interface Candidate {
  /** Its name, such as `module:summarize@1.0.0` or `model:gpt-x`. */
  readonly engine: string;
  /** `local`, `api` or `hybrid`. */
  readonly route: string;
  /** Whether it passed every gate. */
  readonly eligible: boolean;
  /** The gates that refused it, each with a sentence for people. */
  readonly refusals: readonly Refusal[];
  /** Its place among the eligible ones, 1 is best; 0 when it was refused. */
  readonly rank: number;
  /** The score it was ordered by; lower is better. */
  readonly score: number;
  /** What it is expected to cost, in micro-dollars. */
  readonly expectedCostMicros: number;
  /** How long it is expected to take, in milliseconds; 0 when nothing is known yet. */
  readonly expectedLatencyMs: number;
  /** A sentence for people: why it stands where it stands. */
  readonly reason: string;
  /**
   * Digest of the bytes that were installed when it was decided, `sha256:` and 64 hex digits; empty when it has none.
   */
  readonly digest: string;
  /** Its weight in the draw, if the operator gave it one; 0 means that it only stands in for others. */
  readonly weight: number | null;
}

/** @internal */
export function readCandidate(message: wire.Candidate): Candidate {
  return {
    engine: message.engine,
    route: message.route,
    eligible: message.eligible,
    refusals: message.refusals.map((item) => readRefusal(item)),
    rank: message.rank,
    score: message.score,
    expectedCostMicros: Number(message.expectedCostMicros),
    expectedLatencyMs: Number(message.expectedLatencyMs),
    reason: message.reason,
    digest: message.digest,
    weight: message.weight ?? null,
  };
}

/** One gate's no. */
export interface Refusal {
  /** Which gate. */
  readonly reason: RefusalReason;
  /** The facts: limit, value and remedy. */
  readonly message: string;
}

/** @internal */
export function readRefusal(message: wire.Refusal): Refusal {
  return {
    reason: readRefusalReason(message.reason),
    message: message.message,
  };
}

/** The stored decision of one task. */
export interface Decision {
  /** The chosen engine. */
  readonly engine: string;
  /** `local`, `api` or `hybrid`. */
  readonly route: string;
  /** Who chose: `ai-router` or `policy-override`. */
  readonly chosenBy: string;
  /** A sentence for people. */
  readonly reason: string;
  /** Every candidate, best first, the refused ones last. */
  readonly candidates: readonly Candidate[];
  /** Digest of the intents, policies and models that were in force. */
  readonly policyVersion: string;
  /** When it was decided. */
  readonly decideTime: Date | null;
  /** Digest of the chosen engine's bytes when it was decided; empty when it has none. */
  readonly engineDigest: string;
  /** Client or policy pinned the task to `engineDigest`: no attempt runs other bytes. */
  readonly digestPinned: boolean;
}

/** @internal */
export function readDecision(message: wire.Decision): Decision {
  return {
    engine: message.engine,
    route: message.route,
    chosenBy: message.chosenBy,
    reason: message.reason,
    candidates: message.candidates.map((item) => readCandidate(item)),
    policyVersion: message.policyVersion,
    decideTime: message.decideTime === undefined ? null : readDate(message.decideTime),
    engineDigest: message.engineDigest,
    digestPinned: message.digestPinned,
  };
}
