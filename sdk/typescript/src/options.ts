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
  /** How often a call that may pass later is made again; 2 by default. */
  maxRetries?: number | undefined;
  /** How often in a row a stream reconnects without a new event; 8 by default. 0 retries or 0 here: never. */
  maxReconnects?: number | undefined;
  /** A delay is drawn at random up to this, doubled each time; 100 by default. The server's own hint is honoured above it. */
  firstDelayMs?: number | undefined;
  /** No delay is longer than this, but for the server's hint; 5 000 by default. */
  maxDelayMs?: number | undefined;
  /** A stream that brings nothing for so long, no heartbeat either, is broken; 30 000 by default. */
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
  maxReconnects: 8,
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
    if (!(resolved[name] >= 0)) {
      throw new ConfigurationError(`${name} must be 0 or more, not ${resolved[name]}`);
    }
  }
  return resolved;
}

/** Throws ConfigurationError unless the number of milliseconds is more than 0. */
export function checkPositive(name: string, value: number): void {
  if (!(value > 0)) {
    throw new ConfigurationError(`${name} must be more than 0 milliseconds, not ${value}`);
  }
}
