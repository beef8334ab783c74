import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { NetworkAwareClient } from '../client/network-aware-client.js';
import { plainError } from '../testing/plain-error.js';
import { PhaseTimer } from './phase-timer.js';
import type { Timeouts } from './timeouts.js';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A server of bare sockets: what is written to one is in the other side's hands at once. */
async function serve(
  onSocket: (socket: Socket) => void = () => undefined,
): Promise<{ url: string; port: number; accepted: Promise<Socket> }> {
  const { promise: accepted, resolve } = Promise.withResolvers<Socket>();
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    open.push(() => socket.destroy());
    onSocket(socket);
    resolve(socket);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  open.push(() => server.close());
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, port, accepted };
}

/** The whole process stands still, as when its machine sleeps. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Milliseconds. */
const limitMs = 500;

/** This much comes, and nothing is read before the limit is over: what is due meanwhile follows as soon as the process goes on. */
function writeAndStandStill(socket: Socket, text: string): void {
  socket.write(text);
  standStill(limitMs * 1.2);
}

function client(timeouts: Partial<Timeouts>, maxAttempts = 1): NetworkAwareClient {
  const breaker = { failuresInRow: 100, minimumRequests: 100 };
  const made = new NetworkAwareClient({ env: {}, breaker, retry: { maxAttempts, baseMs: 1 }, timeouts });
  open.push(() => made.close());
  return made;
}

const spec = (url: string) => ({
  ...{ operation: 'reports.download', account: 'acme-za', method: 'GET' as const },
  ...{ url, toError: plainError },
});

describe('a time limit', () => {
  it('counts what has come while the process stood still, and runs out for what has not', async () => {
    const { port, accepted } = await serve();
    const mine = connect(port, '127.0.0.1');
    open.push(() => mine.destroy());
    const theirs = await accepted;
    const expired: string[] = [];
    const timer = new PhaseTimer((code) => expired.push(code));
    open.push(() => timer.stop());
    const came = new Promise<void>((resolve) => {
      mine.on('data', () => {
        timer.refresh();
        resolve();
      });
    });

    setImmediate(() => {
      timer.start(limitMs, 'SILENT');
      writeAndStandStill(theirs, 'x');
    });
    await came;
    expect(expired).toEqual([]);
    while (expired.length === 0) await sleep(5);
    expect(expired).toEqual(['SILENT']);
  });

  it.each(['hold', 'stop'] as const)('does not run out any more when it is told to %s', async (end) => {
    const expired: string[] = [];
    const timer = new PhaseTimer((code) => expired.push(code));
    timer.start(1, 'SILENT');
    // Its timer comes first, its last look after this.
    setTimeout(() => timer[end](), 1);
    standStill(10);
    await sleep(20);
    expect(expired).toEqual([]);
    timer.start(1, 'AGAIN');
    while (expired.length === 0) await sleep(5);
    expect(expired).toEqual(['AGAIN']);
  });
});

const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 12\r\n\r\n';

describe('a process that stood still for longer than a limit', () => {
  it('takes an answer that came meanwhile', async () => {
    const { url } = await serve((socket) => {
      socket.on('data', () => writeAndStandStill(socket, `${head}{"sku":"TE"}`));
    });
    // Each attempt is answered so. Another one is for a machine that stood still by itself, before the request had arrived.
    const impatient = client({ firstByteMs: limitMs, idleMs: limitMs, attemptMs: limitMs }, 5);
    expect(await impatient.call({ ...spec(url), idempotent: true })).toMatchObject({ status: 200 });
  });

  it('goes on with a stream whose next bytes came meanwhile', async () => {
    const { url, accepted } = await serve();
    const answering = client({ idleMs: limitMs }).stream(spec(url));
    const socket = await accepted;
    socket.write(`${head}{"sku"`);
    const { body } = await answering;
    const pieces: string[] = [];
    for await (const piece of body) {
      pieces.push(String(piece));
      if (pieces.length === 1) writeAndStandStill(socket, ':"TE"}');
    }
    expect(pieces).toEqual(['{"sku"', ':"TE"}']);
  });
});
