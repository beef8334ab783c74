import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Below the ports that a system gives to whoever asks for any, also for the near end of a connection (from 32,768 on Linux, 49,152 elsewhere). So nobody
 * is given the port of a server that has not started yet, or of one that is stopped, killed or cut off for a moment, as tests do with theirs.
 */
const ports = { from: 10_000, to: 32_000 };
const mostTries = 100;

/** Makes a server listen on a loopback port that nobody else listens on. @returns the port. */
export async function listenOnFreePort(server: Server): Promise<number> {
  for (let tries = 1; ; tries++) {
    const port = randomInt(ports.from, ports.to);
    try {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      return port;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EADDRINUSE' || tries === mostTries) throw error;
    }
  }
}

/** A loopback port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOnFreePort(server);
  server.close();
  await once(server, 'close');
  return port;
}
