import { PassThrough } from 'node:stream';
import { ConfigurationError } from '@fluxori/core';
import { writeRows } from '@fluxori/documents';
import type { SpCallOptions } from '../pipeline/call-options.js';
import type { QueryAnswer } from './query-answer.js';
import type { KeptAnswer, QueryOutput } from './query-state.js';

/** A document costs a token of getDocument, of which there is one a minute. */
const patienceMs = 180_000;

/**
 * Does with an answered query what a job was told to: copies its documents into the content store, where there is one, and writes its rows. Doing it
 * again replaces what was written, whole or not at all.
 *
 * @throws ConfigurationError for an output to a content store that is not there; ValidationError for personal data that is to go to a plain file.
 */
export async function deliver(
  answer: QueryAnswer<unknown>,
  output: QueryOutput | undefined,
  options: SpCallOptions & { readonly account: string },
): Promise<KeptAnswer> {
  if (output === undefined) return { copied: await answer.copy(options) };
  const copied = answer.store !== undefined;
  // Without copies the rows begin anew each time; a job that parked between two documents would never come to the end of many.
  const patient = copied ? options : { ...options, maxWaitMs: patienceMs };
  if ('file' in output) {
    const { rows, bytes } = await answer.toFile(output.file, output.as, patient);
    return { copied, rows, output: { ...output, bytes } };
  }
  const { store } = answer;
  if (store === undefined) {
    const { account } = options;
    throw new ConfigurationError(
      `output: there is no ${answer.restricted ? 'sealed ' : ''}content store for queries of ${account}.`,
      {
        account,
        remedy: `Give the connector \`${answer.restricted ? 'sealedContents' : 'contents'}\`, or write to a file.`,
      },
    );
  }
  const own = options.signal === undefined ? {} : { signal: options.signal };
  const stream = new PassThrough();
  const writing = writeRows(answer.rows(options), { stream }, { as: output.as, ...own });
  // What ends it ends the store's write, too, which tells why.
  writing.catch(() => {});
  const { bytes } = await store.write(output.content, stream, own);
  return { copied, rows: (await writing).rows, output: { ...output, bytes } };
}
