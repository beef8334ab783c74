import { readFile } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import type { ListingsMessage } from '@fluxori/amazon-sp';
import { ValidationError } from '@fluxori/core';
import type { CommandContext, CommandFacts } from './command-context.js';

/** The file that a feed is made of. @throws ValidationError when it cannot be read. */
export async function readInput(
  facts: Pick<CommandFacts, 'shared'>,
  { cwd }: Pick<CommandContext, 'cwd'>,
  file: string,
): Promise<Buffer> {
  if (facts.shared !== undefined && !isAbsolute(file)) {
    throw new ValidationError(`${JSON.stringify(file)} is not an absolute path.`, {
      field: 'file',
      remedy:
        'Write the whole path: a worker has the data, runs this command for you, and stands in another folder.',
    });
  }
  try {
    return await readFile(resolve(cwd, file));
  } catch (error) {
    const { code = 'unknown' } = error as { code?: string };
    throw new ValidationError(`The file ${file} cannot be read (${code}).`, {
      field: 'file',
      remedy: 'Name a file that is there and may be read.',
    });
  }
}

/**
 * Messages of a listings feed: JSON lines, an array, or a whole feed (whose header is made anew).
 * What is in them is checked by the builder.
 *
 * @throws ValidationError naming the line that is no JSON.
 */
export function listingsMessagesIn(input: Buffer, file: string): readonly ListingsMessage[] {
  const text = input.toString('utf8').replace(/^\ufeff/, '');
  const whole = wholeJson(text);
  const messages = whole === undefined ? linesOf(text, file) : messagesOf(whole);
  if (messages !== undefined && messages.length > 0) return messages as readonly ListingsMessage[];
  throw new ValidationError(`${file} holds no messages.`, {
    field: 'file',
    remedy:
      'Write one message in each line, or an array of them; for a document that is ready, name its --type.',
  });
}

function wholeJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function messagesOf(whole: unknown): readonly unknown[] | undefined {
  if (Array.isArray(whole)) return whole;
  if (typeof whole !== 'object' || whole === null) return undefined;
  if ('messages' in whole) return Array.isArray(whole.messages) ? whole.messages : undefined;
  return [whole];
}

function linesOf(text: string, file: string): readonly unknown[] {
  return text.split(/\r\n|\r|\n/).flatMap((line, index) => {
    if (line.trim() === '') return [];
    const message = wholeJson(line);
    if (typeof message === 'object' && message !== null) return [message];
    throw new ValidationError(`Line ${index + 1} of ${file} is no message in JSON.`, {
      field: 'file',
      remedy:
        'Write one message in each line, or an array of them; for a document that is ready, name its --type.',
    });
  });
}
