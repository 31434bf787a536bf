/** A receiver believes a webhook only when one of its secrets signed it a short time ago. */

import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { ConfigurationError, verifyWebhook, WebhookVerificationError } from "../../src/index.js";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NOW = 1_700_000_000_000;
const BODY = JSON.stringify({ type: "task.ok", timestamp: "2023-11-14T22:13:20Z", data: { task_id: "t1" } });

function signed(body = BODY, secret = SECRET, moment = NOW / 1000, id = "msg_1"): Record<string, string> {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${moment}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": String(moment), "webhook-signature": `v1,${signature}` };
}

test("the standard's own example is believed", async () => {
  const headers = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  };
  const verified = verifyWebhook('{"test": 2432232314}', headers, SECRET, { now: 1_614_265_330_000 });
  await expect(verified).rejects.toThrow("is signed, but is not an event of AION");
});

test.each([
  ["text", BODY],
  ["bytes", Buffer.from(BODY)],
  ["a buffer", new TextEncoder().encode(BODY).buffer as ArrayBuffer],
])("an event is read from %s", async (_, payload) => {
  const event = await verifyWebhook(payload, new Headers(signed()), SECRET, { now: NOW });
  expect(event).toEqual({ deliveryId: "msg_1", type: "task.ok", timestamp: new Date(NOW), data: { task_id: "t1" } });
});

test("headers may be node's, in any case; several secrets and signatures may be tried", async () => {
  const other = `whsec_${Buffer.from("another secret of some length").toString("base64")}`;
  const headers = signed();
  const both = {
    ...headers,
    "webhook-signature": `v1a,x v1,%%% ${signed(BODY, other)["webhook-signature"]} ${headers["webhook-signature"]}`,
  };
  const upper = Object.fromEntries(Object.entries(both).map(([name, value]) => [name.toUpperCase(), value]));
  const unknown = `whsec_${Buffer.from("unknown").toString("base64")}`;
  expect((await verifyWebhook(BODY, upper, [unknown, SECRET], { now: NOW })).deliveryId).toBe("msg_1");
});

test.each([
  ["another body", `${BODY} `, signed(), {}],
  ["another secret", BODY, signed(BODY, "whsec_AAAA"), {}],
  ["another id", BODY, { ...signed(), "webhook-id": "msg_2" }, {}],
  ["an old message", BODY, signed(), { now: NOW + 300_001 }],
  ["a message from the future", BODY, signed(), { now: NOW - 300_001 }],
  ["a tolerance that is no number", BODY, signed(), { toleranceMs: Number.NaN, now: 0 }],
  ["no time", BODY, { ...signed(), "webhook-timestamp": "soon" }, {}],
  ["no signature", BODY, { ...signed(), "webhook-signature": "" }, {}],
  ["a signature of another version", BODY, { ...signed(), "webhook-signature": "v2,AAAA" }, {}],
  ["no JSON", "{", signed("{"), {}],
])("%s is refused", async (_, body, headers, options) => {
  const verified = verifyWebhook(body, headers, SECRET, { now: NOW, ...options });
  await expect(verified).rejects.toBeInstanceOf(WebhookVerificationError);
});

test.each([
  ["a secret that is none", BODY, "whsec_***", "is whsec_ and base64"],
  ["a missing secret", BODY, undefined, "secret is missing"],
  ["no secret at all", BODY, [], "secret is missing"],
  ["a body that was parsed", JSON.parse(BODY), SECRET, "the body as it came"],
] as const)("%s is the receiver's own mistake", async (_, body, secret, words) => {
  const verified = verifyWebhook(body, signed(), secret as string, { now: NOW });
  await expect(verified).rejects.toBeInstanceOf(ConfigurationError);
  await expect(verified).rejects.toThrow(words);
});
