import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import type { Logger } from '@fluxori/core';
import { z } from 'zod';
import { type DeskRequest, received, send } from './desk-messages.js';

const requestSchema = z.object({ args: z.array(z.string()).max(100) });

/** Runs one command line; its output goes to the streams. */
export type RunAtDesk = (
  args: readonly string[],
  io: { stdout: Writable; stderr: Writable; signal: AbortSignal },
) => Promise<number>;

/**
 * Opens the desk: other commands on the same folder, which cannot open it themselves, have their command lines run here.
 * The folder is ours, so a socket that lies there already is what a dead worker left.
 */
export async function openDesk(path: string, run: RunAtDesk, logger: Logger): Promise<AsyncDisposable> {
  const callers = new Set<Socket>();
  const server = createServer((socket) => {
    callers.add(socket);
    socket.on('close', () => callers.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(socket, run).catch((error: unknown) => {
      logger.warn(
        { problem: error instanceof Error ? error.name : 'unknown' },
        'A command at the desk broke off.',
      );
      socket.destroy();
    });
  });
  await rm(path, { force: true });
  await listen(server, path);
  await chmod(path, 0o600);
  return {
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of callers) socket.destroy();
      await closed;
      await rm(path, { force: true });
    },
  };
}

async function serve(socket: Socket, run: RunAtDesk): Promise<void> {
  const hungUp = new AbortController();
  socket.on('close', () => hungUp.abort(new DOMException('The caller hung up.', 'AbortError')));
  for await (const message of received<DeskRequest>(socket)) {
    const request = requestSchema.safeParse(message);
    if (!request.success) break;
    const exit = await run(request.data.args, {
      stdout: pieces((stdout) => send(socket, { stdout })),
      stderr: pieces((stderr) => send(socket, { stderr })),
      signal: hungUp.signal,
    });
    send(socket, { exit });
    break;
  }
  socket.end();
}

function pieces(write: (text: string) => void): Writable {
  return new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => {
      write(String(chunk));
      done();
    },
  });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
