/** The server that the live tests call: whoever runs them starts it and says where it is. */

import { readFileSync } from "node:fs";
import { Aion, type AionOptions, type Protocol } from "../../src/index.js";

/** What AION_TEST_SERVER names: a file of JSON. */
interface Facts {
  readonly grpc: string;
  readonly http: string;
  readonly key: string;
  readonly weak: string;
  readonly secured: { readonly server: string; readonly ca: string; readonly cert: string; readonly key: string };
}

const file = process.env["AION_TEST_SERVER"];
if (file === undefined) {
  throw new Error("AION_TEST_SERVER names no file; tests/sdk_typescript starts a server and runs these tests");
}

export const facts = JSON.parse(readFileSync(file, "utf8")) as Facts;

export const PROTOCOLS: readonly Protocol[] = ["grpc", "connect", "grpc-web"];

/** A client of the server over one of its protocols. */
export function clientOf(protocol: Protocol, options: AionOptions = {}): Aion {
  const server = protocol === "grpc" ? facts.grpc : facts.http;
  return new Aion({ server, protocol, apiKey: facts.key, ...options });
}
