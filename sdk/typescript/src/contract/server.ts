// Generated from proto/ by `make generate`: do not edit.
//
// What this server is.

import { readDate, readMs } from "../convert.js";
import * as wire from "../gen/aion/v1/server_pb.js";

/** What this server is, and the limits it keeps. */
export interface ServerInfo {
  /** Version of AION. */
  readonly version: string;
  /** Version of the contract. */
  readonly apiVersion: string;
  /** When this process started. */
  readonly startTime: Date | null;
  /** The engines that are installed, such as `wasm`. */
  readonly engines: readonly string[];
  /** Largest request in bytes. */
  readonly maxRequestBytes: number;
  /** Largest result in bytes. */
  readonly maxResultBytes: number;
  /** How long an idempotency key is kept. */
  readonly idempotencyRetentionMs: number | null;
  /** Longest wait of one call. */
  readonly maxWaitMs: number | null;
  /** Digest of the intents, policies and models in force. */
  readonly policyVersion: string;
}

/** @internal */
export function readServerInfo(message: wire.GetServerInfoResponse): ServerInfo {
  return {
    version: message.version,
    apiVersion: message.apiVersion,
    startTime: message.startTime === undefined ? null : readDate(message.startTime),
    engines: [...message.engines],
    maxRequestBytes: Number(message.maxRequestBytes),
    maxResultBytes: Number(message.maxResultBytes),
    idempotencyRetentionMs: message.idempotencyRetention === undefined ? null : readMs(message.idempotencyRetention),
    maxWaitMs: message.maxWait === undefined ? null : readMs(message.maxWait),
    policyVersion: message.policyVersion,
  };
}
