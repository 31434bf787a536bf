/** The SDK in node: gRPC over HTTP/2 with mutual TLS, or Connect and gRPC-Web over HTTP/1.1. */

import { readFileSync } from "node:fs";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { createSecureContext } from "node:tls";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";
import type { Channel, Connection, Platform } from "../connection.js";
import { ConfigurationError } from "../errors.js";

/** A connection that died without a word is noticed after these two together; a quiet one is left alone. */
const PING_INTERVAL_MS = 30_000;
const PING_TIMEOUT_MS = 10_000;
const PEM = "-----BEGIN ";

export const nodePlatform: Platform = {
  environment: process.env,
  protocols: ["grpc", "connect", "grpc-web"],
  defaultServer: (protocol) => (protocol === "grpc" ? "127.0.0.1:50051" : "127.0.0.1:8080"),
  open: (connection) => (connection.protocol === "grpc" ? overHttp2(connection) : overHttp1(connection)),
};

function overHttp2(connection: Connection): Channel {
  const pings = { pingIntervalMs: PING_INTERVAL_MS, pingTimeoutMs: PING_TIMEOUT_MS };
  const sessionManager = new Http2SessionManager(connection.baseUrl, pings, certificates(connection));
  return {
    transport: createGrpcTransport({ baseUrl: connection.baseUrl, sessionManager }),
    close: () => sessionManager.abort(),
  };
}

function overHttp1(connection: Connection): Channel {
  const secure = connection.baseUrl.startsWith("https:");
  const agent = secure
    ? new HttpsAgent({ keepAlive: true, ...certificates(connection) })
    : new HttpAgent({ keepAlive: true });
  const create = connection.protocol === "connect" ? createConnectTransport : createGrpcWebTransport;
  return {
    transport: create({
      baseUrl: connection.baseUrl,
      httpVersion: "1.1",
      nodeOptions: { agent },
      useBinaryFormat: true,
    }),
    close: () => agent.destroy(),
  };
}

function certificates({ tls }: Connection): { ca?: string | Buffer; cert?: string | Buffer; key?: string | Buffer } {
  const names = ["ca", "cert", "key"] as const;
  const given = names.flatMap((name) => {
    const value = tls[name];
    return value === undefined ? [] : [[name, contentOf(name, value)] as const];
  });
  const read = Object.fromEntries(given);
  try {
    createSecureContext(read);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new ConfigurationError(`tls: the certificates cannot be used together: ${why}`, { cause });
  }
  return read;
}

function contentOf(name: string, value: string | Uint8Array): string | Buffer {
  if (typeof value !== "string") {
    return Buffer.from(value);
  }
  if (value.includes(PEM)) {
    return value;
  }
  try {
    return readFileSync(value);
  } catch (cause) {
    throw new ConfigurationError(`tls.${name}: cannot read ${value}`, { cause });
  }
}
