/** One call and its attempts: the same ids, only what may be repeated, within one timeout. */

import { Code } from "@connectrpc/connect";
import { expect, test } from "vitest";
import * as sdk from "../../src/index.js";
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

test("a webhook is not made twice: its creation is repeated only when surely nothing was done", async () => {
  const double = new Double();
  double.script("CreateWebhook", refuse(Code.Unavailable, "OUTCOME_UNKNOWN"));
  const { webhooks } = double.client();
  await expect(webhooks.create({ url: "https://a.example" })).rejects.toBeInstanceOf(sdk.Unavailable);
  expect(double.seen).toHaveLength(1);
  double.script(
    "CreateWebhook",
    refuse(Code.Unavailable, "DRAINING"),
    answer({ webhook: { webhookId: "w" }, secret: "s" }),
  );
  expect((await webhooks.create({ url: "https://a.example" })).webhook.webhookId).toBe("w");
  expect(double.seen).toHaveLength(3);
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

test("a request that cannot be written rejects and sends nothing", async () => {
  const double = new Double();
  const call = double.client().tasks.submit({ intent: "summarize", params: { n: 3 } as never });
  await expect(call).rejects.toMatchObject({ name: "InvalidRequest", violations: [{ field: "params.n" }] });
  expect(double.seen).toHaveLength(0);
});
