import { connect, type Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { type DeskAnswer, received, send } from './desk-messages.js';

/**
 * Has a command line run by the worker that has the folder.
 * @returns its exit code; undefined when nobody is at the desk, or the worker ended in the middle.
 * @throws the signal's reason when aborted; the worker ends the command then.
 */
export async function askAtDesk(
  path: string,
  args: readonly string[],
  io: { readonly stdout: Writable; readonly stderr: Writable; readonly signal: AbortSignal },
): Promise<number | undefined> {
  const socket = await reach(path);
  if (socket === undefined) return undefined;
  // Told to end before anybody listened for it.
  if (io.signal.aborted) {
    socket.destroy();
    throw io.signal.reason;
  }
  const hangUp = () => socket.destroy();
  io.signal.addEventListener('abort', hangUp, { once: true });
  try {
    send(socket, { args });
    for await (const answer of received<DeskAnswer>(socket)) {
      if ('stdout' in answer) io.stdout.write(answer.stdout);
      else if ('stderr' in answer) io.stderr.write(answer.stderr);
      else return answer.exit;
    }
    io.signal.throwIfAborted();
    return undefined;
  } finally {
    io.signal.removeEventListener('abort', hangUp);
    socket.destroy();
  }
}

function reach(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    // Later ones end the reading, which says enough.
    socket.on('error', () => resolve(undefined));
  });
}
