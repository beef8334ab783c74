import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A port on which nothing listens and that is kept all the same: who knocks is refused, and the system gives it to nobody who asks for any, as another
 * server may just then. What keeps it is the near end of a connection that goes nowhere.
 */
export class HeldPort {
  readonly #near: Socket;
  readonly #far: Server;

  private constructor(near: Socket, far: Server) {
    this.#near = near;
    this.#far = far;
  }

  /**
   * @param leave - begins to leave the port: it is free when this returns.
   * @returns undefined where the system does not let it be kept; it is free then, as any other.
   */
  static async hold(host: string, port: number, leave: () => void): Promise<HeldPort | undefined> {
    const far = createServer((socket) => socket.on('error', () => undefined).unref());
    far.listen(0, host).unref();
    await once(far, 'listening');
    leave();
    const near = connect({
      host,
      port: (far.address() as AddressInfo).port,
      localAddress: host,
      localPort: port,
    });
    near.unref();
    try {
      await once(near, 'connect');
      near.on('error', () => undefined);
      return new HeldPort(near, far);
    } catch {
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
