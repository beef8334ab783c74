import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';

/**
 * A process of its own for `call.bench.ts`: the least that a far side can be, so that what is measured is the caller. It answers the token
 * endpoint and every other path with one small JSON object, as Amazon would: compressed where that is asked for, with request id and rate.
 */
const answer = JSON.stringify({
  payload: [{ marketplace: { id: 'AE08WJ6YKNBMC', countryCode: 'ZA', name: 'Amazon.co.za' } }],
});
const token = JSON.stringify({ access_token: 'Atza|bench', token_type: 'bearer', expires_in: 3600 });
const compressed = gzipSync(answer);

const server = createServer((request, response) => {
  request.resume();
  const headers: Record<string, string | number> = {
    'content-type': 'application/json',
    'x-amzn-RequestId': '3d8e9b2a-0000-4000-8000-000000000000',
    'x-amzn-RateLimit-Limit': '1000.0',
  };
  if (request.url?.startsWith('/auth/')) response.writeHead(200, headers).end(token);
  else if (request.headers['accept-encoding'] === undefined) response.writeHead(200, headers).end(answer);
  else response.writeHead(200, { ...headers, 'content-encoding': 'gzip' }).end(compressed);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : undefined);
});
process.once('disconnect', () => process.exit());
