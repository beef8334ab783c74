import { createGunzip } from 'node:zlib';
import { inferSchema, initParser, type Parser } from 'udsv';
import { openReport, type Read } from './open-report.js';

/** Plain gunzip and `udsv` to objects of strings. */
export async function readWithUdsv(url: string): Promise<Read> {
  let rows = 0;
  let parser: Parser | undefined;
  const decoder = new TextDecoder();
  const bytes = (await openReport(url)).pipe(createGunzip());
  for await (const chunk of bytes) {
    const text = decoder.decode(chunk as Buffer, { stream: true });
    parser ??= initParser(inferSchema(text, { col: '\t', row: '\r\n', encl: '' }));
    parser.chunk<Record<string, string>>(text, parser.stringObjs, () => {
      rows += 1;
    });
  }
  parser?.end();
  return { rows };
}
