/** The client against AION itself, over every protocol that node speaks. */

import { afterAll, describe, expect, test } from "vitest";
import * as sdk from "../../src/index.js";
import { Aion, hasEnded, type TaskEvent, textOf, verifyWebhook } from "../../src/index.js";
import { Receiver } from "./receivers.js";
import { clientOf, facts, PROTOCOLS } from "./server.js";
import { Wire } from "./wires.js";

const TEXT = "AION runs work under a promise. It says what it costs. It ends once.";

interface Summary {
  readonly summary: string;
}

describe.each(PROTOCOLS)("over %s", (protocol) => {
  const client = clientOf(protocol);
  const { tasks } = client;
  afterAll(() => client.close());

  test("a task is run, and read again as it ended", async () => {
    const done = await tasks.run<Summary>({
      intent: "summarize",
      text: TEXT,
      budgetUsd: 0,
      metadata: { team: "search" },
    });
    expect(done).toMatchObject({ state: "OK", intent: "summarize", error: null, metadata: { team: "search" } });
    expect(done.result?.summary).toContain("promise");
    expect(done.createTime).toBeInstanceOf(Date);
    const { data, response } = await tasks.get<Summary>(done.taskId).withResponse();
    expect(data).toEqual(done);
    expect(response.requestId).toMatch(/./);
    expect(response.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect((await tasks.explain(done.taskId)).candidates[0]).toMatchObject({ eligible: true, rank: 1 });
  });

  test("a stream gives every event once, and a late watcher the same", async () => {
    const stream = tasks.stream<Summary>({ intent: "summarize", text: TEXT });
    const events: TaskEvent[] = [];
    for await (const event of stream) {
      events.push(event);
    }
    expect(events.map(({ offset }) => offset)).toEqual(events.map((_, index) => index + 1));
    expect(events.at(-1)?.kind).toBe("DONE");
    expect(stream.task?.result?.summary).toBe(textOf(events));
    expect(await tasks.watch(stream.taskId).text()).toBe(textOf(events));
    const rest = tasks.watch(stream.taskId, { afterOffset: events.length - 1 });
    expect((await rest.next()).value).toEqual(events.at(-1));
    await rest.close();
  });

  test("the same key gives the same task, and another request under it is a conflict", async () => {
    const requestId = `order-${protocol}-${crypto.randomUUID()}`;
    const first = await tasks.submit({ intent: "echo", text: "a", requestId });
    const second = await tasks.submit({ intent: "echo", text: "a", requestId });
    expect(second).toMatchObject({ taskId: first.taskId, replayed: true });
    const other = tasks.submit({ intent: "echo", text: "b", requestId });
    await expect(other).rejects.toMatchObject({ name: "Conflict", reason: "IDEMPOTENCY_KEY_REUSED" });
  });

  test("a running task is canceled, done again, and its failure is an answer", async () => {
    const stream = tasks.stream({ intent: "endless" });
    expect((await stream.next()).value).toMatchObject({ offset: 1 });
    await tasks.cancel(stream.taskId);
    const ended = await stream.result();
    expect(ended).toMatchObject({ state: "CANCELED", error: { code: "TASK_CANCELED" } });
    expect(() => sdk.throwIfFailed(ended)).toThrow(sdk.TaskCanceled);
    const again = await tasks.retry(ended.taskId);
    expect(again.retryOf).toBe(ended.taskId);
    await tasks.cancel(again.taskId);
    expect(hasEnded(await tasks.watch(again.taskId).result())).toBe(true);
  });

  test("a task that fails is an answer, not an error", async () => {
    const failed = await tasks.run({ intent: "trapped" });
    expect(failed).toMatchObject({ state: "ERROR", error: { code: "MODULE_TRAPPED" }, result: null });
    expect(() => sdk.throwIfFailed(failed)).toThrow(sdk.TaskFailed);
  });

  test("refusals are errors of one tree", async () => {
    await expect(tasks.get("nothing-here")).rejects.toMatchObject({ name: "NotFound", reason: "TASK_NOT_FOUND" });
    const invalid: unknown = await tasks.submit({ intent: "No Intent" }).catch((thrown: unknown) => thrown);
    expect(invalid).toMatchObject({ name: "InvalidRequest", violations: [{ field: "intent" }] });
    expect((invalid as sdk.AionError).requestId).not.toBe("");
    const stranger = clientOf(protocol, { apiKey: "aion_stranger" });
    await expect(stranger.server.info()).rejects.toMatchObject({ name: "AuthenticationError" });
    const weak = clientOf(protocol, { apiKey: facts.weak });
    await expect(weak.tasks.submit({ intent: "echo" })).rejects.toMatchObject({ name: "PermissionDenied" });
    await expect(weak.tasks.watch("nothing-here").result()).rejects.toBeInstanceOf(sdk.AionError);
    const large = tasks.submit({ intent: "echo", text: "x".repeat(4_300_000) });
    await expect(large).rejects.toMatchObject({ name: "RequestTooLarge" });
    await expect(tasks.submit({ intent: "remote" })).rejects.toMatchObject({ name: "NoEligibleEngine" });
  });

  test("lists page by themselves, and what they leave out is not there", async () => {
    const outcomes = await tasks.batch([
      { intent: "echo", text: "1" },
      { intent: "echo", text: "2" },
      { intent: "nobody" },
    ]);
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, false]);
    expect(outcomes[2]).toMatchObject({ error: { name: "InvalidRequest", reason: "INTENT_NOT_FOUND" } });
    const listed = await tasks.list({ intent: "echo", pageSize: 1, limit: 2 }).toArray();
    expect(listed).toHaveLength(2);
    expect(listed[0]).toMatchObject({ intent: "echo", result: null, attempts: [] });
    const names = (await client.catalog.intents({ pageSize: 2 }).toArray()).map(({ name }) => name);
    expect(names).toContain("summarize");
    const modules = await client.catalog.modules().toArray();
    expect(modules.find(({ name }) => name === "summarize")).toMatchObject({ health: "READY" });
    const described = await client.catalog.module("summarize", "^1.0");
    expect(described).toMatchObject({ module: { kind: "CORE", health: "READY" }, inputSchema: { type: "object" } });
    await expect(client.catalog.module("sumarize")).rejects.toMatchObject({ reason: "MODULE_NOT_FOUND" });
    expect((await client.server.info()).maxWaitMs).toBe(60_000);
  });

  test("a task is checked and decided without being accepted", async () => {
    const checked = await tasks.submit({ intent: "echo" }, { validateOnly: true });
    expect(checked.state).toBe("UNKNOWN");
    expect(checked.decision?.engine).toMatch(/^module:echo@/);
  });

  test("an aborted call ends at once, and the task goes on", async () => {
    const leaving = new AbortController();
    const stream = tasks.stream({ intent: "endless" }, { signal: leaving.signal });
    await stream.next();
    const reading = stream.result();
    leaving.abort(new Error("left"));
    await expect(reading).rejects.toThrow("left");
    expect((await tasks.get(stream.taskId)).state).toBe("RUNNING");
    await tasks.cancel(stream.taskId);
  });

  test("a deadline bounds the call, not the task", async () => {
    const { taskId } = await tasks.submit({ intent: "endless" });
    const watching = client.tasks.watch(taskId, { timeoutMs: 700 }).result();
    await expect(watching).rejects.toMatchObject({ name: "DeadlineExceeded" });
    expect(hasEnded(await tasks.get(taskId))).toBe(false);
    await tasks.cancel(taskId);
  });

  test("a stream whose connection is lost goes on with the next event", async () => {
    const { wire, address } = await Wire.to(protocol === "grpc" ? facts.grpc : facts.http);
    const far = clientOf(protocol, { server: address, firstDelayMs: 1, maxDelayMs: 5 });
    const stream = far.tasks.stream({ intent: "endless" });
    const first = await stream.next();
    wire.cut();
    await tasks.cancel(stream.taskId);
    const rest: TaskEvent[] = [];
    for await (const event of stream) {
      rest.push(event);
    }
    const offsets = [first.value as TaskEvent, ...rest].map(({ offset }) => offset);
    expect(offsets).toEqual(offsets.map((_, index) => index + 1));
    expect(rest.at(-1)).toMatchObject({ kind: "ERROR", reason: "TASK_CANCELED" });
    expect(stream.task?.state).toBe("CANCELED");
    expect(wire.connections).toBeGreaterThan(1);
    await far.close();
    wire.close();
  });

  test("a server that is not there is Unavailable, after the retries", async () => {
    const { wire, address } = await Wire.to(facts.grpc);
    wire.close();
    const nobody = clientOf(protocol, { server: address, firstDelayMs: 1 });
    await expect(nobody.server.info()).rejects.toBeInstanceOf(sdk.Unavailable);
  });

  test("schedules, webhooks and tickets are made, read, changed and deleted", async () => {
    const scheduleId = `s-${protocol}`;
    const task = { intent: "echo", text: "tick", sla: { budgetUsd: 0, p95Ms: 900 } };
    const made = await client.schedules.create({ scheduleId, cron: "0 3 * * *", timeZone: "Europe/Paris", task });
    expect(made.task).toMatchObject({ intent: "echo", params: { text: "tick" }, sla: { budgetUsd: 0, p95Ms: 900 } });
    const changed = await client.schedules.update({ ...made, cron: "@hourly" });
    expect(changed.etag).not.toBe(made.etag);
    await expect(client.schedules.update(made)).rejects.toBeInstanceOf(sdk.ChangedMeanwhile);
    expect(await client.schedules.pause(scheduleId, "a holiday")).toMatchObject({ paused: true, nextFireTime: null });
    expect((await client.schedules.resume(scheduleId)).paused).toBe(false);
    expect((await client.schedules.trigger(scheduleId)).scheduleId).toBe(scheduleId);
    expect((await client.schedules.list().toArray()).map((schedule) => schedule.scheduleId)).toContain(scheduleId);
    await client.schedules.delete(scheduleId);
    await expect(client.schedules.get(scheduleId)).rejects.toBeInstanceOf(sdk.NotFound);

    const unsafe = client.webhooks.create({ url: "https://10.0.0.1/hook" });
    await expect(unsafe).rejects.toMatchObject({ reason: "WEBHOOK_URL_REFUSED" });
    await expect(client.webhooks.get("w")).rejects.toMatchObject({ reason: "WEBHOOK_NOT_FOUND" });

    const ticket = await client.tickets.create({ lifetimeMs: 30_000 });
    const left = (ticket.expireTime?.getTime() ?? 0) - Date.now();
    expect(ticket.ticket).not.toBe("");
    expect(Math.abs(left)).toBeLessThan(60_000);
  });
});

