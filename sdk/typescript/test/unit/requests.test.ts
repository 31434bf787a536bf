/** What a caller writes, as it goes over the wire; what no server could read is refused before. */

import { create, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { readSchedule, writeSchedule } from "../../src/contract/schedules.js";
import { readTask } from "../../src/contract/tasks.js";
import { EventKind } from "../../src/gen/aion/v1/events_pb.js";
import { ScheduleSchema } from "../../src/gen/aion/v1/schedules_pb.js";
import { SLASchema, TaskRequestSchema, TaskResultSchema } from "../../src/gen/aion/v1/tasks_pb.js";
import { hasEnded, type Task, type TaskSpec, throwIfFailed } from "../../src/index.js";
import { micros, readSla } from "../../src/sla.js";
import { type Submission, writeTaskSpec } from "../../src/spec.js";

const written = (spec: TaskSpec, call: Submission = {}) => create(TaskRequestSchema, writeTaskSpec(spec, call));

test("a task is written whole", () => {
  const task = {
    intent: "summarize",
    text: "long",
    params: { language: "en" },
    budgetUsd: "0.01",
    p95Ms: 500,
    privacy: "local-only",
    priority: "high",
    metadata: { team: "search" },
    expireTime: new Date("2030-01-01T00:00:00.250Z"),
    notBefore: new Date("2029-01-01T00:00:00Z"),
    maxQueueTimeMs: 1500,
    preferredEngine: "module:summarize@1.0.0",
  };
  const request = written(task, { waitMs: 250, validateOnly: true });
  expect(request).toMatchObject({
    params: { language: "en", text: "long" },
    sla: { budgetMicros: 10_000n, p95Ms: 500, privacy: "local-only" },
    priority: "high",
    metadata: { team: "search" },
    expireTime: { seconds: 1_893_456_000n, nanos: 250_000_000 },
    maxQueueTime: { seconds: 1n, nanos: 500_000_000 },
    wait: { seconds: 0n, nanos: 250_000_000 },
    validateOnly: true,
  });
  expect(toBinary(TaskRequestSchema, request).length).toBeGreaterThan(50);
});

test("typed input is one JSON document", () => {
  expect(written({ intent: "redact", paramsJson: { text: "x", deep: [1, null] } }).paramsJson).toBe(
    '{"text":"x","deep":[1,null]}',
  );
  expect(written({ intent: "redact", paramsJson: '{"text":"x"}' }).paramsJson).toBe('{"text":"x"}');
});

test("typed input leaves out what is undefined and takes what writes itself as JSON", () => {
  const shared = { n: 1 };
  const paramsJson = { none: undefined, when: new Date(0), big: { toJSON: () => "12" }, twice: [shared, shared] };
  expect(written({ intent: "redact", paramsJson }).paramsJson).toBe(
    '{"when":"1970-01-01T00:00:00.000Z","big":"12","twice":[{"n":1},{"n":1}]}',
  );
});

test.each([
  [{ size: Number.NaN }, "params_json.size", "must be a finite number, not NaN"],
  [{ sizes: [1, Number.NEGATIVE_INFINITY] }, "params_json.sizes.1", "must be a finite number, not -Infinity"],
  [{ twice: [{ n: 1 }, { n: Number.NaN }] }, "params_json.twice.1.n", "must be a finite number, not NaN"],
  [{ id: 2n ** 64n }, "params_json.id", "a bigint has no form in JSON"],
  [{ deep: { map: new Map([["a", 1]]) } }, "params_json.deep.map", "a Map has no form in JSON"],
  [{ words: new Set(["a"]) }, "params_json.words", "a Set has no form in JSON"],
  [{ call: () => 1 }, "params_json.call", "a function has no form in JSON"],
  [{ marks: [Symbol("a")] }, "params_json.marks.0", "a symbol has no form in JSON"],
  [{ when: new Date(Number.NaN) }, "params_json.when", "must be a valid Date"],
  [new Map([["text", "x"]]), "params_json", "a Map has no form in JSON"],
])("typed input that JSON would lose is refused: %o", (paramsJson, field, words) => {
  expect(() => written({ intent: "redact", paramsJson })).toThrow(
    expect.objectContaining({
      name: "InvalidRequest",
      violations: [{ field, description: expect.stringContaining(words) }],
    }),
  );
});

test.each([
  [{ params: { text: "a" }, text: "b" }, "params.text"],
  [{ params: { a: "a" }, paramsJson: {} }, "params_json"],
  [{ text: "a", paramsJson: {} }, "params_json"],
  [{ sla: {}, p95Ms: 1 }, "sla"],
  [{ budgetUsd: Number.NaN }, "sla.budget_usd"],
  [{ p95Ms: 1.5 }, "sla.p95_ms"],
  [{ p95Ms: Number.NaN }, "sla.p95_ms"],
  [{ sla: { p95Ms: 2 ** 31 } }, "sla.p95_ms"],
  [{ expireTime: new Date(Number.NaN) }, "expire_time"],
  [{ notBefore: "2030-01-01" }, "not_before"],
  [{ maxQueueTimeMs: Number.POSITIVE_INFINITY }, "max_queue_time"],
  [{ waitMs: 5 }, "wait"],
  [{ validateOnly: true }, "validate_only"],
  [{ budget_usd: 0 }, "budget_usd"],
  [{ sla: { budget_usd: 0 } }, "budget_usd"],
  [{ metadata: "team" }, "metadata"],
  [{ metadata: { team: 7 } }, "metadata.team"],
  [{ text: 7 }, "params.text"],
] as const)("%j is refused at %s", (wrong, field) => {
  expect(() => written({ intent: "summarize", ...wrong } as TaskSpec)).toThrow(
    expect.objectContaining({ violations: [expect.objectContaining({ field })] }),
  );
});

test.each([
  ["0.01", 10_000n],
  [0.1, 100_000n],
  [0.000001, 1n],
  [0, 0n],
  ["123456789.123456", 123_456_789_123_456n],
])("%s dollars are %s micro-dollars, exactly", (dollars, wanted) => {
  expect(micros(dollars)).toBe(wanted);
});

test.each(["-1", "0.0000001", "1e3", "", " 1", "1,5", Number.NaN, Number.POSITIVE_INFINITY, 1e-7])(
  "%s is no amount of money",
  (dollars) => {
    expect(() => micros(dollars)).toThrow("at most 6 decimals");
  },
);

test("a budget of 0 means free engines only, none means none", () => {
  expect(written({ intent: "x", budgetUsd: 0 }).sla?.budgetMicros).toBe(0n);
  expect(written({ intent: "x" }).sla).toBeUndefined();
  expect(readSla(create(SLASchema, { budgetUsd: 0.5 })).budgetUsd).toBe(0.5);
  expect(readSla(create(SLASchema, { budgetMicros: 0n }))).toEqual({ budgetUsd: 0, p95Ms: null, privacy: null });
});

test("a schedule that was read can be changed and written again", () => {
  const stored = create(ScheduleSchema, {
    scheduleId: "nightly",
    cron: "@daily",
    task: { intent: "summarize", params: { text: "x" }, sla: { budgetMicros: 5n, p95Ms: 9 } },
    catchUpWindow: { seconds: 90n },
    startTime: { seconds: 10n },
    etag: "7",
  });
  const again = create(ScheduleSchema, writeSchedule({ ...readSchedule(stored), paused: true }));
  expect(toBinary(ScheduleSchema, again)).toEqual(toBinary(ScheduleSchema, { ...stored, paused: true }));
});

test("an answer is plain data: JSON parsed, numbers as numbers, nothing as null", () => {
  const message = create(TaskResultSchema, {
    taskId: "t1",
    resultJson: '{"a":[1]}',
    lastOffset: 4n,
    usage: { costMicros: 12n },
  });
  const task = readTask<{ a: number[] }>(message);
  expect(task).toMatchObject({
    result: { a: [1] },
    lastOffset: 4,
    usage: { costMicros: 12 },
    error: null,
    state: "UNKNOWN",
    endTime: null,
  });
  expect(JSON.parse(JSON.stringify(task))).toMatchObject({ taskId: "t1", result: { a: [1] } });
  expect(EventKind.TOKEN).toBe(1);
});

test.each([
  ["ERROR", "TaskFailed"],
  ["TIMEOUT", "TaskTimedOut"],
  ["CANCELED", "TaskCanceled"],
] as const)("a task that ended %s throws %s when it is asked to", (state, name) => {
  const task = {
    ...readTask(create(TaskResultSchema, { taskId: "t1" })),
    state,
    error: { code: "MODULE_FAILED", message: "no" },
  } as Task;
  expect(hasEnded(task)).toBe(true);
  expect(() => throwIfFailed(task)).toThrow(expect.objectContaining({ name, reason: "MODULE_FAILED", task }));
});

test("a task that has not failed is given back", () => {
  const task: Task<string> = { ...readTask<string>(create(TaskResultSchema)), state: "RUNNING" };
  expect(throwIfFailed(task)).toBe(task);
  expect(hasEnded(task)).toBe(false);
});
