import { createInterface } from 'node:readline/promises';
import { type Readable, Writable } from 'node:stream';
import { Secret, ValidationError } from '@fluxori/core';

const longestInput = 65_537;

export interface SecretInput {
  /** A pipe, or a person's keyboard. */
  readonly stdin: (Readable & { readonly isTTY?: boolean }) | undefined;
  /** Asks the person; it must not be where results go. */
  readonly ask: (question: string) => void;
  readonly signal: AbortSignal;
}

/**
 * A secret from the standard input: all that comes through a pipe, without the newline at its end, or a line that a person types or pastes and
 * that is not shown.
 *
 * @throws ValidationError when nothing comes; the signal's reason when aborted; an AbortError when the person presses Ctrl-C or Ctrl-D.
 */
export async function readSecret(name: string, input: SecretInput): Promise<Secret> {
  if (input.stdin === undefined) throw nothingCame(name);
  const text = input.stdin.isTTY
    ? await typed(name, input.stdin, input)
    : await piped(input.stdin, input.signal);
  if (text === '') throw nothingCame(name);
  return new Secret(text);
}

async function piped(stdin: Readable, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const chunks: Buffer[] = [];
  let length = 0;
  const stop = () => stdin.destroy(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of stdin) {
      const bytes = Buffer.from(chunk as Uint8Array | string);
      length += bytes.length;
      if (length > longestInput) break;
      chunks.push(bytes);
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
  signal.throwIfAborted();
  if (length > longestInput) {
    throw new ValidationError('What came through the pipe is too long for a secret.', {
      field: 'value',
      remedy: 'Pipe the value itself, and nothing else.',
    });
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

async function typed(name: string, stdin: Readable, { ask, signal }: SecretInput): Promise<string> {
  const left = new AbortController();
  // A terminal in raw mode shows nothing by itself; what readline would show goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const keyboard = createInterface({ input: stdin, output: nowhere, terminal: true, historySize: 0 });
  const leave = () => left.abort(new DOMException('Ended by the person at the keyboard.', 'AbortError'));
  keyboard.once('SIGINT', leave);
  keyboard.once('close', leave);
  ask(`Value of ${name} (it is not shown): `);
  try {
    return (await keyboard.question('', { signal: AbortSignal.any([signal, left.signal]) })).trim();
  } catch (error) {
    throw signal.aborted ? signal.reason : left.signal.aborted ? left.signal.reason : error;
  } finally {
    keyboard.close();
    ask('\n');
  }
}

function nothingCame(name: string): ValidationError {
  return new ValidationError(`No value came for the secret ${name}.`, {
    field: 'value',
    remedy: `Run \`fluxori secrets set ${name}\` at a keyboard, or pipe the value into it, e.g. from a file: \`fluxori secrets set ${name} < file\`.`,
  });
}
