import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { answerAsAmazon } from './amazon-host.js';
import { BrokenLine, slicesOf } from './broken-line.js';
import { reportMaker } from './gzipped-report.js';

/**
 * A process that serves reports on this machine: `/<megabytes>`, and `/<megabytes>/dropping/<times>` over a line that breaks so many times;
 * `/line` tells what that line carried; `/<megabytes>/amazon/…` is an Amazon whose report lies there. Tells its parent the port and what each size in
 * its arguments holds; ends with it.
 */
const make = reportMaker();
const reports = new Map(process.argv.slice(2).map((mb) => [mb, make(Number(mb) * 1e6)]));

let line: BrokenLine | undefined;

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '', 'http://bench');
  const [mb = '', kind, drops] = pathname.slice(1).split('/');
  if (mb === 'line') {
    response.end(JSON.stringify(line?.facts()));
    return;
  }
  const report = reports.get(mb);
  if (report === undefined) {
    response.writeHead(404).end();
    return;
  }
  if (kind === 'amazon') {
    const path = pathname.slice(`/${mb}/amazon`.length);
    answerAsAmazon(request, response, path, `http://${request.headers.host}/${mb}`);
    return;
  }
  if (drops !== undefined) {
    line ??= new BrokenLine(report, Number(drops));
    line.answer(request, response).catch(() => response.destroy());
    return;
  }
  response.writeHead(200, {
    'content-type': 'text/plain; charset=UTF-8',
    'content-length': report.packedBytes,
    etag: `"${report.packedBytes}"`,
  });
  pipeline(Readable.from(slicesOf(report, 0, report.packedBytes), { objectMode: false }), response).catch(
    () => undefined,
  );
});

process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  const sizes = [...reports].map(([mb, { bytes, packedBytes, rows }]) => [mb, { bytes, packedBytes, rows }]);
  process.send?.({ port, sizes: Object.fromEntries(sizes) });
});
