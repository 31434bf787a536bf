/** Times that no timer can count are not over at once. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Connected } from "../../src/connected.js";
import { pause } from "../../src/retry.js";

const THIRTY_DAYS_MS = 30 * 86_400_000;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A stream whose one message comes when it is let go. */
function held(idleMs: number) {
  let bring: (message: string) => void = () => undefined;
  const message = new Promise<string>((resolve) => {
    bring = resolve;
  });
  async function* messages() {
    yield await message;
  }
  return { stream: new Connected(async () => messages(), idleMs), bring };
}

test.each([Number.POSITIVE_INFINITY, THIRTY_DAYS_MS])("a stream may be silent for up to %d ms", async (idleMs) => {
  const { stream, bring } = held(idleMs);
  const reading = stream.read(undefined);
  reading.catch(() => undefined); // it is awaited below
  await vi.advanceTimersByTimeAsync(86_400_000);
  bring("heartbeat");
  await expect(reading).resolves.toBe("heartbeat");
  expect(vi.getTimerCount()).toBe(0);
});

test("a stream is broken when it is silent for longer", async () => {
  const reading = held(250).stream.read(undefined);
  const broken = expect(reading).rejects.toThrow("nothing for 250 ms");
  await vi.advanceTimersByTimeAsync(250);
  await broken;
});

test("a pause that the server asked for is as long as a timer can be, and can be given up", async () => {
  const giveUp = new AbortController();
  let over = false;
  const pausing = pause(THIRTY_DAYS_MS, giveUp.signal).finally(() => {
    over = true;
  });
  pausing.catch(() => undefined); // it is awaited below
  await vi.advanceTimersByTimeAsync(86_400_000);
  expect(over).toBe(false);
  giveUp.abort(new Error("enough"));
  await expect(pausing).rejects.toThrow("enough");
  expect(vi.getTimerCount()).toBe(0);
});
