/** What a page does with the SDK; tests/sdk_typescript/test_browser.py asks for it and judges. */

import { Aion, type AionError, type AionOptions, type TaskEvent, textOf, verifyWebhook } from "@aion-tasks/sdk";

const TEXT = "AION runs work under a promise. It says what it costs. It ends once.";
const SECRET = new TextEncoder().encode("a secret of some length");

async function tryEverything(options: AionOptions): Promise<Record<string, unknown>> {
  const { tasks } = new Aion(options);
  const { data, response } = await tasks.submit({ intent: "summarize", text: TEXT }, { waitMs: 30_000 }).withResponse();
  const events: TaskEvent[] = [];
  for await (const event of tasks.stream({ intent: "summarize", text: TEXT })) {
    events.push(event);
  }
  const refused = (call: PromiseLike<unknown>) =>
    call.then(
      () => undefined,
      (error: AionError) => error,
    );
  const missing = await refused(tasks.get("nothing-here"));
  const invalid = await refused(tasks.submit({ intent: "No Intent" }));
  const endless = tasks.stream({ intent: "endless" });
  await endless.next();
  await tasks.cancel(endless.taskId);
  const leaving = new AbortController();
  const left = tasks.stream({ intent: "endless" }, { signal: leaving.signal });
  await left.next();
  const reading = left.result().catch((error: Error) => error.message);
  leaving.abort(new Error("left"));
  const outcomes = await tasks.batch([{ intent: "echo", text: "1" }, { intent: "nobody" }]);
  return {
    run: data.state,
    text: textOf(events) === (data.result as { summary: string }).summary,
    requestId: response.requestId !== "" && response.traceId !== "",
    missing: `${missing?.name} ${missing?.reason}`,
    invalid: invalid?.violations[0]?.field,
    canceled: (await endless.result()).state,
    aborted: await reading,
    batch: outcomes.map(({ ok }) => ok),
    listed: (await tasks.list({ pageSize: 2, limit: 3 }).toArray()).length === 3,
    verified: await verified(),
  };
}

async function verified(): Promise<string> {
  const body = JSON.stringify({ type: "task.ok", timestamp: new Date().toISOString(), data: {} });
  const moment = String(Math.floor(Date.now() / 1000));
  const key = await crypto.subtle.importKey("raw", SECRET, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(`m.${moment}.${body}`));
  const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
  const headers = new Headers({
    "webhook-id": "m",
    "webhook-timestamp": moment,
    "webhook-signature": `v1,${base64(new Uint8Array(signature))}`,
  });
  return (await verifyWebhook(body, headers, `whsec_${base64(SECRET)}`)).type;
}

Object.assign(globalThis, { tryEverything });
