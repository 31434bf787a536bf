/** One way to wait: a timer counts 31 bits of milliseconds, and takes what is longer for no time at all. */

/** Some 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

/** Calls when so much time has passed, or as much as a timer counts, and never for Infinity; what it returns stops it. */
export function after(ms: number, call: () => void): () => void {
  if (ms === Number.POSITIVE_INFINITY) {
    return () => undefined;
  }
  const timer = setTimeout(call, Math.min(ms, LONGEST_MS));
  return () => clearTimeout(timer);
}
