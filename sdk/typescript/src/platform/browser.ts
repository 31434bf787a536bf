/** The SDK in a browser: Connect, or gRPC-Web for proxies that speak nothing else, by fetch. */

import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import type { Platform } from "../connection.js";
import { ConfigurationError } from "../errors.js";

export const browserPlatform: Platform = {
  environment: {},
  protocols: ["connect", "grpc-web"],
  defaultServer: () => {
    const origin = (globalThis as { location?: { origin?: string } }).location?.origin;
    if (origin === undefined || !origin.startsWith("http")) {
      throw new ConfigurationError('this page has no origin of its own; give server: "https://..."');
    }
    return origin;
  },
  open: ({ baseUrl, protocol, tls }) => {
    if (Object.values(tls).some(Boolean)) {
      throw new ConfigurationError("tls: a browser trusts and shows its own certificates; leave it out");
    }
    const create = protocol === "connect" ? createConnectTransport : createGrpcWebTransport;
    return { transport: create({ baseUrl, useBinaryFormat: true }), close: () => undefined };
  },
};
