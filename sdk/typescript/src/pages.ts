/** Lists that page by themselves. */

import { checkMembers, LARGEST_INT32 } from "./convert.js";
import { InvalidRequest } from "./errors.js";
import { checkCount } from "./options.js";

/** A part of a list in its order; an empty `nextPageToken` says that it is the last one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextPageToken: string;
}

/** How a list is read. A query throws ConfigurationError for a `limit` that is no number of things. */
export interface ListOptions {
  /** How many come at once; 0 or nothing leaves it to the server, more than 500 means 500. */
  pageSize?: number | undefined;
  /** The iteration ends after so many. */
  limit?: number | undefined;
}

/**
 * Iterate over it for every item, page after page; nothing is read before the first one is asked for. It can be iterated
 * over again, and then reads again.
 */
export class Pages<Item> implements AsyncIterable<Item> {
  readonly #read: (pageToken: string) => Promise<Page<Item>>;
  readonly #limit: number;

  /** @internal */
  constructor(read: (pageToken: string) => Promise<Page<Item>>, limit: number | undefined) {
    this.#read = read;
    this.#limit = limit ?? Number.POSITIVE_INFINITY;
    checkCount("limit", this.#limit);
  }

  /** Reads one page: the first one, or the one that `nextPageToken` of the page before names. */
  async page(pageToken = ""): Promise<Page<Item>> {
    return await this.#read(pageToken);
  }

  /** All items in one array. */
  async toArray(): Promise<Item[]> {
    const items: Item[] = [];
    for await (const item of this) {
      items.push(item);
    }
    return items;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    let left = this.#limit;
    let token = "";
    while (left > 0) {
      const page = await this.#read(token);
      const items = page.items.slice(0, left);
      yield* items;
      left -= items.length;
      token = page.nextPageToken;
      if (token === "") {
        return;
      }
    }
  }
}

/**
 * How many shall come at once, 0 for as many as the server thinks. Throws InvalidRequest for what is no such number.
 *
 * @internal
 */
export function pageSizeOf(query: ListOptions, more: readonly string[] = []): number {
  checkMembers("query", query, [...more, "pageSize", "limit"]);
  const { pageSize = 0 } = query;
  if (!(Number.isInteger(pageSize) && pageSize >= 0 && pageSize <= LARGEST_INT32)) {
    throw InvalidRequest.of("page_size", `must be a whole number, 0 or more, not ${pageSize}`);
  }
  return pageSize;
}
