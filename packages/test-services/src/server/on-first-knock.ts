import { connect, createServer, type Socket } from 'node:net';
import { listenOnFreePort } from './free-port.js';

/** What takes the port over. */
export interface Successor {
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** A port that is kept for a server until the first who connects to it. */
export interface Doorkeeper {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens on a free loopback port; the first connection makes the server start there. Who knocked before it was up is passed on to it.
 * So a run of the tests that needs no server pays for none.
 *
 * @param prepare - what can be done while we still listen: the shorter is the moment when nobody does.
 * @param onFailure - told why it did not start; from then on the port refuses.
 */
export async function onFirstKnock(
  prepare: (port: number) => Promise<Successor>,
  onFailure: (error: unknown) => void,
): Promise<Doorkeeper> {
  const waiting = new Set<Socket>();
  const listener = createServer({ pauseOnConnect: true });
  let successor: Successor | undefined;
  let starting: Promise<void> | undefined;

  const start = async (port: number) => {
    try {
      successor = await prepare(port);
      listener.close();
      await successor.start();
      for (const socket of waiting) passOn(socket, port);
    } catch (error) {
      listener.close();
      for (const socket of waiting) socket.destroy();
      onFailure(error);
    }
  };
  listener.on('connection', (socket) => {
    waiting.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => waiting.delete(socket));
    starting ??= start(port);
  });
  const port = await listenOnFreePort(listener);
  listener.unref();

  let closing: Promise<void> | undefined;
  const close = async () => {
    await starting;
    listener.close();
    for (const socket of waiting) socket.destroy();
    await successor?.remove();
  };
  return { port, close: () => (closing ??= close()) };
}

function passOn(socket: Socket, port: number): void {
  const onward = connect(port, '127.0.0.1');
  onward.on('error', () => socket.destroy());
  onward.on('close', () => socket.destroy());
  socket.on('close', () => onward.destroy());
  socket.pipe(onward).pipe(socket);
}
