/// <reference lib="esnext.disposable" preserve="true" />
/** The client: one way to one server, and the resources behind it. */

import { Calls } from "./calls.js";
import { Catalog, Server } from "./catalog.js";
import { connectionOf, type Platform } from "./connection.js";
import { type AionOptions, type CallDefaults, checkClientOptions, resolve } from "./options.js";
import { Schedules } from "./schedules.js";
import { Tasks } from "./tasks.js";
import { Tickets } from "./tickets.js";
import { Webhooks } from "./webhooks.js";

/** A client of one AION server: `new Aion(...)` makes one, `withOptions` another over the same connection. */
export class AionClient {
  readonly tasks: Tasks;
  readonly catalog: Catalog;
  readonly server: Server;
  readonly schedules: Schedules;
  readonly webhooks: Webhooks;
  readonly tickets: Tickets;
  readonly #calls: Calls;

  /** @internal */
  constructor(calls: Calls) {
    this.#calls = calls;
    this.tasks = new Tasks(calls);
    this.catalog = new Catalog(calls);
    this.server = new Server(calls);
    this.schedules = new Schedules(calls);
    this.webhooks = new Webhooks(calls);
    this.tickets = new Tickets(calls);
  }

  /** A client with other options over the same connection; closing either closes both. Throws ConfigurationError. */
  withOptions(changes: CallDefaults): AionClient {
    checkClientOptions(changes);
    return new AionClient(this.#calls.with(resolve(changes, this.#calls.options)));
  }

  /** Lets go of the connection; calls in flight are given up, new ones throw ConfigurationError, accepted tasks go on. */
  async close(): Promise<void> {
    this.#calls.close();
  }

  /** Closes it at the end of its block: `await using client = new Aion()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * What a client's calls go through. Throws ConfigurationError.
 *
 * @internal
 */
export function open(platform: Platform, options: AionOptions): Calls {
  checkClientOptions(options);
  const connection = connectionOf(platform, options);
  return new Calls(resolve(options), platform.open(connection), connection);
}
