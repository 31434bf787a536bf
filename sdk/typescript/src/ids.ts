/** Ids that a client makes: request ids and W3C trace contexts. */

/** A random UUID (version 4). `crypto.randomUUID` is missing from pages that came over plain HTTP. */
export function uuid(): string {
  const bytes = random(16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** A new trace, sampled. */
export function traceparent(): string {
  return `00-${hex(random(16))}-${hex(random(8))}-01`;
}

function random(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
