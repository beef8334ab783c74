import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openRelay, type Relay } from './relay.js';

describe('a relay', () => {
  let server: Server;
  let relay: Relay;
  const sockets = new Set<Socket>();
  beforeEach(async () => {
    server = createServer((socket) => {
      socket.on('error', () => {});
      socket.pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    relay = await openRelay((server.address() as AddressInfo).port);
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await relay[Symbol.asyncDispose]();
    server.close();
  });

  const open = async () => {
    const socket = createConnection({ host: '127.0.0.1', port: relay.port });
    sockets.add(socket);
    await once(socket, 'connect');
    socket.setEncoding('utf8');
    return socket;
  };
  const say = async (socket: Socket, text: string) => {
    socket.write(text);
    return (await once(socket, 'data'))[0];
  };
  const failureOf = (socket: Socket) =>
    new Promise((resolve) => socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code)));

  it('passes both ways and counts', async () => {
    const socket = await open();
    expect(await say(socket, 'hello')).toBe('hello');
    expect(relay.bytes).toEqual({ up: 5, down: 5 });
  });

  it('carries much without losing any of it', async () => {
    const socket = await open();
    const sent = 'x'.repeat(5_000_000);
    let got = 0;
    socket.on('data', (text: string) => {
      got += text.length;
    });
    socket.end(sent);
    await once(socket, 'end');
    expect(got).toBe(sent.length);
  });

  it('resets who is connected when it is cut, refuses newcomers, and is back on the same port', async () => {
    const { port } = relay;
    const socket = await open();
    await say(socket, 'a');
    const failure = failureOf(socket);
    await relay.cut();
    expect(await failure).toBe('ECONNRESET');
    await expect(open()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await relay.cut();
    await relay.heal();
    expect(relay.port).toBe(port);
    expect(await say(await open(), 'b')).toBe('b');
  });

  it('accepts and is silent while stalled, and goes on where it was', async () => {
    const old = await open();
    await say(old, 'a');
    relay.stall();
    const fresh = await open();
    const heard: string[] = [];
    old.on('data', (text: string) => heard.push(text));
    fresh.on('data', (text: string) => heard.push(text));
    old.write('old');
    fresh.write('new');
    await sleep(100);
    expect(heard).toEqual([]);
    await relay.heal();
    while (heard.length < 2) await sleep(5);
    expect(heard.sort()).toEqual(['new', 'old']);
  });

  it('may be cut while stalled', async () => {
    const socket = await open();
    relay.stall();
    const failure = failureOf(socket);
    await relay.cut();
    expect(await failure).toBe('ECONNRESET');
    await relay.heal();
    expect(await say(await open(), 'b')).toBe('b');
  });
});
