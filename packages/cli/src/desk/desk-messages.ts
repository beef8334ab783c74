import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';

/** What a command asks of the worker that has the folder: to run this command line. One JSON object per line, as all messages. */
export interface DeskRequest {
  readonly args: readonly string[];
}

/** What it hears back: pieces of output, and at last the exit code. */
export type DeskAnswer =
  | { readonly stdout: string }
  | { readonly stderr: string }
  | { readonly exit: number };

export function send(to: Duplex, message: DeskRequest | DeskAnswer): void {
  if (to.writable) to.write(`${JSON.stringify(message)}\n`);
}

/** The messages of the other side, until it hangs up or the line breaks. A line that is no JSON ends the conversation. */
export async function* received<Message>(from: Duplex): AsyncGenerator<Message> {
  const lines = createInterface({ input: from, crlfDelay: Number.POSITIVE_INFINITY });
  // Who hangs up himself hears no end of the stream, only that it is closed.
  from.once('close', () => lines.close());
  // It passes the stream's errors on, also after its reader is gone: without a listener they would end the process.
  lines.on('error', () => lines.close());
  try {
    for await (const line of lines) yield JSON.parse(line) as Message;
  } catch {
    // Nothing more can be understood.
  }
}
