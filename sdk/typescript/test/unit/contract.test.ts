/** The client does everything that the contract offers, and says which version it is. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { KEYED, REPEATABLE } from "../../src/contract/methods.js";
import { Aion, VERSION } from "../../src/index.js";
import { answer, Double, SERVICES, streamed, task, watched } from "./double.js";

test("every RPC of the contract is called by some method of the client", async () => {
  const double = new Double();
  const methods = SERVICES.flatMap((service) => service.methods.map(({ name }) => name));
  for (const name of methods) {
    double.script(name, answer({}));
  }
  double.script("Stream", answer(streamed()));
  double.script("Watch", answer(watched()));
  double.script("Submit", answer(task("OK")));
  const { tasks, catalog, server, schedules, webhooks, tickets } = double.client();
  const schedule = { scheduleId: "s", cron: "@daily", task: { intent: "x" } };
  const webhook = { url: "https://a.example" };
  await Promise.all([
    tasks.run({ intent: "x" }),
    tasks.stream({ intent: "x" }).result(),
    tasks.watch("t").result(),
    tasks.get("t"),
    tasks.list().toArray(),
    tasks.cancel("t"),
    tasks.retry("t"),
    tasks.batch([{ intent: "x" }]),
    tasks.explain("t"),
    catalog.intents().toArray(),
    catalog.modules().toArray(),
    catalog.module("summarize", "^1.0"),
    server.info(),
    schedules.create(schedule),
    schedules.get("s"),
    schedules.list().toArray(),
    schedules.update(schedule),
    schedules.pause("s", "for the holidays"),
    schedules.resume("s"),
    schedules.trigger("s"),
    schedules.delete("s"),
    webhooks.create(webhook),
    webhooks.get("w"),
    webhooks.list().toArray(),
    webhooks.update({ webhookId: "w", ...webhook }),
    webhooks.rotateSecret("w"),
    webhooks.deliveries("w").toArray(),
    webhooks.replay("w", "d"),
    webhooks.delete("w"),
    tickets.create({ taskId: "t", lifetimeMs: 5_000 }),
  ]);
  expect([...new Set(double.seen.map(({ method }) => method))].sort()).toEqual(methods.sort());
});

test("every RPC that takes an idempotency key gets one, and may be repeated", () => {
  const keyed = SERVICES.flatMap(({ methods }) => methods).filter(
    ({ input }) => input.field["requestId"] !== undefined,
  );
  expect(new Set(keyed.map(({ parent, name }) => `${parent.typeName}.${name}`))).toEqual(KEYED);
  for (const name of KEYED) {
    expect(REPEATABLE).toContain(name);
  }
});

test("the version is the package's", () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  expect(VERSION).toBe(version);
});

test("a client opens nothing before its first call and can be closed", async () => {
  await new Aion({ server: "127.0.0.1:1" }).close();
});
