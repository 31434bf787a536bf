/** Several reasons to give a call up, as one signal. */

/** A signal, and what lets go of those that it follows. */
export interface Linked {
  readonly signal: AbortSignal;
  readonly release: () => void;
}

/** A signal that is aborted with the first of these, with its reason. AbortSignal.any is missing from older runtimes. */
export function linked(signals: readonly (AbortSignal | undefined)[]): Linked {
  const controller = new AbortController();
  const given = signals.filter((signal) => signal !== undefined);
  const follow = () => controller.abort(given.find((signal) => signal.aborted)?.reason);
  for (const signal of given) {
    signal.addEventListener("abort", follow, { once: true });
  }
  if (given.some((signal) => signal.aborted)) {
    follow();
  }
  const release = () => {
    for (const signal of given) {
      signal.removeEventListener("abort", follow);
    }
  };
  return { signal: controller.signal, release };
}
