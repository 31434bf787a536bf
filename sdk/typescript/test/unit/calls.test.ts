/** One call and its attempts: the same ids, only what may be repeated, within one timeout. */

import { Code } from "@connectrpc/connect";
import { expect, test } from "vitest";
import * as sdk from "../../src/index.js";
import { resolve } from "../../src/options.js";
import { Retries } from "../../src/retry.js";
import { answer, Double, refuse, type Step, task } from "./double.js";

const never: Step = () => new Promise(() => undefined);

test("a submission is sent again under the same key and the same ids", async () => {
  const double = new Double();
  double.script("Submit", refuse(Code.Unavailable, "OUTCOME_UNKNOWN"), answer(task("PENDING")));
  const accepted = await double.client().tasks.submit({ intent: "summarize", text: "long" });
  expect(accepted).toMatchObject({ taskId: "t1", state: "PENDING" });
  const [first, second] = double.calls("Submit");
  expect(first?.request["requestId"]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(second?.request["requestId"]).toBe(first?.request["requestId"]);
  for (const name of ["x-request-id", "traceparent"]) {
    expect(first?.headers.get(name)).toBeTruthy();
    expect(second?.headers.get(name)).toBe(first?.headers.get(name));
  }
});

test("two submissions have two keys, and a key of one's own is kept", async () => {
  const double = new Double();
  double.script("Submit", answer(task("PENDING")));
  const { tasks } = double.client();
  await tasks.submit({ intent: "summarize" });
  await tasks.submit({ intent: "summarize" });
  await tasks.submit({ intent: "summarize", requestId: "order-17" });
  const keys = double.calls("Submit").map(({ request }) => request["requestId"]);
  expect(new Set(keys).size).toBe(3);
  expect(keys[2]).toBe("order-17");
});

test.each([
  [Code.Unavailable, "STORE_UNAVAILABLE", sdk.Unavailable],
  [Code.ResourceExhausted, "QUEUE_FULL", sdk.RateLimited],
  [Code.Aborted, "", sdk.Unavailable],
])("what may pass later is tried again: %s %s", async (code, reason, kind) => {
  const double = new Double();
  double.script("StatusById", refuse(code, reason));
  await expect(double.client({ maxRetries: 3 }).tasks.get("t1")).rejects.toBeInstanceOf(kind);
  expect(double.seen).toHaveLength(4);
});

test.each([
  [Code.NotFound, "TASK_NOT_FOUND", sdk.NotFound],
  [Code.InvalidArgument, "VALIDATION_FAILED", sdk.InvalidRequest],
  [Code.PermissionDenied, "PERMISSION_DENIED", sdk.PermissionDenied],
  [Code.Unauthenticated, "UNAUTHENTICATED", sdk.AuthenticationError],
  [Code.FailedPrecondition, "NO_ELIGIBLE_ENGINE", sdk.NoEligibleEngine],
  [Code.Internal, "INTERNAL", sdk.InternalError],
])("what cannot pass is not tried again: %s %s", async (code, reason, kind) => {
  const double = new Double();
  double.script("StatusById", refuse(code, reason));
  await expect(double.client().tasks.get("t1")).rejects.toBeInstanceOf(kind);
  expect(double.seen).toHaveLength(1);
});

test("a webhook is not made twice: its creation is repeated under the same key", async () => {
  const double = new Double();
  const made = answer({ webhook: { webhookId: "w" }, secret: "s" });
  double.script("CreateWebhook", refuse(Code.Unavailable, "OUTCOME_UNKNOWN"), made);
  const { webhooks } = double.client();
  expect((await webhooks.create({ url: "https://a.example" })).webhook.webhookId).toBe("w");
  double.script("RotateWebhookSecret", answer({ secret: "s" }));
  await webhooks.rotateSecret("w", { requestId: "mine" });
  const [first, second, third] = double.seen.map(({ request }) => request["requestId"]);
  expect(first).toMatch(/^[0-9a-f-]{36}$/);
  expect([second, third]).toEqual([first, "mine"]);
});

test.each([
  ["3", "OUTCOME_UNKNOWN", 1],
  ["3", "", 1],
  ["3", "DRAINING", 3],
  ["", "OUTCOME_UNKNOWN", 3],
])("a change with the etag '%s' after %s is sent %d times", async (etag, reason, times) => {
  const double = new Double();
  double.script("UpdateWebhook", refuse(Code.Unavailable, reason));
  double.script("UpdateSchedule", refuse(Code.Unavailable, reason));
  const { schedules, webhooks } = double.client();
  const webhook = { webhookId: "w", url: "https://a.example", etag };
  await expect(webhooks.update(webhook)).rejects.toBeInstanceOf(sdk.Unavailable);
  const schedule = { scheduleId: "s", cron: "@daily", task: { intent: "x" }, etag };
  await expect(schedules.update(schedule)).rejects.toBeInstanceOf(sdk.Unavailable);
  expect(double.calls("UpdateWebhook")).toHaveLength(times);
  expect(double.calls("UpdateSchedule")).toHaveLength(times);
});

test("a deletion whose answer was lost is done when there is nothing left", async () => {
  const double = new Double();
  const lost = refuse(Code.Unavailable, "OUTCOME_UNKNOWN");
  double.script("DeleteSchedule", lost, refuse(Code.NotFound, "SCHEDULE_NOT_FOUND", { requestId: "r7" }));
  const { schedules } = double.client();
  const { data, response } = await schedules.delete("s").withResponse();
  expect([data, response.requestId]).toEqual([undefined, "r7"]);
  expect(double.seen).toHaveLength(2);
});

test.each([
  [refuse(Code.NotFound, "WEBHOOK_NOT_FOUND")],
  [refuse(Code.Unavailable, "DRAINING"), refuse(Code.NotFound, "WEBHOOK_NOT_FOUND")],
  [refuse(Code.Unavailable, "OUTCOME_UNKNOWN"), refuse(Code.NotFound, "")],
])("a deletion of what never was there, or of which a proxy knows nothing, is not found", async (...steps) => {
  const double = new Double();
  double.script("DeleteWebhook", ...steps);
  await expect(double.client().webhooks.delete("w")).rejects.toBeInstanceOf(sdk.NotFound);
});

test("what somebody gave up stays given up", async () => {
  const double = new Double();
  double.script("StatusById", refuse(Code.Canceled, "CALL_CANCELED"));
  await expect(double.client().tasks.get("t1")).rejects.toMatchObject({ name: "Unavailable", code: "CANCELLED" });
  expect(double.seen).toHaveLength(1);
});

test("a stream's reconnects outlast a restart of the server of half a minute", () => {
  const options = resolve({});
  const bounds = { limit: options.maxReconnects, timeoutMs: undefined, repeatable: true };
  const retries = new Retries(
    options,
    bounds,
    () => 0,
    () => 0.5,
  );
  const delays = Array.from({ length: bounds.limit }, () => retries.delayAfter(new sdk.Unavailable("gone")));
  const sum = delays.reduce((all, delay) => all + delay, 0);
  expect(sum).toBeGreaterThan(30_000);
  expect(sum).toBeLessThan(60_000);
});

test("a call that may still pass when its time is up is not waited for", async () => {
  const double = new Double();
  double.script("StatusById", refuse(Code.ResourceExhausted, "RATE_LIMITED", { retryAfterMs: 3_600_000 }));
  const call = double.client().tasks.get("t1", { timeoutMs: 5_000 });
  await expect(call).rejects.toMatchObject({ name: "RateLimited", retryAfterMs: 3_600_000 });
  expect(double.seen).toHaveLength(1);
});

test("the timeout bounds the call and is told to the server", async () => {
  const double = new Double();
  double.script("StatusById", never);
  const call = double.client({ maxRetries: 0 }).tasks.get("t1", { timeoutMs: 30 });
  await expect(call).rejects.toBeInstanceOf(sdk.DeadlineExceeded);
  expect(double.seen[0]?.timeoutMs).toBeLessThanOrEqual(30);
});

test("an aborted call rejects with the signal's reason, also between two attempts", async () => {
  const double = new Double();
  const controller = new AbortController();
  const reason = new Error("the page was left");
  double.script("StatusById", () => {
    controller.abort(reason);
    return never({}, {} as never);
  });
  await expect(double.client().tasks.get("t1", { signal: controller.signal })).rejects.toBe(reason);
  await expect(double.client().tasks.get("t1", { signal: controller.signal })).rejects.toBe(reason);
  expect(double.seen).toHaveLength(1);
  const pausing = new AbortController();
  double.script("StatusById", () => {
    queueMicrotask(() => setTimeout(() => pausing.abort(reason)));
    return refuse(Code.Unavailable, "DRAINING", { retryAfterMs: 3_600_000 })({}, {} as never);
  });
  const waiting = double.client({ timeoutMs: 7_200_000 }).tasks.get("t1", { signal: pausing.signal });
  await expect(waiting).rejects.toBe(reason);
});

test("headers of one's own go along, AION's cannot be replaced", async () => {
  const double = new Double();
  double.script("StatusById", answer(task("OK")));
  await double.client().tasks.get("t1", { headers: { "x-team": "search", authorization: "Bearer other" } });
  expect(double.seen[0]?.headers.get("x-team")).toBe("search");
  expect(double.seen[0]?.headers.get("authorization")).toBe("Bearer aion_key");
});

test("withResponse shows what came along with the answer", async () => {
  const double = new Double();
  double.script("StatusById", (_, context) => {
    context.responseTrailer.set("x-request-id", "r1");
    context.responseHeader.set("x-trace-id", "f".repeat(32));
    return task("OK");
  });
  const { data, response } = await double.client().tasks.get<{ summary: string }>("t1").withResponse();
  expect(data.result?.summary).toBe("short");
  expect(response).toMatchObject({ requestId: "r1", traceId: "f".repeat(32) });
  expect(response.trailers.get("x-request-id")).toBe("r1");
});

test("an error says what the server said", async () => {
  const double = new Double();
  const violations = { intent: "must be an intent" };
  double.script("Submit", refuse(Code.InvalidArgument, "VALIDATION_FAILED", { violations, requestId: "r7" }));
  const error: unknown = await double
    .client()
    .tasks.submit({ intent: "x" })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(sdk.AionError);
  expect(error).toMatchObject({
    name: "InvalidRequest",
    code: "INVALID_ARGUMENT",
    reason: "VALIDATION_FAILED",
    requestId: "r7",
    traceId: "f".repeat(32),
    violations: [{ field: "intent", description: "must be an intent" }],
    facts: { limit: "1" },
    message: "VALIDATION_FAILED: it was refused (intent: must be an intent)",
  });
});

test("a client with other options uses the same connection", async () => {
  const double = new Double();
  double.script("StatusById", refuse(Code.Unavailable, "DRAINING"));
  const client = double.client();
  await expect(client.withOptions({ maxRetries: 0 }).tasks.get("t1")).rejects.toThrow();
  expect(double.seen).toHaveLength(1);
  await expect(client.tasks.get("t1", { maxRetries: 1 })).rejects.toThrow();
  expect(double.seen).toHaveLength(3);
  expect(() => client.withOptions({ timeoutMs: 0 })).toThrow("timeoutMs must be more than 0");
});

test("a closed client gives up what is under way and takes nothing new", async () => {
  const double = new Double();
  double.script("StatusById", never);
  double.script("ListTasks", refuse(Code.Unavailable, "DRAINING", { retryAfterMs: 3_600_000 }));
  double.script("Watch", async function* (_, context) {
    await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
  });
  const client = double.client({ timeoutMs: 7_200_000 });
  const stream = client.tasks.watch("t1");
  const under = [client.tasks.get("t1"), client.withOptions({}).tasks.list().page(), stream.next()];
  setTimeout(() => client.close());
  for (const outcome of await Promise.allSettled(under)) {
    expect(outcome).toMatchObject({ reason: { name: "Unavailable", code: "CANCELLED" } });
  }
  const seen = double.seen.length;
  for (const one of [client, client.withOptions({})]) {
    await expect(one.tasks.get("t1")).rejects.toMatchObject({ name: "ConfigurationError" });
    await expect(one.tasks.watch("t1").next()).rejects.toMatchObject({ name: "ConfigurationError" });
  }
  await expect(stream.next()).rejects.toMatchObject({ name: "ConfigurationError" });
  expect(double.seen).toHaveLength(seen);
});

test("a client and a stream are closed at the end of their block", async () => {
  const client = new Double().client();
  const stream = client.tasks.watch("t1");
  await stream[Symbol.asyncDispose]();
  expect(await stream.next()).toEqual({ done: true, value: undefined });
  await client[Symbol.asyncDispose]();
  await expect(client.server.info()).rejects.toMatchObject({ name: "ConfigurationError" });
});

test("an error says which task it is about, and under which key it was submitted", async () => {
  const double = new Double();
  double.script("Submit", never);
  double.script("StatusById", refuse(Code.NotFound, "TASK_NOT_FOUND"));
  const { tasks } = double.client({ maxRetries: 0, timeoutMs: 30 });
  const error: unknown = await tasks.submit({ intent: "x" }).catch((thrown: unknown) => thrown);
  const [call] = double.calls("Submit");
  expect(error).toMatchObject({ name: "DeadlineExceeded", taskId: "", idempotencyKey: call?.request["requestId"] });
  expect(call?.request["requestId"]).not.toBe((error as sdk.AionError).requestId);
  await expect(tasks.get("t9")).rejects.toMatchObject({ taskId: "t9", idempotencyKey: "" });
});

test("options and values of the wrong kind are refused by name, and nothing is sent", async () => {
  const double = new Double();
  const { tasks, tickets, webhooks, schedules } = double.client();
  const configuration = (call: PromiseLike<unknown>, words: string) =>
    expect(call).rejects.toMatchObject({ name: "ConfigurationError", message: expect.stringContaining(words) });
  const invalid = (call: PromiseLike<unknown>, field: string) =>
    expect(call).rejects.toMatchObject({ name: "InvalidRequest", violations: [{ field }] });
  await configuration(tasks.get("t1", { timeout: 5 } as never), "no option timeout");
  await configuration(tasks.get("t1", { maxRetries: 1.5 }), "maxRetries must be");
  await configuration(tasks.get("t1", { headers: { "x-a": "a\nsecret" } }), "x-a cannot be sent");
  await invalid(tasks.submit(undefined as never), "task");
  await invalid(tasks.run(undefined as never), "task");
  await invalid(tickets.create("task-1" as never), "ticket");
  await invalid(tickets.create({ lifetime: 5 } as never), "lifetime");
  await invalid(webhooks.create({ url: "https://a.example", states: "OK" as never }), "states");
  await invalid(webhooks.create({ url: "https://a.example", secret: "x" } as never), "secret");
  await invalid(schedules.pause("s", {} as never), "note");
  await invalid(tasks.submit({ intent: 7 } as never), "intent");
  await invalid(webhooks.create({ url: "https://a.example", disabled: "no" as never }), "webhook.disabled");
  expect(() => tasks.stream({ intent: 7 } as never)).toThrow("intent");
  expect(() => tasks.watch("t1", { afterOffset: Number.NaN })).toThrow("after_offset");
  expect(double.seen).toHaveLength(0);
});

test("a request that cannot be written rejects and sends nothing", async () => {
  const double = new Double();
  const call = double.client().tasks.submit({ intent: "summarize", params: { n: 3 } as never });
  await expect(call).rejects.toMatchObject({ name: "InvalidRequest", violations: [{ field: "params.n" }] });
  expect(double.seen).toHaveLength(0);
});
