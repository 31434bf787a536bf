/** The SDK for node: gRPC, with mutual TLS. Browsers get browser.ts in its place, by the package's exports. */

import { AionClient, open } from "./client.js";
import type { AionOptions } from "./options.js";
import { nodePlatform } from "./platform/node.js";

export * from "./public.js";

/** A client of one AION server. Throws ConfigurationError. */
export class Aion extends AionClient {
  constructor(options: AionOptions = {}) {
    super(open(nodePlatform, options));
  }
}
