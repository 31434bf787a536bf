/** One open stream of messages: read one by one, ended when it is silent for too long. */

import { Unavailable } from "./errors.js";
import { after } from "./timers.js";

/** Opens the stream; it ends when the signal is aborted. */
export type Open<Message> = (signal: AbortSignal) => Promise<AsyncIterable<Message>>;

/** A stream that can be closed at any time, also while somebody reads. */
export class Connected<Message> {
  readonly #controller = new AbortController();
  readonly #idleMs: number;
  readonly #messages: Promise<AsyncIterator<Message>>;

  constructor(open: Open<Message>, idleMs: number) {
    this.#idleMs = idleMs;
    this.#messages = open(this.#controller.signal).then((messages) => messages[Symbol.asyncIterator]());
    this.#messages.catch(() => undefined); // whoever reads learns of it
  }

  /** The next message; undefined at the end. Throws what the transport throws, and Unavailable after a silence. */
  async read(signal: AbortSignal | undefined): Promise<Message | undefined> {
    let giveUp: () => void = () => undefined;
    let stop: () => void = () => undefined;
    const interrupted = new Promise<never>((_, reject) => {
      giveUp = () => reject(signal?.reason);
      const silence = `the stream brought nothing for ${this.#idleMs} ms, no heartbeat either`;
      stop = after(this.#idleMs, () => reject(new Unavailable(silence)));
    });
    if (signal?.aborted) {
      giveUp();
    }
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      const next = this.#messages.then((messages) => messages.next());
      next.catch(() => undefined); // after an interruption nobody else looks
      const { done, value } = await Promise.race([next, interrupted]);
      return done === true ? undefined : value;
    } finally {
      stop();
      signal?.removeEventListener("abort", giveUp);
    }
  }

  /** Ends the stream. */
  close(): void {
    this.#controller.abort();
  }
}
