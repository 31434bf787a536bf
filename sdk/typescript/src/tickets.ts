/** Tickets that open streams in place of the caller's own credentials. */

import type { Answer } from "./answers.js";
import type { Calls } from "./calls.js";
import { readTicket, type Ticket } from "./contract/tickets.js";
import { checkMembers, writeList, writeMs } from "./convert.js";
import { TicketService } from "./gen/aion/v1/tickets_pb.js";
import type { CallOptions } from "./options.js";

/** What a ticket is good for. */
export interface TicketSpec {
  /** The one task that it is good for; every task that the scopes allow by default. */
  taskId?: string | undefined;
  /** What its holder may do, a part of what the caller may; `tasks:read` by default. */
  scopes?: readonly string[] | undefined;
  /** How long a stream may be opened with it, at most 300 000; 60 000 by default. */
  lifetimeMs?: number | undefined;
}

/** Makes tickets for browsers, which cannot set headers on EventSource and WebSocket. */
export class Tickets {
  readonly #calls: Calls;

  /** @internal */
  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /** Makes a ticket; give it as `ticket` in the query of a stream's address. */
  create(spec: TicketSpec = {}, options: CallOptions = {}): Answer<Ticket> {
    const request = () => {
      checkMembers("ticket", spec, ["taskId", "scopes", "lifetimeMs"]);
      return {
        taskId: spec.taskId ?? "",
        scopes: [...writeList(spec.scopes ?? [], "scopes")],
        lifetime: spec.lifetimeMs === undefined ? undefined : writeMs(spec.lifetimeMs, "lifetime"),
      };
    };
    return this.#calls.unary(TicketService.method.createTicket, request, options, readTicket);
  }
}
