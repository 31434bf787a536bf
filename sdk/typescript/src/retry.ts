/**
 * When a call is made again, and after which delay: arithmetic without a network.
 *
 * Nearly every call may be repeated: reads change nothing, and what creates something carries a request id. A call that
 * may not is made again only after a refusal that says that nothing was done.
 */

import { type AionError, DeadlineExceeded, RateLimited, Unavailable } from "./errors.js";
import type { Resolved } from "./options.js";

/** Reasons with which a call is refused before anything else is looked at. */
const NOTHING_WAS_DONE: ReadonlySet<string> = new Set(["DRAINING", "RATE_LIMITED"]);

/** The wire has eight digits for a deadline: some 27 hours. */
const LONGEST_MS = 99_999_999;

/** How often and until when one call is made. */
export interface Bounds {
  readonly limit: number;
  readonly timeoutMs: number | undefined;
  readonly repeatable: boolean;
}

/** Whether the same call may pass later. */
export function isRetryable(error: AionError): boolean {
  return error instanceof Unavailable || error instanceof RateLimited || error instanceof DeadlineExceeded;
}

/** The attempts of one call: how many are left, and how much time. */
export class Retries {
  #failures = 0;
  readonly #deadline: number;

  constructor(
    private readonly options: Resolved,
    private readonly bounds: Bounds,
    private readonly clock: () => number = () => performance.now(),
    private readonly draw: () => number = Math.random,
  ) {
    this.#deadline = bounds.timeoutMs === undefined ? Number.POSITIVE_INFINITY : clock() + bounds.timeoutMs;
  }

  /** Whole milliseconds until the call's own deadline, undefined without one. Throws DeadlineExceeded. */
  timeLeft(): number | undefined {
    if (this.#deadline === Number.POSITIVE_INFINITY) {
      return undefined;
    }
    const left = this.#deadline - this.clock();
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
    return delay;
  }
}

/** Lets time pass. Rejects with the signal's reason when it is aborted. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", giveUp);
      resolve();
    }, ms);
    if (signal?.aborted) {
      giveUp();
    }
    signal?.addEventListener("abort", giveUp, { once: true });
  });
}
