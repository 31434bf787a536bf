/** What the server can do, and what it is. */

import { create } from "@bufbuild/protobuf";
import type { Answer } from "./answers.js";
import type { Calls } from "./calls.js";
import {
  type Intent,
  type Module,
  type ModuleExample,
  readIntent,
  readModule,
  readModuleExample,
} from "./contract/catalog.js";
import { readServerInfo, type ServerInfo } from "./contract/server.js";
import { readJson } from "./convert.js";
import { CatalogService, type DescribeModuleResponse, ModuleSchema } from "./gen/aion/v1/catalog_pb.js";
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

  /**
   * Reads everything about one module. Throws NotFound. `version` is one such as `1.2.0`, a range such as `^1.2`, or the
   * digest of its bytes; a range means the newest of its versions that can run, empty the newest of all.
   */
  module(name: string, version = "", options: CallOptions = {}): Answer<ModuleDescription> {
    const request = { name, version };
    return this.#calls.unary(CatalogService.method.describeModule, request, options, readDescription);
  }
}

/** Everything about one module version. */
export interface ModuleDescription {
  /** The module. */
  readonly module: Module;
  /** JSON Schema (2020-12) of its input; null when a broken package has none that can be read. */
  readonly inputSchema: unknown | null;
  /** JSON Schema (2020-12) of its result; null when a broken package has none that can be read. */
  readonly outputSchema: unknown | null;
  /** Calls that its author wrote down. */
  readonly examples: readonly ModuleExample[];
  /** Its installed versions, broken ones too, newest first, pre-releases last. */
  readonly versions: readonly string[];
}

function readDescription(message: DescribeModuleResponse): ModuleDescription {
  return {
    module: readModule(message.module ?? create(ModuleSchema)),
    inputSchema: readJson<unknown>(message.inputSchemaJson),
    outputSchema: readJson<unknown>(message.outputSchemaJson),
    examples: message.examples.map(readModuleExample),
    versions: [...message.versions],
  };
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
