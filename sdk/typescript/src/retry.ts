/**
 * When a call is made again, and after which delay: arithmetic without a network.
 *
 * Nearly every call may be repeated: reads change nothing, and what creates something carries a request id; the
 * contract's table says which. A call that may not is made again only after a refusal that says that nothing was done.
 */

import {
  DELETIONS,
  NOTHING_WAS_DONE,
  REPEATABLE,
  REPEATABLE_WITHOUT_ETAG,
  RETRYABLE_CODES,
} from "./contract/methods.js";
import { type AionError, DeadlineExceeded, NotFound, RateLimited, Unavailable } from "./errors.js";
import type { Resolved } from "./options.js";
import { after } from "./timers.js";

/** The wire has eight digits for a deadline: some 27 hours. */
const LONGEST_MS = 99_999_999;

/** How often and until when one call is made. */
export interface Bounds {
  readonly limit: number;
  readonly timeoutMs: number | undefined;
  /** Bounds each attempt; nothing beside `timeoutMs` when it is not given. */
  readonly attemptMs?: number;
  readonly repeatable: boolean;
}

/** Whether the same call may pass later; CANCELLED may not: somebody gave it up. */
export function isRetryable(error: AionError): boolean {
  const kind = error instanceof Unavailable || error instanceof RateLimited || error instanceof DeadlineExceeded;
  return kind && (error.code === "" || RETRYABLE_CODES.has(error.code));
}

/** Whether a call does no more when it is made twice; `etag` is the one that a change names, empty for none. */
export function isRepeatable(method: string, etag?: string): boolean {
  return REPEATABLE.has(method) || (etag === "" && REPEATABLE_WITHOUT_ETAG.has(method));
}

/** The attempts of one call: how many are left, and how much time. */
export class Retries {
  #failures = 0;
  #mayBeDone = false;
  readonly #deadline: number;

  constructor(
    private readonly options: Resolved,
    private readonly bounds: Bounds,
    private readonly clock: () => number = () => performance.now(),
    private readonly draw: () => number = Math.random,
  ) {
    this.#deadline = bounds.timeoutMs === undefined ? Number.POSITIVE_INFINITY : clock() + bounds.timeoutMs;
  }

  /** Whole milliseconds that the next attempt has, undefined without a bound. Throws DeadlineExceeded at the deadline. */
  timeLeft(): number | undefined {
    const { attemptMs = Number.POSITIVE_INFINITY } = this.bounds;
    const left = Math.min(attemptMs, this.#deadline - this.clock());
    if (left === Number.POSITIVE_INFINITY) {
      return undefined;
    }
    if (left <= 0) {
      throw new DeadlineExceeded("the call's time is up; a task that was accepted goes on");
    }
    return Math.min(Math.ceil(left), LONGEST_MS);
  }

  /** Forgets earlier failures: something new came through. */
  progress(): void {
    this.#failures = 0;
  }

  /** Milliseconds to wait before the next attempt. Throws the error itself when there is to be none. */
  delayAfter(error: AionError): number {
    const repeatable = this.bounds.repeatable || NOTHING_WAS_DONE.has(error.reason);
    if (!isRetryable(error) || !repeatable || this.#failures >= this.bounds.limit) {
      throw error;
    }
    const ceiling = Math.min(this.options.maxDelayMs, this.options.firstDelayMs * 2 ** this.#failures);
    const delay = Math.max(error.retryAfterMs ?? 0, this.draw() * ceiling);
    if (this.clock() + delay >= this.#deadline) {
      throw error;
    }
    this.#failures += 1;
    this.#mayBeDone ||= !NOTHING_WAS_DONE.has(error.reason);
    return delay;
  }

  /** Whether a deletion finds nothing since an attempt of this call carried it out, whose answer was lost. */
  deletedBefore(method: string, error: AionError): boolean {
    return DELETIONS.has(method) && this.#mayBeDone && error instanceof NotFound && error.reason !== "";
  }
}

/** Lets time pass. Rejects with the signal's reason when it is aborted. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      stop();
      reject(signal?.reason);
    };
    const stop = after(ms, () => {
      signal?.removeEventListener("abort", giveUp);
      resolve();
    });
    if (signal?.aborted) {
      giveUp();
    }
    signal?.addEventListener("abort", giveUp, { once: true });
  });
}
