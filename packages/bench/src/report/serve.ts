import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type GzippedReport, reportMaker } from './gzipped-report.js';

/**
 * A process that serves reports on this machine: `/<megabytes>`. Tells its parent the port and what each size in its arguments holds; ends with it.
 */
const make = reportMaker();
const reports = new Map(process.argv.slice(2).map((mb) => [mb, make(Number(mb) * 1e6)]));

const server = createServer((request, response) => {
  const report = reports.get((request.url ?? '').slice(1));
  if (report === undefined) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    'content-type': 'text/plain; charset=UTF-8',
    'content-length': report.packedBytes,
    etag: `"${report.packedBytes}"`,
  });
  pipeline(Readable.from(slicesOf(report), { objectMode: false }), response).catch(() => undefined);
});

function* slicesOf({ pieces }: GzippedReport): Generator<Buffer, void> {
  for (const piece of pieces)
    for (let at = 0; at < piece.length; at += 65_536) yield piece.subarray(at, at + 65_536);
}

process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  const sizes = [...reports].map(([mb, { bytes, packedBytes, rows }]) => [mb, { bytes, packedBytes, rows }]);
  process.send?.({ port, sizes: Object.fromEntries(sizes) });
});
