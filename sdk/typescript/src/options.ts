/** How calls are made: where to, as whom, how long, how often again. */

import { ConfigurationError } from "./errors.js";

/** Certificates, each a PEM document or, in node, the path of its file. */
export interface TlsOptions {
  /** What to trust; the system's authorities by default. */
  ca?: string | Uint8Array | undefined;
  /** The client's certificate (mTLS); needs `key`. */
  cert?: string | Uint8Array | undefined;
  /** The private key of `cert`. */
  key?: string | Uint8Array | undefined;
}

/** The protocol of the calls: gRPC needs HTTP/2 and is node's; the other two speak to AION's HTTP port. */
export type Protocol = "grpc" | "connect" | "grpc-web";

/** What can be changed for some calls of a client, by `withOptions`. Times are in milliseconds. */
export interface CallDefaults {
  /** Bounds one call with all its retries; 60 000 by default. Streams and `run` have no bound unless they are given one. */
  timeoutMs?: number | undefined;
  /** How often a call that may pass later is made again; 2 by default, which bridge less than 0.3 seconds. */
  maxRetries?: number | undefined;
  /**
   * How often in a row a stream reconnects without a new event, and `run` asks again; 24 by default, which last longer
   * than a restart of the server of about 30 seconds. 0 retries or 0 here: never.
   */
  maxReconnects?: number | undefined;
  /** A delay is drawn at random up to this, doubled each time; 100 by default. The server's own hint is honoured above it. */
  firstDelayMs?: number | undefined;
  /** No delay is longer than this, but for the server's hint; 5 000 by default. */
  maxDelayMs?: number | undefined;
  /** A stream that brings nothing for so long, no heartbeat either, is broken; 30 000 by default, Infinity for never. */
  idleTimeoutMs?: number | undefined;
  /** The W3C trace context of every call; a new one for each by default. */
  traceparent?: string | undefined;
}

/** How a client is made. */
export interface AionOptions extends CallDefaults {
  /**
   * `host:port` or `https://host:port`. In node `AION_SERVER` or `127.0.0.1:50051` by default, in a browser the page's
   * own origin.
   */
  server?: string | undefined;
  /** The API key; `AION_API_KEY` by default in node. */
  apiKey?: string | undefined;
  /** Certificates; `AION_CLIENT_CA`, `AION_CLIENT_CERT` and `AION_CLIENT_KEY` by default in node. A browser has its own. */
  tls?: TlsOptions | undefined;
  /** Sends the API key unencrypted to other machines, too: only on a network that you trust. */
  insecure?: boolean | undefined;
  /** `grpc` by default in node, `connect` in a browser. */
  protocol?: Protocol | undefined;
}

/** What one call may say otherwise than its client. */
export interface CallOptions {
  /** Gives the call up when it is aborted; the promise rejects with the signal's reason. A task that was accepted goes on. */
  signal?: AbortSignal | undefined;
  /** Bounds this call with all its retries, in milliseconds. */
  timeoutMs?: number | undefined;
  /** How often this call is made again. */
  maxRetries?: number | undefined;
  /** Headers that go along; AION's own cannot be replaced. */
  headers?: Readonly<Record<string, string>> | undefined;
}

/** CallDefaults with nothing left open. */
export interface Resolved {
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly maxReconnects: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  readonly idleTimeoutMs: number;
  readonly traceparent: string;
}

const DEFAULTS: Resolved = {
  timeoutMs: 60_000,
  maxRetries: 2,
  maxReconnects: 24,
  firstDelayMs: 100,
  maxDelayMs: 5_000,
  idleTimeoutMs: 30_000,
  traceparent: "",
};

/** Fills in what is not said. Throws ConfigurationError for numbers that make no sense. */
export function resolve(changes: CallDefaults, from: Resolved = DEFAULTS): Resolved {
  const resolved = {
    timeoutMs: changes.timeoutMs ?? from.timeoutMs,
    maxRetries: changes.maxRetries ?? from.maxRetries,
    maxReconnects: changes.maxReconnects ?? from.maxReconnects,
    firstDelayMs: changes.firstDelayMs ?? from.firstDelayMs,
    maxDelayMs: changes.maxDelayMs ?? from.maxDelayMs,
    idleTimeoutMs: changes.idleTimeoutMs ?? from.idleTimeoutMs,
    traceparent: changes.traceparent ?? from.traceparent,
  };
  for (const name of ["timeoutMs", "firstDelayMs", "maxDelayMs", "idleTimeoutMs"] as const) {
    checkPositive(name, resolved[name]);
  }
  for (const name of ["maxRetries", "maxReconnects"] as const) {
    checkCount(name, resolved[name]);
  }
  if (resolved.traceparent !== "" && !TRACEPARENT.test(resolved.traceparent)) {
    throw new ConfigurationError("traceparent must be such as 00-32 hex digits-16 hex digits-01 (W3C Trace Context)");
  }
  return resolved;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
/** The options of a client. */
const OF_A_CLIENT = new Set([...Object.keys(DEFAULTS), "server", "apiKey", "tls", "insecure", "protocol"]);
const OF_A_CALL = new Set(["signal", "timeoutMs", "maxRetries", "headers"]);

/** Throws ConfigurationError for an option that no client has. */
export function checkClientOptions(options: AionOptions): void {
  checkNames("the client", options, OF_A_CLIENT);
}

/** Throws ConfigurationError for an option that no call has: nothing that somebody said is passed over. */
export function checkCallOptions(options: CallOptions): void {
  checkNames("the call", options, OF_A_CALL);
  if (options.timeoutMs !== undefined) {
    checkPositive("timeoutMs", options.timeoutMs);
  }
  if (options.maxRetries !== undefined) {
    checkCount("maxRetries", options.maxRetries);
  }
}

function checkNames(whose: string, options: object, known: ReadonlySet<string>): void {
  if (typeof options !== "object" || options === null) {
    throw new ConfigurationError(`the options of ${whose} must be an object, not ${typeof options}`);
  }
  const unknown = Object.keys(options).find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(`${whose} has no option ${unknown}; there are ${[...known].join(", ")}`);
  }
}

/** Throws ConfigurationError unless the number counts something; Infinity is without bound. */
export function checkCount(name: string, value: number): void {
  if (!((Number.isInteger(value) || value === Number.POSITIVE_INFINITY) && value >= 0)) {
    throw new ConfigurationError(`${name} must be 0 or more, and whole, not ${value}`);
  }
}

/** The largest `concurrency`. */
const MOST_AT_ONCE = 64;

/** Throws ConfigurationError unless so many calls may be under way at once. */
export function checkConcurrency(value: number): void {
  if (!(Number.isInteger(value) && value >= 1 && value <= MOST_AT_ONCE)) {
    throw new ConfigurationError(`concurrency must be 1 to ${MOST_AT_ONCE}, not ${value}`);
  }
}

/** Throws ConfigurationError unless the number of milliseconds is more than 0. */
export function checkPositive(name: string, value: number): void {
  if (!(value > 0)) {
    throw new ConfigurationError(`${name} must be more than 0 milliseconds, not ${value}`);
  }
}
