import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { openReport, type Read } from './open-report.js';

/** Reads the report at a URL; `file` is where one may write. */
export type Reader = (url: string, file: string) => Promise<Read>;

/** Every way of reading a report, with what it needs loaded only when it is taken: each runs in a process of its own. */
export const readers = {
  /** What it takes to unpack it and no more. */
  'plain gunzip': plainGunzip,
  /** The fastest parser of separated text there is, as its README says to use it with streams. */
  'plain gunzip + udsv': async (url) => (await import('./udsv-reader.js')).readWithUdsv(url),
  'rows, one by one': async (url) => (await import('./product-readers.js')).rowByRow(url),
  'rows, by batches': async (url) => (await import('./product-readers.js')).byBatches(url),
  'rows, over a line that drops': async (url) => (await import('./product-readers.js')).overDrops(url),
  'to a file, as it is': async (url, file) => (await import('./product-readers.js')).toFile(url, file, 'raw'),
  'to a file, tsv': async (url, file) => (await import('./product-readers.js')).toFile(url, file, 'tsv'),
  'to a file, csv': async (url, file) => (await import('./product-readers.js')).toFile(url, file, 'csv'),
  'to a file, jsonl': async (url, file) => (await import('./product-readers.js')).toFile(url, file, 'jsonl'),
  'reports.run, rows by batches': async (url) => (await import('./connector-readers.js')).rowsOfRun(url),
  'reports.run, to a file, tsv': async (url, file) =>
    (await import('./connector-readers.js')).fileOfRun(url, file, 'tsv'),
  'amazon-sp-api, text': async (url) =>
    (await import('./amazon-sp-api-reader.js')).readWithAmazonSpApi(url, { json: false }),
  'amazon-sp-api, rows': async (url) =>
    (await import('./amazon-sp-api-reader.js')).readWithAmazonSpApi(url, { json: true }),
} satisfies Record<string, Reader>;

export type Way = keyof typeof readers;

async function plainGunzip(url: string): Promise<Read> {
  let bytes = 0;
  const counted = new Writable({
    write(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done();
    },
  });
  await pipeline(await openReport(url), createGunzip(), counted);
  return { bytes };
}