test("a webhook of an ended task is received and believed", async () => {
  const client = clientOf("grpc");
  const receiver = await Receiver.start();
  const { webhook, secret } = await client.webhooks.create({ url: receiver.url, intents: ["echo"], states: ["OK"] });
  const { taskId } = await client.tasks.run({ intent: "echo", text: "tell me" });
  const { body, headers } = await receiver.nextOf(taskId);
  const event = await verifyWebhook(body, headers, secret);
  expect(event).toMatchObject({ type: "task.ok", data: { task_id: taskId } });
  await expect(verifyWebhook(body, headers, "whsec_AAAA")).rejects.toBeInstanceOf(sdk.WebhookVerificationError);

  const { secret: newer } = await client.webhooks.rotateSecret(webhook.webhookId);
  const deliveries = await client.webhooks.deliveries(webhook.webhookId).toArray();
  expect(deliveries.find((one) => one.taskId === taskId)).toMatchObject({ deliveryId: event.deliveryId });
  await client.webhooks.replay(webhook.webhookId, event.deliveryId);
  const again = await receiver.nextOf(taskId);
  expect((await verifyWebhook(again.body, again.headers, newer)).deliveryId).toBe(event.deliveryId);
  expect((await verifyWebhook(again.body, again.headers, secret)).deliveryId).toBe(event.deliveryId);

  expect(await client.webhooks.update({ ...webhook, disabled: true })).toMatchObject({ disabled: true });
  expect(await client.webhooks.list().toArray()).toHaveLength(1);
  await client.webhooks.delete(webhook.webhookId);
  await client.close();
  receiver.close();
});

describe("with mutual TLS", () => {
  const { server, ca, cert, key } = facts.secured;

  test("the certificate says who the client is", async () => {
    const client = new Aion({ server, tls: { ca, cert, key } });
    expect((await client.server.info()).version).toMatch(/^\d+\.\d+\.\d+/);
    await client.close();
  });

  test("without one the server is not reached, and the error is one that may pass", async () => {
    const client = new Aion({ server, tls: { ca }, maxRetries: 0 });
    await expect(client.server.info()).rejects.toBeInstanceOf(sdk.AionError);
    await client.close();
  });

  test("a server that nobody vouches for gets nothing", async () => {
    const client = new Aion({ server: `https://${server}`, maxRetries: 0 });
    await expect(client.server.info()).rejects.toThrow(/certificate/);
    await client.close();
  });
});
