/** A receiver of webhooks on this machine: keeps what comes until a test asks for it. */

import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** One request that came. */
export interface Received {
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

export class Receiver {
  readonly #came: Received[] = [];
  readonly #waiting: ((received: Received) => void)[] = [];
  readonly #server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) {
      pieces.push(piece as Buffer);
    }
    response.writeHead(204).end();
    const received = { body: Buffer.concat(pieces).toString(), headers: request.headers };
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#came.push(received);
    } else {
      next(received);
    }
  });

  private constructor() {}

  /** A receiver that listens. */
  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, "127.0.0.1", resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  /** What came next of this task; tasks of other tests may end meanwhile, and are heard of, too. */
  async nextOf(taskId: string): Promise<Received> {
    for (;;) {
      const received = await this.#next();
      if (received.body.includes(taskId)) return received;
    }
  }

  #next(): Promise<Received> {
    const received = this.#came.shift();
    return received === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(received);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
