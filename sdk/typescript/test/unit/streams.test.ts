/** A stream gives each event once and in order, whatever happens to its connections. */

import { Code } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { EventKind } from "../../src/gen/aion/v1/events_pb.js";
import { type TaskEvent, textOf, Unavailable } from "../../src/index.js";
import { resolve } from "../../src/options.js";
import { Retries } from "../../src/retry.js";
import {
  answer,
  cut,
  Double,
  type EventInit,
  LOG,
  refuse,
  type Step,
  streamed,
  task,
  together,
  watched,
  watchFromTheLog,
} from "./double.js";

const SPEC = { intent: "summarize", text: "long" };

async function collect(stream: AsyncIterable<TaskEvent>): Promise<TaskEvent[]> {
  const events: TaskEvent[] = [];
  for await (const event of stream) {
    events.push(event);
  }
  return events;
}

const silent: Step = async function* (_, context) {
  await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
};

test("a stream gives the events, the text and the ended task", async () => {
  const double = new Double();
  double.script("Stream", answer(streamed()));
  const stream = double.client().tasks.stream<{ summary: string }>(SPEC);
  expect(stream.taskId).toBe("");
  const events = await collect(stream);
  expect(events.map(({ offset, kind }) => [offset, kind])).toEqual([
    [1, "TOKEN"],
    [2, "TOKEN"],
    [3, "LOG"],
    [4, "DONE"],
  ]);
  expect(textOf(events)).toBe("one two");
  expect(stream.currentText).toBe("one two");
  expect(stream.task).toMatchObject({ taskId: "t1", state: "OK", result: { summary: "short" } });
  expect(stream.lastOffset).toBe(4);
});

test("a stream that is cut resumes after the last event that it gave out", async () => {
  const double = new Double();
  double.script("Stream", cut(streamed().slice(0, 3)));
  double.script("Watch", cut(watched(LOG.slice(2, 3))), watchFromTheLog);
  const events = await collect(double.client().tasks.stream(SPEC));
  expect(events.map(({ offset }) => offset)).toEqual([1, 2, 3, 4]);
  expect(double.calls("Watch").map(({ request }) => request["afterOffset"])).toEqual([2n, 3n]);
});

test("before the task is accepted the same submission is sent again under the same key", async () => {
  const double = new Double();
  double.script("Stream", refuse(Code.Unavailable, "DRAINING"), cut([]), answer(streamed()));
  expect(await double.client().tasks.stream(SPEC).text()).toBe("one two");
  const keys = double.calls("Stream").map(({ request }) => request["requestId"]);
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
});

test("an event that comes twice is given out once, and a gap is closed by reading again", async () => {
  const double = new Double();
  const [one, two] = LOG as [(typeof LOG)[0], (typeof LOG)[0]];
  double.script("Watch", answer(watched([one, one, two, { ...two, offset: 4n }], 9)), watchFromTheLog);
  const events = await collect(double.client().tasks.watch("t1"));
  expect(events.map(({ offset }) => offset)).toEqual([1, 2, 3, 4]);
  expect(double.calls("Watch").map(({ request }) => request["afterOffset"])).toEqual([0n, 2n]);
});

test("events that come in one message are given one by one", async () => {
  const double = new Double();
  double.script("Watch", answer([together(LOG.slice(0, 3)), {}, together(LOG.slice(3))]));
  const stream = double.client().tasks.watch<{ summary: string }>("t1");
  for (const offset of [1, 2]) {
    expect((await stream.next()).value?.offset).toBe(offset);
    expect(stream.lastOffset).toBe(offset);
    expect(stream.task).toBeUndefined();
  }
  expect((await collect(stream)).map(({ offset }) => offset)).toEqual([3, 4]);
  expect(stream.task).toMatchObject({ state: "OK", result: { summary: "short" } });
  expect(double.calls("Watch").map(({ request }) => request["maxEvents"])).toEqual([64]);
});

