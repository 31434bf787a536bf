/**
 * Every way in which a call or a task can fail, as one tree under AionError.
 *
 * A refused call and a failed task are different things: the first throws, the second is a successful call whose task
 * has `error` set; `throwIfFailed` turns it into an error when that is wanted.
 */

import type { ErrorReason } from "./contract/errors.js";
import type { Task } from "./contract/tasks.js";

/** One field that is wrong: its path in the request, and what to do. */
export interface Violation {
  readonly field: string;
  readonly description: string;
}

/** What is known of a refused call, beside its message. */
export interface ErrorDetails {
  readonly code?: string;
  readonly reason?: ErrorReason | (string & {});
  readonly requestId?: string;
  readonly traceId?: string;
  readonly violations?: readonly Violation[];
  readonly retryAfterMs?: number | undefined;
  readonly facts?: Readonly<Record<string, string>>;
  readonly taskId?: string;
  readonly idempotencyKey?: string;
  readonly cause?: unknown;
}

/** A refused call. `message` says what is wrong and what to do. */
export class AionError extends Error {
  override readonly name: string = "AionError";
  /** The name of the gRPC code, such as `NOT_FOUND`; empty when the call never left this process. */
  readonly code: string;
  /** The stable reason, such as `TASK_NOT_FOUND`; empty when something between here and AION answered. */
  readonly reason: ErrorReason | (string & {});
  /** The id under which the server's log knows the call: not the idempotency key, which is `idempotencyKey`. */
  readonly requestId: string;
  /** The W3C trace id of the call. */
  readonly traceId: string;
  /** The fields that are wrong. */
  readonly violations: readonly Violation[];
  /** Milliseconds after which the same call may pass; undefined when the server did not say. */
  readonly retryAfterMs: number | undefined;
  /** What else the server said, by name. */
  readonly facts: Readonly<Record<string, string>>;
  /** The task that it was about; empty when none was named or accepted yet. */
  readonly taskId: string;
  /** The idempotency key of the call: as `requestId` of the same request it finds what was made. Empty without one. */
  readonly idempotencyKey: string;

  constructor(message: string, details: ErrorDetails = {}) {
    super(sentence(message, details), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code ?? "";
    this.reason = details.reason ?? "";
    this.requestId = details.requestId ?? "";
    this.traceId = details.traceId ?? "";
    this.violations = details.violations ?? [];
    this.retryAfterMs = details.retryAfterMs;
    this.facts = details.facts ?? {};
    this.taskId = details.taskId ?? "";
    this.idempotencyKey = details.idempotencyKey ?? "";
  }
}

/**
 * Tells an error what the call was about, where it does not say so already; gives back what was thrown.
 *
 * @internal
 */
export function about(thrown: unknown, taskId: string, idempotencyKey: string): unknown {
  if (thrown instanceof AionError) {
    const error: { taskId: string; idempotencyKey: string } = thrown;
    error.taskId ||= taskId;
    error.idempotencyKey ||= idempotencyKey;
  }
  return thrown;
}

/** The client itself is set up wrong; nothing was sent. */
export class ConfigurationError extends AionError {
  override readonly name = "ConfigurationError";
}

/** No credentials, or none that the server knows. */
export class AuthenticationError extends AionError {
  override readonly name = "AuthenticationError";
}

/** The caller lacks a scope. */
export class PermissionDenied extends AionError {
  override readonly name = "PermissionDenied";
}

/** No such thing for this caller. An intent that a submission names and nobody offers is an InvalidRequest. */
export class NotFound extends AionError {
  override readonly name = "NotFound";
}

/** The id or the request id is taken by another request. */
export class Conflict extends AionError {
  override readonly name: string = "Conflict";
}

/** Somebody else changed it since it was read: read it again, then decide. */
export class ChangedMeanwhile extends Conflict {
  override readonly name = "ChangedMeanwhile";
}

/** The request itself is wrong; `violations` name the fields. Sending it again changes nothing. */
export class InvalidRequest extends AionError {
  override readonly name: string = "InvalidRequest";

  /** A field that is wrong, by the contract's name, noticed before anything was sent. */
  static of(field: string, description: string): InvalidRequest {
    const details = { reason: "VALIDATION_FAILED", violations: [{ field, description }] };
    return new InvalidRequest("the request was not sent", details);
  }
}

/** The request is larger than AION takes. */
export class RequestTooLarge extends InvalidRequest {
  override readonly name = "RequestTooLarge";
}

/** The request is right, but cannot be served as things stand. */
export class Refused extends AionError {
  override readonly name: string = "Refused";
}

/** There are as many of these as there may be; delete one first. */
export class LimitReached extends Refused {
  override readonly name = "LimitReached";
}

/** No engine may run this task; the message and the violations say why for each. */
export class NoEligibleEngine extends Refused {
  override readonly name = "NoEligibleEngine";
}

/** The events of this task are no longer kept; its result is, `get` reads it. */
export class EventsExpired extends Refused {
  override readonly name = "EventsExpired";
}

/** A bound is reached; `retryAfterMs` says when the same call may pass. */
export class RateLimited extends AionError {
  override readonly name = "RateLimited";
}

/** The call could not be served now; sent again with the same request id it makes no second task. */
export class Unavailable extends AionError {
  override readonly name = "Unavailable";
}

/** The call's time is up; a task that was accepted goes on. */
export class DeadlineExceeded extends AionError {
  override readonly name = "DeadlineExceeded";
}

/** The server does not know this method. */
export class Unimplemented extends AionError {
  override readonly name = "Unimplemented";
}

/** A defect of the server; `requestId` finds its log. */
export class InternalError extends AionError {
  override readonly name = "InternalError";
}

/** What came is not a webhook that one of the secrets signed a short time ago. */
export class WebhookVerificationError extends AionError {
  override readonly name = "WebhookVerificationError";
}

/** The task ended ERROR. `task` is the whole of it, `reason` its error code. */
export class TaskFailed extends AionError {
  override readonly name: string = "TaskFailed";
  readonly task: Task;

  constructor(message: string, task: Task, reason: string) {
    super(message, { reason, taskId: task?.taskId });
    this.task = task;
  }
}

/** The task ended TIMEOUT. */
export class TaskTimedOut extends TaskFailed {
  override readonly name = "TaskTimedOut";
}

/** The task ended CANCELED. */
export class TaskCanceled extends TaskFailed {
  override readonly name = "TaskCanceled";
}

function sentence(message: string, details: ErrorDetails): string {
  const word = details.reason || details.code;
  const fields = (details.violations ?? []).map(({ field, description }) => `${field}: ${description}`).join("; ");
  return `${word ? `${word}: ` : ""}${message}${fields ? ` (${fields})` : ""}`;
}
