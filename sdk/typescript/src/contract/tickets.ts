// Generated from proto/ by `make generate`: do not edit.
//
// Short-lived tickets for browsers, which cannot set headers on EventSource and WebSocket.

import { readDate } from "../convert.js";
import * as wire from "../gen/aion/v1/tickets_pb.js";

/** A ticket. */
export interface Ticket {
  /** The ticket: a secret. Give it as `ticket` in the query of a stream's address. */
  readonly ticket: string;
  /** No stream can be opened with it after this time; an open one goes on. */
  readonly expireTime: Date | null;
}

/** @internal */
export function readTicket(message: wire.CreateTicketResponse): Ticket {
  return {
    ticket: message.ticket,
    expireTime: message.expireTime === undefined ? null : readDate(message.expireTime),
  };
}