test("a stream that is left or cut within a message of several events resumes after the last that it gave out", async () => {
  const double = new Double();
  const rest: Step = (request) =>
    answer([together(LOG.slice(Number(request["afterOffset"])))])(request, undefined as never);
  double.script("Watch", answer([together(LOG)]), cut([together(LOG.slice(1, 3))]), rest);
  const stream = double.client().tasks.watch("t1");
  for await (const event of stream) {
    expect(event.offset).toBe(1);
    break;
  }
  expect((await collect(stream)).map(({ offset }) => offset)).toEqual([2, 3, 4]);
  expect(double.calls("Watch").map(({ request }) => request["afterOffset"])).toEqual([0n, 1n, 3n]);
});

test("a message that lacks an event is read up to the gap, and begins again there", async () => {
  const double = new Double();
  const [one, two, , four] = LOG as readonly EventInit[] as [EventInit, EventInit, EventInit, EventInit];
  double.script("Watch", answer([together([one, two, four])]), answer([together(LOG.slice(1))]));
  const events = await collect(double.client({ maxReconnects: 1 }).tasks.watch("t1"));
  expect(events.map(({ offset }) => offset)).toEqual([1, 2, 3, 4]);
  expect(double.calls("Watch").map(({ request }) => request["afterOffset"])).toEqual([0n, 2n]);
});

test("a reset voids the text from its offset on", async () => {
  const double = new Double();
  const log = [
    { offset: 1n, attempt: 1, kind: EventKind.TOKEN, text: "lost" },
    { offset: 2n, attempt: 2, kind: EventKind.RESET, discardFrom: 1n },
    { offset: 3n, attempt: 2, kind: EventKind.TOKEN, text: "kept" },
    { offset: 4n, attempt: 2, kind: EventKind.DONE, dataJson: "{}" },
  ];
  double.script("Stream", answer(streamed(log)));
  expect(await double.client().tasks.stream(SPEC).text()).toBe("kept");
});

test("the end of a stream is believed only when the task has ended", async () => {
  const double = new Double();
  double.script("Watch", cut([], "ended"), watchFromTheLog);
  double.script("StatusById", answer(task("RUNNING")));
  expect((await double.client().tasks.watch("t1").result()).state).toBe("OK");
  expect(double.calls("Watch")).toHaveLength(2);
});

test("a task whose events are no longer kept still has its result", async () => {
  const double = new Double();
  double.script("Watch", refuse(Code.FailedPrecondition, "EVENTS_EXPIRED"));
  double.script("StatusById", answer(task("OK")));
  expect((await double.client().tasks.watch("t1").result()).state).toBe("OK");
  await expect(collect(double.client().tasks.watch("t1"))).rejects.toMatchObject({ name: "EventsExpired" });
});

test("a stream that was left can be read on, and one that was closed cannot", async () => {
  const double = new Double();
  double.script("Watch", watchFromTheLog);
  const stream = double.client().tasks.watch("t1");
  for await (const event of stream) {
    expect(event.offset).toBe(1);
    break;
  }
  expect((await collect(stream)).map(({ offset }) => offset)).toEqual([2, 3, 4]);
  const closed = double.client().tasks.watch("t1");
  await closed.next();
  await closed.close();
  expect(await closed.next()).toEqual({ done: true, value: undefined });
  await expect(closed.result()).rejects.toThrow("closed before its task ended");
});

test("a stream gives up after so many connections without a new event", async () => {
  const double = new Double();
  double.script("Watch", cut([]));
  const stream = double.client({ maxReconnects: 3 }).tasks.watch("t1");
  await expect(collect(stream)).rejects.toBeInstanceOf(Unavailable);
  expect(double.calls("Watch")).toHaveLength(4);
  await expect(collect(double.client({ maxRetries: 0 }).tasks.watch("t1"))).rejects.toBeInstanceOf(Unavailable);
  expect(double.calls("Watch")).toHaveLength(5);
});

test("a stream that falls silent is opened again", async () => {
  const double = new Double();
  double.script("Watch", silent, watchFromTheLog);
  const stream = double.client({ idleTimeoutMs: 250 }).tasks.watch("t1");
  expect((await stream.result()).state).toBe("OK");
  expect(double.calls("Watch").length).toBeGreaterThan(1);
});

test("a heartbeat is no event", async () => {
  const double = new Double();
  double.script("Watch", answer([{}, ...watched(), {}]));
  expect(await collect(double.client().tasks.watch("t1"))).toHaveLength(4);
});

