import http from 'node:http';
import net from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { NetworkAwareClient } from '../client/network-aware-client.js';
import { plainError } from '../testing/plain-error.js';
import { json, ScriptedServer } from '../testing/scripted-server.js';
import { testCertificate } from '../testing/test-certificate.js';
import type { Environment } from './proxy-environment.js';

const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A little proxy: it leads every host to the given port on this machine, and remembers who went through. */
async function proxy(targetPort: number, answerConnect = 200) {
  const seen: { line: string; headers: http.IncomingHttpHeaders }[] = [];
  const sockets = new Set<net.Socket>();
  const server = http.createServer((request, response) => {
    seen.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    const onward = http.request(
      {
        host: '127.0.0.1',
        port: targetPort,
        method: request.method,
        path: new URL(request.url!).pathname,
        headers: request.headers,
      },
      (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(onward);
  });
  server.on('connect', (request, socket: net.Socket) => {
    seen.push({ line: `CONNECT ${request.url}`, headers: request.headers });
    if (answerConnect !== 200) return socket.end(`HTTP/1.1 ${answerConnect} No\r\ncontent-length: 0\r\n\r\n`);
    const onward = net.connect(targetPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    for (const one of [socket, onward]) {
      sockets.add(one);
      one.on('error', () => undefined);
    }
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { seen, url: `http://user:pa%40ss@127.0.0.1:${(server.address() as net.AddressInfo).port}` };
}

function client(env: Environment): NetworkAwareClient {
  const made = new NetworkAwareClient({ env, tls: { ca: testCertificate.cert }, retry: { maxAttempts: 1 } });
  open.push(() => made.close());
  return made;
}

const call = (on: NetworkAwareClient, url: string) =>
  on.call({
    operation: 'orders.getOrder',
    method: 'POST',
    url,
    headers: { 'x-amz-access-token': 'Atza|very-secret' },
    body: '{}',
    idempotent: false,
    toError: plainError,
  });

async function target(secure: boolean): Promise<ScriptedServer> {
  const server = await new ScriptedServer((request, response) => json(response, 200, { url: request.url }), {
    secure,
  }).start();
  open.push(() => server.stop());
  return server;
}

describe('a proxy from the environment', () => {
  it('carries HTTPS through a tunnel, sees no token, and keeps the tunnel for the next call', async () => {
    const server = await target(true);
    const { seen, url } = await proxy(server.port);
    const made = client({ HTTPS_PROXY: url });
    for (let i = 0; i < 3; i += 1) {
      expect((await call(made, 'https://api.test/orders')).body).toEqual({ url: '/orders' });
    }
    expect(seen.map(({ line }) => line)).toEqual(['CONNECT api.test:443']);
    expect(seen[0]!.headers['proxy-authorization']).toBe(`Basic ${btoa('user:pa@ss')}`);
    expect(JSON.stringify(seen)).not.toContain('very-secret');
    expect(server.requests[0]!.headers).not.toHaveProperty('proxy-authorization');
  });

  it('carries plain HTTP by its absolute address', async () => {
    const server = await target(false);
    const { seen, url } = await proxy(server.port);
    expect((await call(client({ http_proxy: url }), 'http://api.test/orders')).body).toEqual({
      url: '/orders',
    });
    expect(seen.map(({ line }) => line)).toEqual(['POST http://api.test/orders']);
  });

  it('that refuses the tunnel means that nothing was sent', async () => {
    const server = await target(true);
    const { url } = await proxy(server.port, 407);
    await expect(call(client({ HTTPS_PROXY: url }), 'https://api.test/orders')).rejects.toMatchObject({
      code: 'NETWORK_UNREACHABLE',
      outcome: 'not-sent',
      details: { errorCode: 'FLUXORI_PROXY_REFUSED' },
      remedy: expect.stringContaining('HTTPS_PROXY'),
    });
    expect(server.requests).toHaveLength(0);
  });

  it('that is away means that nothing was sent', async () => {
    await expect(
      call(client({ HTTPS_PROXY: 'http://127.0.0.1:9' }), 'https://api.test/orders'),
    ).rejects.toMatchObject({ code: 'NETWORK_UNREACHABLE', outcome: 'not-sent' });
  });

  it('is passed by for this machine', async () => {
    const server = await target(false);
    expect((await call(client({ HTTP_PROXY: 'http://127.0.0.1:9' }), `${server.url}/x`)).status).toBe(200);
  });
});
