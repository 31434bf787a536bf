/** Lists page by themselves; batches of any size keep their order and lose nothing. */

import { setImmediate } from "node:timers/promises";
import { Code } from "@connectrpc/connect";
import { expect, test } from "vitest";
import type { TaskRequest } from "../../src/gen/aion/v1/tasks_pb.js";
import { answer, Double, refuse, type Step, task } from "./double.js";

function pages(...sizes: number[]): Step {
  return (request) => {
    const index = Number(request["pageToken"] || 0);
    const tasks = Array.from({ length: sizes[index] ?? 0 }, (_, n) => task("OK", { taskId: `${index}-${n}` }));
    return { tasks, nextPageToken: index + 1 < sizes.length ? String(index + 1) : "" };
  };
}

test("a list pages by itself, reads no more than it needs, and can be read again", async () => {
  const double = new Double();
  double.script("ListTasks", pages(2, 2, 1));
  const list = double.client().tasks.list({ states: ["ERROR"], intent: "summarize", pageSize: 2 });
  expect(double.seen).toHaveLength(0);
  expect((await list.toArray()).map(({ taskId }) => taskId)).toEqual(["0-0", "0-1", "1-0", "1-1", "2-0"]);
  expect(double.seen[0]?.request).toMatchObject({ states: [4], intent: "summarize", pageSize: 2, pageToken: "" });
  for await (const first of list) {
    expect(first.taskId).toBe("0-0");
    break;
  }
  expect(double.seen).toHaveLength(4);
});

test("a list ends at its limit", async () => {
  const double = new Double();
  double.script("ListTasks", pages(2, 2, 2));
  expect(await double.client().tasks.list({ limit: 3 }).toArray()).toHaveLength(3);
  expect(double.seen).toHaveLength(2);
});

test("one page is read by its token", async () => {
  const double = new Double();
  double.script("ListTasks", pages(2, 1));
  const list = double.client().tasks.list();
  const first = await list.page();
  expect(first.nextPageToken).toBe("1");
  expect((await list.page(first.nextPageToken)).items.map(({ taskId }) => taskId)).toEqual(["1-0"]);
});

const accept: Step = (request) => {
  const requests = request["requests"] as TaskRequest[];
  return {
    outcomes: requests.map(({ requestId }) => ({
      outcome: { case: "task", value: task("PENDING", { taskId: requestId }) },
    })),
  };
};

function specs(count: number) {
  return Array.from({ length: count }, (_, index) => ({ intent: "redact", text: String(index) }));
}

test("a batch of any size goes in calls of a hundred, its outcomes in order, each with a key of its own", async () => {
  const double = new Double();
  double.script("SubmitBatch", accept);
  const outcomes = await double.client().tasks.batch(specs(250), { requestId: "nightly" });
  expect(outcomes.map((outcome) => outcome.ok && outcome.task.taskId)).toEqual(
    specs(250).map((_, index) => `nightly/${index}`),
  );
  const sizes = double.seen.map(({ request }) => (request["requests"] as unknown[]).length);
  expect(sizes.sort()).toEqual([100, 100, 50]);
});

test("a batch is cut by its bytes, too", async () => {
  const double = new Double();
  double.script("SubmitBatch", accept);
  const large = Array.from({ length: 4 }, () => ({ intent: "redact", text: "x".repeat(1_200_000) }));
  expect(await double.client().tasks.batch(large)).toHaveLength(4);
  expect(double.seen).toHaveLength(2);
});

test("a call of a batch that fails is the outcome of its tasks only", async () => {
  const double = new Double();
  double.script("SubmitBatch", (request, context) => {
    const [first] = request["requests"] as TaskRequest[];
    return first?.requestId === "b/100"
      ? refuse(Code.InvalidArgument, "VALIDATION_FAILED")(request, context)
      : accept(request, context);
  });
  const outcomes = await double.client().tasks.batch(specs(201), { requestId: "b", concurrency: 1 });
  expect(outcomes.map(({ ok }) => ok)).toEqual([...Array(100).fill(true), ...Array(100).fill(false), true]);
  const refused = outcomes[100];
  expect(refused?.ok === false && refused.error.name).toBe("InvalidRequest");
});

test.each([0, -1, 1.5, Number.NaN, 65, 1e9])(
  "a concurrency of %d is refused before anything is sent",
  async (concurrency) => {
    const double = new Double();
    const batch = double.client().tasks.batch(specs(1), { concurrency });
    await expect(batch).rejects.toMatchObject({ name: "ConfigurationError", message: /concurrency must be 1 to 64/ });
    expect(double.seen).toHaveLength(0);
  },
);

test("a task that cannot be written is an outcome of its own, and costs no other one its own", async () => {
  const double = new Double();
  double.script("SubmitBatch", accept);
  const wrong = { intent: "redact", text: "x", budgetUsd: "abc" };
  const many = [...specs(120), wrong, null as never, ...specs(130)];
  const outcomes = await double.client().tasks.batch(many, { requestId: "b" });
  expect(outcomes.map(({ ok }) => ok)).toEqual([...Array(120).fill(true), false, false, ...Array(130).fill(true)]);
  expect(outcomes[120]).toMatchObject({
    idempotencyKey: "b/120",
    error: { name: "InvalidRequest", violations: [{ field: "sla.budget_usd" }] },
  });
  expect(outcomes[122]).toMatchObject({ task: { taskId: "b/122" } });
});

test("when the tasks themselves cannot be read on, none was sent", async () => {
  const double = new Double();
  double.script("SubmitBatch", accept);
  const broken = new Error("the file ends");
  const reading = function* () {
    yield* specs(101);
    throw broken;
  };
  await expect(double.client().tasks.batch(reading())).rejects.toBe(broken);
  await setImmediate();
  expect(double.seen).toHaveLength(0);
});

test.each([Number.NaN, -1, 1.5])("a limit of %d is refused", (limit) => {
  expect(() => new Double().client().tasks.list({ limit })).toThrow("limit must be 0 or more");
});

test.each([
  [{ pageSize: 1.5 }, "page_size"],
  [{ pageSize: Number.NaN }, "page_size"],
  [{ states: "OK" }, "states"],
  [{ states: ["BUSY"] }, "states"],
  [{ state: "OK" }, "state"],
])("the query %j is refused at %s", async (query, field) => {
  const double = new Double();
  const list = double
    .client()
    .tasks.list(query as never)
    .toArray();
  await expect(list).rejects.toMatchObject({ name: "InvalidRequest", violations: [{ field }] });
  expect(double.seen).toHaveLength(0);
});

test("an empty batch sends nothing", async () => {
  const double = new Double();
  double.script("SubmitBatch", answer({}));
  expect(await double.client().tasks.batch([])).toEqual([]);
  expect(double.seen).toHaveLength(0);
});
