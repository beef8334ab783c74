import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, Socket } from 'node:net';

/**
 * A port on which nothing listens and that is kept all the same: who knocks is refused, and the system gives it to nobody who asks for any, as another
 * server may just then. What keeps it is the near end of a connection that goes nowhere. Neither end keeps the process alive.
 */
export class HeldPort {
  readonly #near: Socket;
  readonly #far: Server;

  private constructor(near: Socket, far: Server) {
    this.#near = near;
    this.#far = far;
  }

  /**
   * @param address - of this machine, by number: one cannot leave from a name.
   * @param leave - begins to leave the port: it is free when this returns. Called once, whether the port can be kept or not.
   * @returns undefined where the system does not let it be kept; it is free then, as any other.
   */
  static async hold(address: string, port: number, leave: () => void): Promise<HeldPort | undefined> {
    const far = createServer((socket) => socket.on('error', () => undefined).unref()).unref();
    far.on('error', () => undefined);
    const listens = await once(far.listen(0, address), 'listening').catch(() => undefined);
    leave();
    if (listens === undefined) return undefined;
    const near = new Socket().unref();
    try {
      const { port: farPort } = far.address() as AddressInfo;
      near.connect({ host: address, port: farPort, localAddress: address, localPort: port });
      await once(near, 'connect');
      near.on('error', () => undefined);
      return new HeldPort(near, far);
    } catch {
      near.destroy();
      far.close();
      return undefined;
    }
  }

  get port(): number | undefined {
    return this.#near.localPort;
  }

  /** The port is free when this returns. */
  release(): void {
    this.#near.resetAndDestroy();
    this.#far.close();
  }
}
