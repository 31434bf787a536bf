/** A wire that a test can cut: it passes bytes on to the server until then. */

import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export class Wire {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((near) => {
    const far = connect(this.port, this.host);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => this.#sockets.delete(socket));
      socket.pipe(other);
    }
    this.connections += 1;
  });
  /** How many came so far. */
  connections = 0;

  private constructor(
    private readonly host: string,
    private readonly port: number,
  ) {}

  /** A wire to an address, and its own. */
  static async to(address: string): Promise<{ wire: Wire; address: string }> {
    const [host = "", port = ""] = address.split(":");
    const wire = new Wire(host, Number(port));
    await new Promise<void>((resolve) => wire.#server.listen(0, "127.0.0.1", resolve));
    return { wire, address: `127.0.0.1:${(wire.#server.address() as AddressInfo).port}` };
  }

  /** Loses every connection, as when a cable is pulled; new ones are taken. */
  cut(): void {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  /** Takes no more. */
  close(): void {
    this.cut();
    this.#server.close();
  }
}
