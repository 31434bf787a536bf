/** What the server can do, and what it is. */

import type { Answer } from "./answers.js";
import type { Calls } from "./calls.js";
import { type Intent, type Module, readIntent, readModule } from "./contract/catalog.js";
import { readServerInfo, type ServerInfo } from "./contract/server.js";
import { CatalogService } from "./gen/aion/v1/catalog_pb.js";
import { ServerService } from "./gen/aion/v1/server_pb.js";
import type { CallOptions } from "./options.js";
import { type ListOptions, Pages, pageSizeOf } from "./pages.js";

/** Intents and modules. */
export class Catalog {
  readonly #calls: Calls;

  /** @internal */
  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /** Iterate over the intents that this caller may run, by name. */
  intents(query: ListOptions = {}, options: CallOptions = {}): Pages<Intent> {
    const read = async (pageToken: string) => {
      const request = { pageSize: pageSizeOf(query), pageToken };
      return await this.#calls.unary(CatalogService.method.listIntents, request, options, (page) => ({
        items: page.intents.map(readIntent),
        nextPageToken: page.nextPageToken,
      }));
    };
    return new Pages(read, query.limit);
  }

  /** Iterate over the installed modules, by name and version. */
  modules(query: ListOptions = {}, options: CallOptions = {}): Pages<Module> {
    const read = async (pageToken: string) => {
      const request = { pageSize: pageSizeOf(query), pageToken };
      return await this.#calls.unary(CatalogService.method.listModules, request, options, (page) => ({
        items: page.modules.map(readModule),
        nextPageToken: page.nextPageToken,
      }));
    };
    return new Pages(read, query.limit);
  }
}

/** The server itself. */
export class Server {
  readonly #calls: Calls;

  /** @internal */
  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /** Reads the server's version and limits. */
  info(options: CallOptions = {}): Answer<ServerInfo> {
    return this.#calls.unary(ServerService.method.getServerInfo, {}, options, readServerInfo);
  }
}
