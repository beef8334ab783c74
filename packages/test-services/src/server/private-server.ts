import { nameOf, type Service } from '../service.js';
import { findProgram } from './find-program.js';
import { programs } from './program.js';
import { Server } from './server.js';

/** A server of one's own, with durable settings, to be stopped, killed and started again on the same port and folder. */
export interface PrivateServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** In good order. */
  stop(): Promise<void>;
  /** As a power cut does it (SIGKILL); what was acknowledged must be there after `start`. */
  kill(): Promise<void>;
  /** Resolves when it answers again. */
  start(): Promise<void>;
}

/**
 * Starts a server that nobody else uses: Redis with `appendonly yes` and `appendfsync always`, PostgreSQL with `fsync` on.
 * It ends, and its folder goes, on disposal or with this process.
 *
 * @throws Error when the program is not on this machine, or does not start.
 */
export async function startServer(service: Service): Promise<PrivateServer> {
  const program = programs[service];
  const binaries = findProgram(program);
  if (binaries === undefined) {
    throw new Error(`${nameOf[service]} is not on this machine: ${program.remedy}.`);
  }
  const server = await Server.prepare({ program, binaries, durable: true });
  await server.start();
  return {
    url: server.url,
    port: server.port,
    stop: () => server.stop(),
    kill: () => server.kill(),
    start: () => server.start(),
    [Symbol.asyncDispose]: () => server.remove(),
  };
}
