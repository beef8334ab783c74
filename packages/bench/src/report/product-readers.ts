import {
  type Column,
  charsetOf,
  type DownloadFacts,
  download,
  gunzipped,
  type RowFormat,
  type RowStream,
  rowsOf,
  writeBytes,
  writeRows,
} from '@fluxori/documents';
import { NetworkAwareClient } from '@fluxori/network';
import type { Read } from './open-report.js';
import { orderColumns } from './orders-text.js';

type Row = Readonly<Record<string, unknown>>;

/** As the connector's table of report types has it. */
const format: RowFormat = {
  kind: 'flat',
  delimiter: '\t',
  quotes: 'data',
  columns: Object.fromEntries(
    Object.entries(orderColumns).map(([header, type]): [string, Column] => [
      header,
      { name: header.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase()), type },
    ]),
  ),
};

export async function rowByRow(url: string): Promise<Read> {
  return withRows(url, async (rows) => {
    let count = 0;
    for await (const _ of rows) count += 1;
    return { rows: count };
  });
}

export async function byBatches(url: string): Promise<Read> {
  return withRows(url, async (rows) => {
    let count = 0;
    for await (const batch of rows.batches()) count += batch.length;
    return { rows: count };
  });
}

export async function overDrops(url: string): Promise<Read> {
  return withDocument(url, async ({ bytes, contentType, facts }) => {
    let count = 0;
    const charset = charsetOf(contentType, 'windows-1252');
    for await (const batch of rowsOf<Row>(bytes, { format, charset }).batches()) count += batch.length;
    const { sha256, drops } = await facts;
    return { rows: count, sha256, drops };
  });
}

export async function toFile(url: string, file: string, as: 'raw' | 'tsv' | 'csv' | 'jsonl'): Promise<Read> {
  if (as !== 'raw') return withRows(url, (rows) => writeRows(rows, { file }, { as }));
  return withDocument(url, ({ bytes }) => writeBytes(bytes, { file }));
}

function withRows<Result>(url: string, work: (rows: RowStream<Row>) => Promise<Result>): Promise<Result> {
  return withDocument(url, ({ bytes, contentType }) =>
    work(rowsOf<Row>(bytes, { format, charset: charsetOf(contentType, 'windows-1252') })),
  );
}

async function withDocument<Result>(
  url: string,
  work: (document: {
    bytes: ReturnType<typeof gunzipped>;
    contentType: string | undefined;
    facts: Promise<DownloadFacts>;
  }) => Promise<Result>,
): Promise<Result> {
  const client = new NetworkAwareClient({ env: {} });
  try {
    const link = { url, compression: 'GZIP' } as const;
    const { bytes, contentType, facts } = await download(() => Promise.resolve(link), {
      client,
      operation: 'reports.download',
    });
    return await work({ bytes: gunzipped(bytes), contentType, facts });
  } finally {
    await client.close();
  }
}
