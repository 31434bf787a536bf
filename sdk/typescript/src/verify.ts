/** The receiver's side of webhooks: whether what came is AION's, as Standard Webhooks describes it. */

import { ConfigurationError, WebhookVerificationError } from "./errors.js";

/** What a webhook tells. */
export interface WebhookEvent {
  /** The delivery's id, the header `webhook-id`: the same over all attempts, so drop what you have seen. */
  readonly deliveryId: string;
  /** `task.ok`, `task.error`, `task.timeout` or `task.canceled`. */
  readonly type: string;
  /** When it happened. */
  readonly timestamp: Date;
  /** The task as REST lists it, such as `task_id`, and its result. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** How strictly a webhook is checked. */
export interface VerifyOptions {
  /** How far the clocks of sender and receiver may be apart, in milliseconds; five minutes by default. */
  toleranceMs?: number | undefined;
  /** The time, in milliseconds since 1970; the clock's by default. */
  now?: number | undefined;
}

/** Headers as fetch or as node's http gives them. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

const TOLERANCE_MS = 300_000;
const PREFIX = "whsec_";
const VERSION = "v1";

/**
 * Checks a webhook and reads it. `payload` is the body exactly as it came, before anything parsed it; `secret` is what
 * `webhooks.create` showed, or several while one is rotated. Throws WebhookVerificationError: answer 400 then, and do
 * nothing else. Throws ConfigurationError when the receiver itself is set up wrong: answer 500 then, and AION tries again.
 */
export async function verifyWebhook(
  payload: string | Uint8Array | ArrayBuffer,
  headers: WebhookHeaders,
  secret: string | readonly string[],
  options: VerifyOptions = {},
): Promise<WebhookEvent> {
  const body = bytesOf(payload);
  const id = header(headers, "webhook-id");
  const moment = header(headers, "webhook-timestamp");
  checkTime(moment, options);
  const signed = new Uint8Array([...new TextEncoder().encode(`${id}.${moment}.`), ...body]);
  const signatures = signaturesOf(header(headers, "webhook-signature"));
  const keys = await Promise.all(secretsOf(secret).map(keyOf));
  // Every pair is compared, and subtle.verify takes its time whatever it finds: the delay says nothing.
  const pairs = keys.flatMap((key) =>
    signatures.map((signature) => crypto.subtle.verify("HMAC", key, signature, signed)),
  );
  if (!(await Promise.all(pairs)).includes(true)) {
    throw new WebhookVerificationError("no signature of the webhook is by one of the secrets");
  }
  return eventOf(id, body);
}

function bytesOf(payload: string | Uint8Array | ArrayBuffer): Uint8Array {
  if (typeof payload === "string") {
    return new TextEncoder().encode(payload);
  }
  if (!(ArrayBuffer.isView(payload) || Object.prototype.toString.call(payload) === "[object ArrayBuffer]")) {
    throw new ConfigurationError(
      "verifyWebhook needs the body as it came, text or bytes, not what a parser made of it",
    );
  }
  return new Uint8Array(payload);
}

function secretsOf(secret: string | readonly string[]): readonly string[] {
  const secrets = typeof secret === "string" ? [secret] : (secret ?? []);
  if (!Array.isArray(secrets) || secrets.length === 0 || secrets.some((one) => typeof one !== "string" || one === "")) {
    throw new ConfigurationError("the webhook's secret is missing; give it as it was shown when it was made");
  }
  return secrets;
}

function header(headers: WebhookHeaders, name: string): string {
  const found =
    headers instanceof Headers
      ? headers.get(name)
      : Object.entries(headers).find(([given]) => given.toLowerCase() === name)?.[1];
  if (typeof found !== "string" || found === "") {
    throw new WebhookVerificationError(`the header ${name} is missing`);
  }
  return found;
}

function checkTime(moment: string, { toleranceMs = TOLERANCE_MS, now = Date.now() }: VerifyOptions): void {
  if (!/^\d{1,15}$/.test(moment)) {
    throw new WebhookVerificationError("the header webhook-timestamp is no Unix time");
  }
  if (!(Math.abs(now - Number(moment) * 1000) <= toleranceMs)) {
    throw new WebhookVerificationError(
      `the header webhook-timestamp is more than ${toleranceMs} ms away from this clock`,
    );
  }
}

async function keyOf(secret: string): Promise<CryptoKey> {
  const bytes = decode(secret.trim().replace(PREFIX, ""));
  if (bytes === undefined || bytes.length === 0) {
    throw new ConfigurationError(`a webhook's secret is ${PREFIX} and base64, as it was shown when it was made`);
  }
  return await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

function signaturesOf(text: string): Uint8Array<ArrayBuffer>[] {
  return text.split(" ").flatMap((part) => {
    const [version, signature] = part.split(",", 2);
    const bytes = version === VERSION && signature !== undefined ? decode(signature) : undefined;
    return bytes === undefined ? [] : [bytes]; // what is no base64 is no signature of ours; another one may be
  });
}

function decode(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function eventOf(id: string, body: Uint8Array): WebhookEvent {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    throw new WebhookVerificationError("the webhook is signed, but is no JSON", { cause });
  }
  const { type, timestamp, data } = (document ?? {}) as Record<string, unknown>;
  if (typeof type !== "string" || typeof timestamp !== "string" || typeof data !== "object" || data === null) {
    throw new WebhookVerificationError("the webhook is signed, but is not an event of AION");
  }
  const happened = new Date(timestamp);
  if (Number.isNaN(happened.getTime())) {
    throw new WebhookVerificationError("the webhook is signed, but is not an event of AION");
  }
  return { deliveryId: id, type, timestamp: happened, data: data as WebhookEvent["data"] };
}
