/** The SDK for browsers: Connect, by fetch. */

import { AionClient, open } from "./client.js";
import type { AionOptions } from "./options.js";
import { browserPlatform } from "./platform/browser.js";

export * from "./public.js";

/** A client of one AION server. Throws ConfigurationError. */
export class Aion extends AionClient {
  constructor(options: AionOptions = {}) {
    super(open(browserPlatform, options));
  }
}