test("an aborted stream rejects with the signal's reason and frees the server", async () => {
  const double = new Double();
  const controller = new AbortController();
  const reason = new Error("the page was left");
  double.script("Watch", silent);
  const stream = double.client().tasks.watch("t1", { signal: controller.signal });
  const reading = stream.next();
  setTimeout(() => controller.abort(reason));
  await expect(reading).rejects.toBe(reason);
  expect(double.seen[0]?.signal.aborted).toBe(true);
});

test("run submits, and watches when the task has not ended by then", async () => {
  const double = new Double();
  double.script("Submit", answer(task("RUNNING", { lastOffset: 1n })));
  double.script("Watch", watchFromTheLog);
  const done = await double.client().tasks.run<{ summary: string }>(SPEC);
  expect(done.result?.summary).toBe("short");
  expect(double.calls("Submit")[0]?.request["wait"]).toMatchObject({ seconds: 30n });
  expect(double.calls("Watch")[0]?.request["afterOffset"]).toBe(1n);
});

test("events that are asked for at once come in order, each once", async () => {
  const double = new Double();
  double.script("Watch", cut(watched(LOG.slice(0, 1))), watchFromTheLog);
  const stream = double.client().tasks.watch("t1");
  const asked = await Promise.all(Array.from({ length: 5 }, () => stream.next()));
  expect(asked.map(({ value }) => value?.offset)).toEqual([1, 2, 3, 4, undefined]);
});

test("run outlasts a restart of the server as a stream does, under one key", async () => {
  const double = new Double();
  const down = Array.from({ length: 9 }, () => refuse(Code.Unavailable, "DRAINING"));
  double.script("Submit", ...down, answer(task("OK")));
  expect((await double.client().tasks.run(SPEC)).state).toBe("OK");
  expect(new Set(double.calls("Submit").map(({ request }) => request["requestId"])).size).toBe(1);
  double.script("Submit", ...down, answer(task("OK")));
  const short = double.client({ maxReconnects: 2 }).tasks.run({ ...SPEC, requestId: "order-17" });
  await expect(short).rejects.toMatchObject({ name: "Unavailable", idempotencyKey: "order-17" });
  await expect(double.client().tasks.run(SPEC, { maxRetries: 0 })).rejects.toBeInstanceOf(Unavailable);
  expect(double.calls("Submit")).toHaveLength(10 + 3 + 1);
});

test("an attempt of run that is never answered is made again", async () => {
  const double = new Double();
  const options = resolve({ timeoutMs: 20 });
  const bounds = { limit: 3, timeoutMs: undefined, attemptMs: 90_000, repeatable: true };
  expect(new Retries(options, bounds).timeLeft()).toBe(90_000);
  expect(new Retries(options, { ...bounds, timeoutMs: 400 }, () => 0).timeLeft()).toBe(400);
  double.script("Submit", refuse(Code.DeadlineExceeded, ""), answer(task("OK")));
  expect((await double.client().tasks.run(SPEC)).state).toBe("OK");
  expect(double.seen[0]?.timeoutMs).toBeGreaterThan(80_000);
});

test("run with a timeout waits no longer than that", async () => {
  const double = new Double();
  double.script("Submit", answer(task("RUNNING")));
  double.script("Watch", silent);
  const run = double.client({ maxRetries: 0 }).tasks.run(SPEC, { timeoutMs: 400 });
  const key = expect.stringMatching(/^[0-9a-f-]{36}$/);
  await expect(run).rejects.toMatchObject({ name: "DeadlineExceeded", taskId: "t1", idempotencyKey: key });
  expect(double.calls("Submit")[0]?.request["wait"]).toMatchObject({ nanos: 200_000_000 });
});

test("what a newer server says reads as UNKNOWN", async () => {
  const double = new Double();
  const log = [{ offset: 1n, kind: 99 as EventKind }, ...LOG.slice(1)];
  double.script("Stream", answer(streamed(log)));
  const events = await collect(double.client().tasks.stream(SPEC));
  expect(events[0]).toMatchObject({ kind: "UNKNOWN", offset: 1 });
});
